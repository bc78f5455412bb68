import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** A client on the page: its requests, its window, and a whole budget again. */
class BrowserClientTest extends InBrowser {
    @Test
    void a_client_near_its_limit_opens_and_its_window_can_be_forgotten() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "2/1h"), a);
                RawClient other = gateway.from("127.0.0.2")) {
            for (int i = 0; i < 3; i++) {
                gateway.get("/api/" + i);
            }
            other.send("GET /api/other HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            Page page = browser.open(gateway);
            Locator client = page.locator("#limiter [data-client='127.0.0.1'] button");
            client.click();
            Locator dialog = page.locator("#client");
            assertThat(dialog.locator("h2")).hasText("127.0.0.1");
            assertThat(dialog).containsText("2 of 2 used in any 3600 s, by client; free in ");
            assertThat(dialog.locator(".counted li")).hasCount(2);
            assertThat(dialog.locator(".counted li").first()).containsText(Pattern.compile("leaves in \\d+ min"));
            dialog.locator("[data-action=forget-window]").click();
            assertThat(page.locator("#toast"))
                    .hasText("The window of 127.0.0.1 is forgotten: it has its whole budget again.");
            assertThat(client).hasCount(0);
            assertEquals(200, gateway.get("/api/again").statusCode());

            page.locator("#requests tbody tr", new Page.LocatorOptions().setHasText("/api/other"))
                    .locator("button")
                    .click();
            page.locator("#trace .facts button.open").click();
            assertThat(dialog).containsText("1 of 2 used");
            dialog.locator("[data-action=list-requests]").click();
            assertThat(page.locator("#trace")).isHidden();
            assertThat(page.locator("#filter-client")).hasValue("127.0.0.2");
            assertThat(page.locator("#requests tbody tr:visible")).hasCount(1);
            assertThat(page).hasURL(Pattern.compile("\\?client=127\\.0\\.0\\.2$"));
        }
    }
}
