import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/**
 * The page while many requests pass: its work has a bound that doesn't grow with them. How long that work takes is for
 * {@code bench/page.sh}.
 */
class BrowserLoadTest extends InBrowser {
    private static final int MOST = 100; // requests that the page lists, and that come with an update

    /** Counts what the page reads of its stream, and the rows that it makes of it in one go. */
    private static final String COUNT = """
            window.seen = {updates: 0, traces: 0, mostTraces: 0, mostRows: 0};
            const parse = JSON.parse;
            JSON.parse = (text) => {
              const data = parse(text);
              if (Array.isArray(data) && data[0]?.outcome) {
                window.seen.traces += data.length;
                window.seen.mostTraces = Math.max(window.seen.mostTraces, data.length);
              } else if (data?.backends && data.totals) {
                window.seen.updates++;
              }
              return data;
            };
            addEventListener('DOMContentLoaded', () => new MutationObserver((changes) => {
              const rows = changes.flatMap(({addedNodes}) => [...addedNodes]).filter(({tagName}) => tagName === 'TR');
              window.seen.mostRows = Math.max(window.seen.mostRows, rows.length);
            }).observe(document.querySelector('#requests tbody'), {childList: true}));""";

    private static int seen(Page page, String what) {
        return (int) page.evaluate("what => window.seen[what]", what);
    }

    private static int elements(Page page) {
        return (int) page.evaluate("() => document.querySelectorAll('*').length");
    }

    @Test
    void however_many_requests_pass_the_page_gets_and_draws_no_more_than_a_hundred_at_a_time() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            for (int i = 10; i < 40; i++) {
                gateway.post("/services", "{\"name\":\"service-" + i + "\",\"url\":\"" + a.url() + "\"}");
            }
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.addInitScript(COUNT);
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            assertThat(page.locator("[data-backend]")).hasCount(30);
            try (Clients clients = Clients.of(gateway.port(), "/api/x")) {
                clients.more(1000);
                assertThat(page.locator("#requests tbody tr")).hasCount(MOST);
                assertThat(page.locator("#figure-share .legend li")).hasCount(30);
                int elements = elements(page);
                clients.more(4000);
                Await.until("an update with more news than it may have", () -> seen(page, "mostTraces") == MOST);
                assertEquals(elements, elements(page), "the page grows");
                assertEquals(List.of(), clients.failures());
            }
            int requests = gateway.json("/stats").at("/totals/requests").asInt();
            assertTrue(requests > 5000, () -> requests + " requests");
            assertTrue(seen(page, "traces") < requests, "all of them came to the page");
            assertTrue(seen(page, "traces") <= MOST * seen(page, "updates"), "more than a hundred with an update");
            assertTrue(seen(page, "mostRows") > 1, "no rows were seen");
            assertTrue(seen(page, "mostRows") <= MOST, () -> seen(page, "mostRows") + " rows were made in one go");
            assertThat(page.locator("#requests tbody tr")).hasCount(MOST);
            assertEquals(List.of(), browser.errors());
        }
    }
}
