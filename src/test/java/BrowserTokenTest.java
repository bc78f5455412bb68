import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.util.Map;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The page where the gateway has a token, and where who looks isn't an operator. */
class BrowserTokenTest extends InBrowser {
    private static final String TOKEN = "the-token-of-this-test";
    private static final Map<String, String> WITH_TOKEN = Map.of("GATEWAY_ADMIN_TOKEN", TOKEN);

    private static Page visit(TestGateway gateway, String path) {
        Page page = browser.page(1280, 900, ColorScheme.LIGHT);
        page.navigate("http://127.0.0.1:" + gateway.port() + path);
        return page;
    }

    private static void give(Page page, String token) {
        assertThat(page.locator("#token-field")).isFocused();
        page.fill("#token-field", token);
        page.press("#token-field", "Enter");
    }

    private static Locator connection(Page page) {
        return page.locator("#connection");
    }

    @Test
    void asks_for_the_token_until_it_is_right_and_keeps_it_for_the_tab() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(WITH_TOKEN, a)) {
            Page page = visit(gateway, "/dashboard");
            give(page, "not-the-right-one");
            assertThat(page.locator("#token-complaint")).containsText("isn't the gateway's");
            assertThat(connection(page)).hasText("for operators only");
            give(page, TOKEN);
            assertThat(connection(page)).hasText("live");
            assertThat(page.locator("#notice")).isHidden();
            assertThat(page.locator("#token")).isHidden();

            Locator card = page.locator("[data-backend]");
            card.locator("[data-action=drain]").click();
            assertThat(card).hasAttribute("data-status", "draining");
            page.click("#send-one");
            page.locator("[data-result] button").click();
            assertThat(page.locator("#trace")).containsText("/api/data");

            page.reload();
            assertThat(connection(page)).hasText("live");
            assertFalse(page.content().contains(TOKEN), "the token in the page");
            assertFalse(page.url().contains(TOKEN), "the token in the URL");
            assertEquals(null, page.evaluate("localStorage.getItem('gateway-admin-token')"));
            assertThat(visit(gateway, "/dashboard").locator("#token-field")).isFocused();

            page.click("#forget-token");
            assertThat(page.locator("#token-field")).isFocused();
            assertThat(page.locator("#forget-token")).isHidden();
        }
    }

    @Test
    void without_the_token_it_says_what_it_cannot_show_and_sends_requests_all_the_same() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(WITH_TOKEN, a)) {
            Page page = visit(gateway, "/dashboard");
            page.click("[data-action=no-token]");
            assertThat(page.locator("#notice")).containsText("are hidden here");
            assertThat(page.locator("#notice")).containsText("GATEWAY_ADMIN_TOKEN");
            page.click("#send-one");
            assertThat(page.locator("[data-result=served]")).hasCount(1);

            page.fill("[name=name]", "orders");
            page.fill("[name=url]", a.url());
            page.press("[name=url]", "Enter");
            page.click("[data-action=no-token]");
            assertThat(page.locator("#register-result")).containsText("send Authorization: Bearer");

            page.click("[data-action=try-again]");
            give(page, TOKEN);
            assertThat(connection(page)).hasText("live");
        }
    }

    @Test
    void who_is_elsewhere_is_told_what_would_let_them_in() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_TRUSTED_PROXIES", "127.0.0.1"), a)) {
            Page page = visit(gateway, "/dashboard");
            assertThat(connection(page)).hasText("for operators only");
            assertThat(page.locator("#notice")).containsText("GATEWAY_ADMIN_TOKEN gives access from elsewhere.");
            assertThat(page.locator("#token")).isHidden();
        }
    }

    @Test
    void at_the_port_for_operators_there_is_nothing_to_send() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_PORT", "0"), a)) {
            Connector[] ports = gateway.app.jettyServer().server().getConnectors();
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.navigate("http://127.0.0.1:" + ((ServerConnector) ports[1]).getLocalPort() + "/dashboard");
            assertThat(connection(page)).hasText("live");
            assertThat(page.locator("#send-summary")).containsText("at the gateway's main port");
            assertThat(page.locator("#send-one")).isHidden();
            assertThat(page.locator("#requests-empty")).hasText("No request yet.");
        }
    }

    @Test
    void the_metrics_open_with_the_token() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            Page page = visit(gateway, "/dashboard");
            give(page, TOKEN);
            assertThat(connection(page)).hasText("live");
            Page metrics = page.waitForPopup(() -> page.click("text=Metrics"));
            assertThat(metrics.locator("body")).containsText("gateway_rate_limit_clients");
        }
    }

    @Test
    void the_documentation_can_be_tried_with_the_token() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            Page page = visit(gateway, "/docs#/The%20gateway%20itself/metrics");
            page.locator("button.authorize").first().click();
            page.fill(".auth-container input", TOKEN);
            page.click(".auth-btn-wrapper button[type=submit]");
            page.click(".auth-btn-wrapper .btn-done");
            Locator operation = page.locator("#operations-The_gateway_itself-metrics");
            operation.locator("button.execute").click();
            assertThat(operation.locator(".live-responses-table tbody .response-col_status"))
                    .containsText("200");
        }
    }

    @Test
    void a_page_of_another_origin_can_neither_read_nor_change() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway other = TestGateway.inFrontOf();
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = visit(other, "/docs");
            String origin = "http://127.0.0.1:" + gateway.port();
            String outcome = "url => fetch(url).then(() => 'read', () => 'kept away')";
            assertEquals("kept away", page.evaluate(outcome, origin + "/metrics"));
            assertEquals("kept away", page.evaluate(outcome, origin + "/services"));
            String drain = origin + "/services/127.0.0.1-" + a.port() + "/drain";
            page.evaluate("url => fetch(url, {method: 'POST', mode: 'no-cors'}).then(() => 0, () => 0)", drain);
            assertEquals("healthy", gateway.status(0));
            browser.errors(); // in which the browser says that it kept it away
        }
    }
}
