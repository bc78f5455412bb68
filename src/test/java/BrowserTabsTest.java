import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

/**
 * Several tabs of one browser, and a gateway that lets the page wait. A browser opens only six connections to a host; a
 * stream of events for each tab once used them up, and then everything else hung without a word.
 */
class BrowserTabsTest extends InBrowser {
    /** So few that a second stream would be refused. */
    private static final Map<String, String> ONE_VIEWER = Map.of("GATEWAY_MAX_VIEWERS", "1");

    private static final String HIDE = "hidden => {"
            + " Object.defineProperty(document, 'hidden', {value: hidden, configurable: true});"
            + " document.dispatchEvent(new Event('visibilitychange')); }";

    private static final String CLICK_AND_CANCEL = """
            () => new Promise((resolve) => {
              const waiting = document.getElementById('waiting');
              new MutationObserver((changes, observer) => {
                observer.disconnect();
                const words = waiting.textContent;
                waiting.querySelector('[data-action=cancel]').click();
                resolve(words);
              }).observe(waiting, {childList: true});
              document.querySelector('.top nav a').click();
            })""";

    private static Page tab(BrowserContext context, TestGateway gateway) {
        Page page = context.newPage();
        page.setDefaultTimeout(30_000);
        page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
        return page;
    }

    private static Page liveTab(BrowserContext context, TestGateway gateway) {
        Page page = tab(context, gateway);
        assertThat(connection(page)).hasText("live");
        return page;
    }

    private static Locator connection(Page page) {
        return page.locator("#connection");
    }

    private static BrowserContext context() {
        return browser.page(1280, 900, ColorScheme.LIGHT).context();
    }

