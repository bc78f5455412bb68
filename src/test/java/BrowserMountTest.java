import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages of a gateway that is a service of another one, below a path of that one's. */
class BrowserMountTest extends InBrowser {
    private static final String TOKEN = "the-token-of-this-test";

    private static TestGateway front(TestGateway inner) throws Exception {
        return TestGateway.withRoutes(
                "routes: {inner: {match: {path: /inner}, services: [\"http://127.0.0.1:" + inner.port() + "\"]}}");
    }

    @Test
    void they_show_and_change_the_gateway_that_they_came_from() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway inner = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", TOKEN), a);
                TestGateway front = front(inner)) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.navigate("http://127.0.0.1:" + front.port() + "/inner/dashboard");
            page.click("#sign-in");
            page.fill("#token-field", TOKEN);
            page.press("#token-field", "Enter");
            assertThat(page.locator("#connection")).hasText("live");
            assertThat(page.locator("[data-backend]")).hasCount(1);

            page.click("[data-action='drain']");
            assertThat(page.locator("[data-backend]")).containsText("draining");
            assertEquals(
                    "draining", inner.json("/services").at("/services/0/status").asText());
            assertEquals(
                    "healthy", front.json("/services").at("/services/0/status").asText());

            page.click("[data-action='remove']");
            page.click("[data-action='confirm-remove']");
            assertThat(page.locator("#how-to-register"))
                    .containsText("http://127.0.0.1:" + front.port() + "/inner/services");
            assertThat(page.locator("#requests-empty"))
                    .containsText("http://127.0.0.1:" + front.port() + "/inner/api/data");

            page.navigate("http://127.0.0.1:" + front.port() + "/inner/docs");
            assertThat(page.locator("#docs")).containsText("API Gateway");
            page.click("text=Dashboard");
            assertThat(page.locator("#sign-in, #connection").first()).isVisible();
            assertEquals("http://127.0.0.1:" + front.port() + "/inner/dashboard", page.url());
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"dashboard", "docs"})
    void with_a_slash_at_the_end_a_page_leads_to_where_its_links_are_right(String name) throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.navigate("http://127.0.0.1:" + gateway.port() + "/" + name + "/");
            assertEquals("http://127.0.0.1:" + gateway.port() + "/" + name, page.url());
        }
    }
}
