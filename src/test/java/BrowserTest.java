import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** The page in a real browser, before a real gateway. Skipped where there is no Chromium. */
class BrowserTest extends InBrowser {
    private static final Map<String, String> QUICK_CHECKS = Map.of("GATEWAY_HEALTH_INTERVAL", "100ms");

    private static Locator card(Page page, String name) {
        return page.locator("[data-backend='" + name + "']");
    }

    private static String nameOf(TestBackend backend) {
        return "127.0.0.1-" + backend.port(); // as services known from the start are called
    }

    @Test
    void loads_without_a_word_in_the_console_and_shows_traffic() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            Page page = browser.open(gateway);
            for (int i = 0; i < 6; i++) {
                gateway.get("/api/things/" + i);
            }
            assertThat(page.locator("[data-total=served]")).hasText("6");
            assertThat(page.locator("#requests tbody tr[data-outcome=served]")).hasCount(6);
            assertThat(page.locator("#requests tbody tr").first()).containsText("/api/things/5");
            assertThat(card(page, nameOf(a))).hasAttribute("data-status", "healthy");
            for (String plot : List.of("rate", "latency", "share")) {
                assertThat(page.locator("#plot-" + plot + " canvas")).hasCount(1);
            }
            assertThat(page.locator("#summary-rate")).containsText("6 served");
            assertEquals(List.of(), browser.errors());
        }
    }

    @Test
    void a_killed_service_turns_unhealthy_and_comes_back() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(QUICK_CHECKS, a, b)) {
            Page page = browser.open(gateway);
            Locator card = card(page, nameOf(b));
            assertThat(card).hasAttribute("data-status", "healthy");
            b.kill();
            assertThat(card).hasAttribute("data-status", "unhealthy");
            assertThat(card).containsText("connection refused");
            try (TestBackend again = TestBackend.named("b", b.port())) {
                assertThat(card).hasAttribute("data-status", "healthy");
                assertThat(card).containsText("healthy for ");
                assertThat(card).containsText(again.url());
            }
        }
    }

    @Test
    void of_ten_requests_five_are_served_and_five_limited() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/1h"), a)) {
            Page page = browser.open(gateway);
            page.click("#send-ten");
            assertThat(page.locator("[data-result]")).hasCount(10);
            assertThat(page.locator("[data-result=served]")).hasCount(5);
            assertThat(page.locator("[data-result]:nth-child(5)")).hasText(Pattern.compile("200\\s*0 left"));
            assertThat(page.locator("[data-result]:nth-child(6)")).hasText(Pattern.compile("429\\s*retry in \\d+ s"));
            assertThat(page.locator("#send-summary")).hasText("10 requests: 5 served, 5 limited.");
            assertThat(page.locator("#limiter [data-client='127.0.0.1']")).containsText("5 of 5");
            assertThat(page.locator("#limiter [data-client='127.0.0.1']")).containsText("free in 59 min");
            assertThat(page.locator("[data-total=limited]")).hasText("5");

            page.locator("[data-result=limited] button").first().click();
            assertThat(page.locator("#trace")).containsText("limited, free in");
        }
    }

    @Test
    void drain_empties_and_resume_brings_back() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend held = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.inFrontOf(held)) {
            Page page = browser.open(gateway);
            Locator card = card(page, nameOf(held));
            try (RawClient client = gateway.raw().send("GET /api/slow HTTP/1.1\r\nHost: x\r\n\r\n")) {
                held.next();
                assertThat(inFlight(card)).hasText("1");
                card.locator("[data-action=drain]").click();
                assertThat(card).hasAttribute("data-status", "draining");
                assertThat(card.locator("[data-action=resume]")).isFocused();
                assertThat(page.locator("#balancer-next")).hasText("none is healthy");
                assertThat(inFlight(card)).hasText("1");
                latch.countDown();
                assertEquals(200, client.answer().status());
            }
            assertThat(inFlight(card)).hasText("0");
            assertEquals(503, gateway.get("/api/slow").statusCode());

            card.locator("[data-action=resume]").click();
            assertThat(card).hasAttribute("data-status", "healthy");
            assertThat(card.locator("[data-action=drain]")).isFocused();
            assertEquals(200, gateway.get("/api/slow").statusCode());
        }
    }

    private static Locator inFlight(Locator card) {
        return card.locator(".numbers div:has(dt:text-is('in flight')) dd");
    }

    @Test
    void remove_asks_and_then_removes_all_by_keyboard() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf(a, b)) {
            Page page = browser.open(gateway);
            Locator remove = card(page, nameOf(a)).locator("[data-action=remove]");
            remove.focus();
            page.keyboard().press("Enter");
            assertThat(page.locator("#confirm [data-action=keep]")).isFocused();
            page.keyboard().press("Escape");
            assertThat(remove).isFocused();
            assertThat(card(page, nameOf(a))).isVisible();

            page.keyboard().press("Enter");
            page.keyboard().press("Shift+Tab");
            assertThat(page.locator("#confirm [data-action=confirm-remove]")).isFocused();
            page.keyboard().press("Enter");
            assertThat(card(page, nameOf(a))).hasCount(0);
            assertThat(page.locator("#toast")).hasText(nameOf(a) + " was removed.");
            assertThat(card(page, nameOf(b)).locator("button").first()).isFocused();
        }
    }

    @Test
    void each_instance_of_a_service_has_a_card_whose_buttons_concern_it_alone() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            Page page = browser.open(gateway);
            gateway.post("/services", "{\"name\":\"orders\",\"url\":\"" + a.url() + "\"}");
            gateway.post("/services", "{\"name\":\"orders\",\"url\":\"" + b.url() + "\"}");
            assertThat(card(page, "orders")).hasCount(2);
            for (int i = 0; i < 4; i++) {
                gateway.who();
            }
            Locator first = page.locator("[data-key='orders " + a.url() + "']");
            Locator second = page.locator("[data-key='orders " + b.url() + "']");
            assertThat(page.locator("[data-backend][data-next]")).hasCount(1);
            first.locator("[data-action=drain]").click();
            assertThat(page.locator("#toast"))
                    .hasText("orders at " + a.url() + " is draining: it gets no new requests.");
            assertThat(first).hasAttribute("data-status", "draining");
            assertThat(second).hasAttribute("data-status", "healthy");
            assertEquals("b", gateway.who());
            second.locator("[aria-label='Remove orders at " + b.url() + "']").click();
            assertThat(page.locator("#confirm-title")).hasText("Remove orders at " + b.url() + "?");
            page.locator("#confirm [data-action=confirm-remove]").click();
            assertThat(card(page, "orders")).hasCount(1);
            assertThat(first.locator("[data-action=remove]")).hasAttribute("aria-label", "Remove orders");
            assertEquals(List.of(), browser.errors());
        }
    }

    @Test
    void says_that_the_connection_is_lost_and_finds_the_gateway_again() throws Exception {
        try (TestBackend a = TestBackend.named("a")) {
            TestGateway first = TestGateway.inFrontOf(a);
            int port = first.port();
            Page page = browser.open(first);
            first.close();
            assertThat(page.locator("#connection")).containsText("connection lost");
            assertThat(page).hasTitle(Pattern.compile("connection lost"));
            try (TestGateway second = TestGateway.with(Map.of("GATEWAY_PORT", String.valueOf(port)), a)) {
                assertThat(page.locator("#connection")).hasText("live");
                second.get("/api/again");
                assertThat(page.locator("#requests tbody tr").first()).containsText("/api/again");
            }
        }
    }

    @Test
    void the_keyboard_alone_sends_a_request_and_opens_its_trace() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            tabTo(page, "#send-one");
            page.keyboard().press("Enter");
            assertThat(page.locator("#requests tbody tr")).hasCount(1);
            tabTo(page, "#requests tbody tr button");
            page.keyboard().press("Enter");
            Locator trace = page.locator("#trace");
            assertThat(trace).isVisible();
            assertThat(trace).containsText("/api/data");
            assertThat(trace).containsText("1 attempt");
            assertThat(trace).containsText(page.locator("#requests tbody tr").getAttribute("data-id"));
            page.keyboard().press("Escape");
            assertThat(trace).isHidden();
            assertThat(page.locator("#requests tbody tr button")).isFocused();
        }
    }

    /** Presses Tab until the focus is there. */
    static void tabTo(Page page, String selector) {
        for (int i = 0; i < 60; i++) {
            page.keyboard().press("Tab");
            if ((boolean) page.evaluate("selector => document.activeElement.matches(selector)", selector)) {
                assertTrue((boolean)
                        page.evaluate("() => getComputedStyle(document.activeElement).outlineStyle !== 'none'"));
                return;
            }
        }
        throw new AssertionError("60 times Tab don't lead to " + selector);
    }
}
