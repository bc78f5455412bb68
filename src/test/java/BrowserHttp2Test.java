import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonObject;
import com.microsoft.playwright.CDPSession;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.net.URI;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The page by HTTP/2, as browsers speak it over TLS. */
class BrowserHttp2Test extends InBrowser {
    /** Notes the protocol of each answer that the page gets, as soon as its headers are there. */
    private static Map<String, String> protocols(Page page) {
        Map<String, String> protocols = new ConcurrentHashMap<>(); // by path
        CDPSession devtools = page.context().newCDPSession(page);
        devtools.on("Network.responseReceived", event -> {
            JsonObject response = event.getAsJsonObject("response");
            URI url = URI.create(response.get("url").getAsString());
            if (url.getScheme().equals("https")) {
                protocols.put(url.getPath(), response.get("protocol").getAsString());
            }
        });
        devtools.send("Network.enable");
        return protocols;
    }

    @Test
    void the_page_is_live_and_sends_requests_on_a_connection_of_http_2(@TempDir Path folder) throws Exception {
        TestCa.Issued certificate = new TestCa("Test CA").issue("localhost", "127.0.0.1");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(certificate.writeTo(folder), a)) {
            Page page = browser.pageTrustingAll(1280, 900, ColorScheme.LIGHT);
            Map<String, String> protocols = protocols(page);
            page.navigate("https://localhost:" + gateway.port() + "/dashboard");
            assertThat(page.locator("#connection")).hasText("live");
            assertThat(page.locator("[data-backend]")).hasAttribute("data-status", "healthy");

            page.click("#send-one");
            assertThat(page.locator("[data-result=served]")).hasCount(1);
            assertThat(page.locator("#requests tbody tr")).hasCount(1); // came by the stream
            page.selectOption("#send-method", "POST");
            page.click("#send-more summary");
            page.fill("#send-body", "a body");
            page.click("#send-one");
            assertThat(page.locator("#requests tbody tr")).hasCount(2);
            assertEquals("GET /data HTTP/1.1", a.next().line());
            assertEquals("a body", a.next().text());

            page.click("[data-action=drain]");
            assertThat(page.locator("[data-backend]")).hasAttribute("data-status", "draining");
            page.click("#requests tbody tr button >> nth=0");
            assertThat(page.locator("#trace")).containsText("1 attempt");
            assertTrue(
                    protocols
                            .keySet()
                            .containsAll(List.of(
                                    "/dashboard",
                                    "/dashboard/events",
                                    "/api/data",
                                    "/services/127.0.0.1-" + a.port() + "/drain")),
                    protocols::toString);
            assertEquals(Set.of("h2"), Set.copyOf(protocols.values()), protocols::toString);
            assertEquals(List.of(), browser.errors());
        }
    }
}
