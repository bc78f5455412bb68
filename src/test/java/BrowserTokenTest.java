import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Test;

/** The page where the gateway has a token, and where who looks isn't an operator. */
class BrowserTokenTest extends InBrowser {
    private static final String TOKEN = "the-token-of-this-test";
    private static final Map<String, String> WITH_TOKEN = Map.of("GATEWAY_ADMIN_TOKEN", TOKEN);

    private static final LocatorAssertions.ContainsTextOptions IN_SIGHT =
            new LocatorAssertions.ContainsTextOptions().setUseInnerText(true);

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
            assertThat(connection(page)).hasText("not signed in");
            assertThat(page.locator("#token")).isHidden();
            page.click("#sign-in");
            give(page, "not-the-right-one");
            assertThat(page.locator("#token-complaint")).containsText("isn't the gateway's");
            give(page, "not even a t\u00f6ken");
            assertThat(page.locator("#token-complaint")).containsText("isn't the gateway's");
            assertThat(connection(page)).hasText("not signed in");
            give(page, TOKEN);
            assertThat(connection(page)).hasText("live");
            assertThat(page.locator("#sign-in")).isHidden();
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
            assertThat(page.locator("#trace")).containsText("/api/data"); // as its URL says
            page.keyboard().press("Escape");
            assertFalse(page.content().contains(TOKEN), "the token in the page");
            assertFalse(page.url().contains(TOKEN), "the token in the URL");
            assertEquals(null, page.evaluate("localStorage.getItem('gateway-admin-token')"));
            assertThat(connection(visit(gateway, "/dashboard"))).hasText("not signed in");

            page.click("#sign-out");
            assertThat(connection(page)).hasText("not signed in");
            assertThat(page.locator("#sign-out")).isHidden();
            assertThat(page.locator("#sign-in")).isVisible();
        }
    }

    @Test
    void without_the_token_it_shows_what_everybody_may_see_and_says_what_is_for_operators() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway =
                        TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", TOKEN, "GATEWAY_RATE_LIMIT", "2/1h"), a)) {
            for (int i = 0; i < 3; i++) {
                gateway.get("/api/" + i);
            }
            Page page = visit(gateway, "/dashboard");
            assertThat(page.locator("#notice")).containsText("shown to operators only");
            assertThat(page.locator("#notice")).containsText("GATEWAY_ADMIN_TOKEN");
            assertThat(page.locator("[data-backend]")).hasAttribute("data-status", "healthy");
            assertThat(page.locator("[data-total=limited]")).hasText("1");
            assertThat(page.locator("#limiter-counts")).hasText("2 allowed, 1 limited");
            assertThat(page.locator("#totals .tile").first()).hasText("served–for operators");
            assertThat(page.locator(".operators-only:visible")).hasCount(7);
            for (String claim : List.of("No request", "No client", "No service got", "Loading")) {
                assertThat(page.locator("main")).not().containsText(claim, IN_SIGHT);
            }
            assertThat(page.locator("#requests")).isHidden();

            page.click("#send-one");
            assertThat(page.locator("[data-result=limited]")).hasCount(1);
            assertThat(page.locator("[data-total=limited]")).hasText("2");
            page.fill("[name=name]", "orders");
            page.fill("[name=url]", a.url());
            page.press("[name=url]", "Enter");
            page.click("[data-action=no-token]");
            assertThat(page.locator("#register-result")).containsText("send Authorization: Bearer");

            page.click("[data-action=sign-in]");
            give(page, TOKEN);
            assertThat(connection(page)).hasText("live");
            assertThat(page.locator("#requests tbody tr")).hasCount(4);
            assertThat(page.locator(".operators-only:visible")).hasCount(0);
            assertThat(page.locator("[data-total=served]")).hasText("2");
        }
    }

    @Test
    void a_visitor_sees_the_routes_without_what_is_for_operators() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.withRoutes(
                        "routes:\n  default: {match: {path: /api}}\n  shop: {match: {path: /secret}, services: [\""
                                + a.url() + "\"]}\n",
                        WITH_TOKEN)) {
            Page page = visit(gateway, "/dashboard");
            Locator shop = page.locator("[data-route=shop]");
            assertThat(shop.locator(".route-head .state")).hasText("1 healthy");
            assertThat(shop.locator(".route-head .why").first()).containsText("checks: for operators");
            assertThat(shop.locator("[data-backend]")).hasCount(1);
            assertThat(shop).not().containsText("/secret");
        }
    }

    @Test
    void a_token_that_the_gateway_no_longer_takes_is_forgotten() throws Exception {
        try (TestGateway gateway = TestGateway.with(WITH_TOKEN)) {
            Page page = visit(gateway, "/dashboard");
            assertThat(connection(page)).hasText("not signed in");
            page.evaluate("sessionStorage.setItem('gateway-admin-token', 'of-yesterday')");
            page.reload();
            assertThat(page.locator("#notice")).containsText("The token isn't the gateway's");
            assertThat(page.locator("#sign-out")).isHidden();
            assertNull(page.evaluate("sessionStorage.getItem('gateway-admin-token')"));
        }
    }

    @Test
    void who_is_elsewhere_is_told_what_would_let_them_in() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_TRUSTED_PROXIES", "127.0.0.1"), a)) {
            Page page = visit(gateway, "/dashboard");
            assertThat(connection(page)).hasText("not an operator");
            assertThat(page.locator("#sign-in")).isHidden();
            assertThat(page.locator("[data-action=try-again]")).isVisible();
            assertThat(page.locator("[data-backend]")).hasCount(1);
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
            page.click("#sign-in");
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