    private static boolean isFull(TestGateway gateway) throws Exception {
        try (RawClient viewer = gateway.raw().send("GET /dashboard/events HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
            return viewer.head().status() == 503;
        }
    }

    @Test
    void seven_tabs_share_one_stream_and_all_of_them_work() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(ONE_VIEWER, a)) {
            BrowserContext context = context();
            gateway.get("/api/before");
            List<Page> tabs = new ArrayList<>();
            for (int i = 0; i < 7; i++) {
                tabs.add(tab(context, gateway));
            }
            for (Page page : tabs) {
                assertThat(connection(page)).hasText("live");
                assertThat(page.locator("#requests tbody tr")).containsText("/api/before");
                assertThat(page.locator("#summary-rate")).containsText("1 served");
            }
            gateway.get("/api/after");
            for (Page page : tabs) {
                assertThat(page.locator("#requests tbody tr").first()).containsText("/api/after");
                assertThat(page.locator("[data-total=served]")).hasText("2");
            }
            Page last = tabs.get(6);
            last.click("#send-one");
            assertThat(last.locator("[data-result=served]")).hasCount(1);
            last.click("[data-action=drain]");
            assertThat(tabs.get(3).locator("[data-backend]")).hasAttribute("data-status", "draining");
            assertEquals(
                    200,
                    last.navigate("http://127.0.0.1:" + gateway.port() + "/docs")
                            .status());
        }
    }

    @Test
    void when_the_tab_that_holds_the_stream_is_closed_another_takes_over() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(ONE_VIEWER, a)) {
            BrowserContext context = context();
            Page first = liveTab(context, gateway);
            Page second = liveTab(context, gateway);
            Page third = liveTab(context, gateway);
            first.close();
            gateway.get("/api/after");
            for (Page page : List.of(second, third)) {
                assertThat(page.locator("#requests tbody tr").first()).containsText("/api/after");
                assertThat(connection(page)).hasText("live");
            }
        }
    }

    @Test
    void when_all_tabs_are_hidden_the_stream_is_given_back_until_one_is_shown() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(ONE_VIEWER, a)) {
            BrowserContext context = context();
            Page first = liveTab(context, gateway);
            Page second = liveTab(context, gateway);
            assertTrue(isFull(gateway));

            first.evaluate(HIDE, true); // it holds the stream
            gateway.get("/api/one");
            assertThat(connection(first)).hasText("paused while hidden");
            assertThat(second.locator("#requests tbody tr").first()).containsText("/api/one");
            assertThat(connection(second)).hasText("live");

            second.evaluate(HIDE, true);
            Await.until("room for another viewer", () -> !isFull(gateway));
            assertThat(connection(second)).hasText("paused while hidden");
            gateway.get("/api/two");
            first.evaluate(HIDE, false);
            assertThat(connection(first)).hasText("live");
            assertThat(first.locator("#requests tbody tr").first()).containsText("/api/two");
        }
    }

    @Test
    void a_tab_that_looks_for_routes_has_a_stream_of_its_own() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.withRoutes(IntStream.range(0, 8)
                        .mapToObj(i -> "  r" + i + ": {match: {path: /r" + i + "}, services: [\"" + a.url() + "\"]}\n")
                        .collect(Collectors.joining("", "routes:\n", "")))) {
            BrowserContext context = context();
            Page all = tab(context, gateway);
            Page one = tab(context, gateway);
            one.fill("#find-route", "r3");
            assertThat(one.locator("[data-route]")).hasCount(1);
            assertThat(connection(one)).hasText("live");
            assertThat(all.locator("[data-route]")).hasCount(8);
        }
    }

    /** As over plain HTTP from another machine. */
    @Test
    void without_locks_each_tab_that_is_shown_has_a_stream_of_its_own() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_MAX_VIEWERS", "2"))) {
            BrowserContext context = context();
            context.addInitScript("delete Navigator.prototype.locks");
            Page first = liveTab(context, gateway);
            liveTab(context, gateway);
            assertTrue(isFull(gateway));
            first.evaluate(HIDE, true);
            Await.until("room for another viewer", () -> !isFull(gateway));
        }
    }

    @Test
    void after_a_refusal_it_says_why_and_when_it_tries_again_and_then_does() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            AtomicInteger tries = new AtomicInteger();
            page.route("**/dashboard/events", route -> {
                if (tries.incrementAndGet() <= 2) {
                    route.fulfill(new Route.FulfillOptions()
                            .setStatus(tries.get() == 1 ? 503 : 429)
                            .setContentType("application/problem+json")
                            .setBody("{\"detail\":\"Too busy " + tries + "\"}"));
                } else {
                    route.resume();
                }
            });
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            assertThat(connection(page)).hasText(Pattern.compile("connection lost: Too busy 1; retrying in [12] s"));
            assertThat(connection(page)).hasText(Pattern.compile("connection lost: Too busy 2; retrying in [23] s"));
            assertThat(connection(page)).hasText("live");
            assertThat(page.locator("#reconnect")).isHidden();
        }
    }

    @Test
    void a_full_gateway_says_so_and_the_user_can_retry_at_once() throws Exception {
        try (TestGateway gateway = TestGateway.with(ONE_VIEWER)) {
            Page page;
            try (RawClient other = gateway.raw().send("GET /dashboard/events HTTP/1.1\r\nHost: localhost\r\n\r\n")) {
                other.head();
                page = browser.page(1280, 900, ColorScheme.LIGHT);
                page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
                assertThat(connection(page)).containsText("GATEWAY_MAX_VIEWERS allows; close one; retrying in 10 s");
            }
            Await.until("room", () -> !isFull(gateway));
            page.click("#reconnect");
            assertThat(connection(page)).hasText("live");
        }
    }

    @Test
    void a_request_that_hangs_says_so_and_can_be_cancelled() throws Exception {
        CountDownLatch latch = new CountDownLatch(1);
        try (TestBackend held = TestBackend.heldBy(latch);
                TestGateway gateway = TestGateway.inFrontOf(held)) {
            Page page = browser.open(gateway);
            Locator waiting = page.locator("#waiting");
            page.click("#send-ten");
            assertThat(waiting).containsText("Still waiting for the gateway: /api/data …");
            waiting.locator("[data-action=cancel]").click();
            assertThat(page.locator("[data-result]")).hasText("cancelled");
            assertThat(page.locator("#send-summary")).hasText("One request: 1 unanswered.");
            assertThat(waiting).isEmpty();

            page.route("**/drain**", route -> {}); // which never answers
            page.click("[data-action=drain]");
            assertThat(waiting).containsText("Still waiting for the gateway: drain 127.0.0.1-");
            waiting.locator("[data-action=cancel]").click();
            assertThat(page.locator("#toast")).containsText("Cancelled; the gateway may have done it all the same.");
            latch.countDown();
        }
    }

    @Test
    void the_documentation_says_so_while_it_waits() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.route("**/openapi.json", route -> {});
            page.navigate("http://127.0.0.1:" + gateway.port() + "/docs");
            assertThat(page.locator("#waiting")).containsText("Still waiting for the gateway: /openapi.json …");
            page.locator("#waiting [data-action=cancel]").click();
            assertThat(page.locator("#waiting")).isEmpty();
            assertThat(page.locator("#docs")).containsText("Failed to load API definition");
            browser.errors(); // in which Swagger UI says so, too
        }
    }

    @Test
    void a_page_that_does_not_come_and_a_stream_that_does_not_start_say_so_too() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            page.route("**/docs", route -> {});
            // in the page, since Playwright itself would wait for the other one
            assertEquals("Still waiting for the gateway: API docs …Cancel", page.evaluate(CLICK_AND_CANCEL));
            assertThat(page.locator("#waiting")).isEmpty();
            assertThat(page).hasURL(Pattern.compile("/dashboard$"));

            Page other = browser.page(1280, 900, ColorScheme.LIGHT);
            other.route("**/dashboard/events", route -> {});
            other.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            assertThat(connection(other)).hasText("still waiting for the gateway …");
        }
    }
}
