import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Pages of other origins, which are other ports here, and what a real browser lets them read. */
class BrowserCorsTest extends InBrowser {
    /** Posts JSON, for which a browser asks first, and tells what a page can learn of the answer. */
    private static final String POST = """
            async ([url, credentials]) => {
              const told = [];
              for (let i = 0; i < 4; i++) {
                try {
                  const answer = await fetch(url, {method: 'POST', body: '{}', credentials,
                      headers: {'Content-Type': 'application/json', 'X-User': 'me'}});
                  const seconds = answer.headers.get('Retry-After');
                  const left = /r=(\\d+)/.exec(answer.headers.get('RateLimit'));
                  told.push(answer.status + ' ' + (seconds > 0 && seconds <= 60 ? 'in a minute' : seconds)
                      + ', ' + left[1] + ' left, ' + (answer.headers.get('X-Request-ID') ? 'id' : 'no id'));
                } catch (failure) {
                  told.push(String(failure));
                }
              }
              return told;
            }""";

    private static TestBackend site() throws Exception {
        String page = "<link rel=icon href=data:,>";
        return TestBackend.doing((request, wire) -> wire.send(
                "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: " + page.length() + "\r\n\r\n" + page));
    }

    private TestGateway gateway(TestBackend service, TestBackend named, String more) throws Exception {
        String file = "routes: {api: {match: {path: /api}, services: [\"" + service.url() + "\"],"
                + " limits: [2/60s by client], cors: {origins: [\"" + named.url() + "\"]" + more + "}}}";
        return TestGateway.withRoutes(file);
    }

    private static Page at(TestBackend site) {
        Page page = browser.page(400, 300, ColorScheme.LIGHT);
        page.navigate(site.url());
        return page;
    }

    private static Object post(Page page, TestGateway gateway, String credentials) {
        return page.evaluate(POST, List.of("http://127.0.0.1:" + gateway.port() + "/api/things", credentials));
    }

    @Test
    void a_page_of_a_named_origin_sees_the_429_and_when_to_come_back() throws Exception {
        try (TestBackend service = TestBackend.named("it");
                TestBackend site = site();
                TestGateway gateway = gateway(service, site, "")) {
            assertEquals(
                    List.of(
                            "200 null, 1 left, id",
                            "200 null, 0 left, id",
                            "429 in a minute, 0 left, id",
                            "429 in a minute, 0 left, id"),
                    post(at(site), gateway, "omit"));
            assertEquals(2, service.waiting());
        }
    }

    @Test
    void another_page_learns_nothing_and_costs_nothing() throws Exception {
        try (TestBackend service = TestBackend.named("it");
                TestBackend site = site();
                TestBackend other = site();
                TestGateway gateway = gateway(service, site, "")) {
            String failed = "TypeError: Failed to fetch";
            assertEquals(List.of(failed, failed, failed, failed), post(at(other), gateway, "omit"));
            assertTrue(browser.errors().stream().anyMatch(error -> error.contains("blocked by CORS policy")));
            assertEquals(0, service.waiting());
            assertEquals("200 null, 1 left, id", ((List<?>) post(at(site), gateway, "omit")).get(0));
        }
    }

    @Test
    void cookies_come_along_where_the_route_says_so() throws Exception {
        try (TestBackend service = TestBackend.doing((request, wire) -> wire.send(
                        "HTTP/1.1 200 OK\r\nSet-Cookie: n=1; Path=/; HttpOnly\r\nContent-Length: 0\r\n\r\n"));
                TestBackend site = site();
                TestGateway gateway = gateway(service, site, ", credentials: true")) {
            assertEquals("200 null, 0 left, id", ((List<?>) post(at(site), gateway, "include")).get(1));
            assertEquals(List.of(), service.next().header("Cookie"));
            assertEquals(List.of("n=1"), service.next().header("Cookie"));
        }
    }
}
