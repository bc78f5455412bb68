import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** What happened, and which services have left, in a real browser. */
@Timeout(240)
class BrowserEventsTest extends InBrowser {
    private static final Map<String, String> NO_SERVICES = Map.of("GATEWAY_SERVICES", "");

    private static void register(TestGateway gateway, String name, TestBackend backend) throws Exception {
        gateway.post("/services", "{\"name\":\"" + name + "\",\"url\":\"" + backend.url() + "\"}");
    }

    private static Locator newest(Page page) {
        return page.locator("#events li").first();
    }

    @Test
    void what_happens_appears_on_top_with_its_time_service_reason_and_who() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            Page page = browser.open(gateway);
            assertThat(page.locator("#events-empty")).isVisible();
            register(gateway, "orders", a);
            assertThat(newest(page)).hasAttribute("data-kind", "healthy");
            assertThat(page.locator("#events li")).hasCount(2);
            assertThat(page.locator("#events-empty")).isHidden();
            gateway.post("/services/orders/drain", "");
            assertThat(newest(page)).hasAttribute("data-kind", "drained");
            assertThat(newest(page)).containsText("orders " + a.url());
            assertThat(newest(page)).containsText("gets no more requests until it is resumed");
            assertThat(newest(page)).containsText("by an operator at 127.0.0.1");
            assertThat(newest(page).locator("time"))
                    .hasAttribute(
                            "datetime",
                            gateway.json("/events?kind=drained")
                                    .at("/events/0/time")
                                    .asText());
            assertEquals(List.of(), browser.errors());
        }
    }

    @Test
    void a_service_that_left_stays_greyed_with_when_and_why_until_it_is_back() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            Page page = browser.open(gateway);
            register(gateway, "orders", a);
            assertThat(page.locator("[data-backend=orders]")).isVisible();
            assertThat(page.locator("#left")).isHidden();
            gateway.delete("/services/orders");
            assertThat(page.locator("[data-backend=orders]")).hasCount(0);
            Locator gone = page.locator("#left li");
            assertThat(gone).hasCount(1);
            assertThat(gone).containsText("orders" + a.url());
            assertThat(gone).containsText("left at ");
            assertThat(gone).containsText("all instances of orders were deregistered, by an operator at 127.0.0.1");
            register(gateway, "orders", a);
            assertThat(page.locator("[data-backend=orders]")).isVisible();
            assertThat(gone).hasCount(0);
            assertThat(page.locator("#left")).isHidden();
        }
    }

    @Test
    void after_a_lost_connection_nothing_is_shown_twice_and_a_restarted_gateway_counts_anew() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            TestGateway first = TestGateway.with(NO_SERVICES);
            int port = first.port();
            Page page;
            try (first) {
                page = browser.open(first);
                register(first, "orders", a);
                assertThat(page.locator("#events li")).hasCount(2);
                page.evaluate("() => dispatchEvent(new Event('online'))"); // it connects again
                first.delete("/services/orders");
                assertThat(newest(page)).hasAttribute("data-kind", "deregistered");
                assertThat(page.locator("#events li")).hasCount(3);
            }
            assertThat(page.locator("#connection")).containsText("connection lost");
            try (TestGateway second =
                    TestGateway.with(Map.of("GATEWAY_SERVICES", "", "GATEWAY_PORT", String.valueOf(port)))) {
                register(second, "orders", a);
                assertThat(page.locator("#events li")).hasCount(5);
            }
        }
    }

    @Test
    void long_words_and_many_events_do_not_stick_out() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(NO_SERVICES)) {
            String name = "a-name-as-long-as-they-may-be-" + "x".repeat(34);
            for (int i = 0; i < 60; i++) {
                register(gateway, name, a);
                gateway.delete("/services/" + name);
            }
            Page page = browser.open(gateway, 360, 900, ColorScheme.LIGHT);
            assertThat(page.locator("#events li")).hasCount(100);
            assertThat(page.locator("#left li")).hasCount(1);
            for (int width : List.of(360, 768, 1280)) {
                page.setViewportSize(width, 900);
                assertEquals(width, page.evaluate("() => document.documentElement.scrollWidth"));
            }
        }
    }
}
