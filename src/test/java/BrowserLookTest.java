import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** How the page looks and reads: widths, themes, hostile text, a list that doesn't run away. */
class BrowserLookTest extends InBrowser {
    private static final String MARKUP = "<img/src=x/onerror=window.hacked=1>";

    /** Encoded, since the gateway refuses a bare {@code <} in a path; the page shall not decode it either. */
    @Test
    void markup_in_a_request_stays_text() throws Exception {
        String encoded = MARKUP.replace("<", "%3C").replace(">", "%3E");
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            gateway.raw("GET /api/" + encoded + "?" + MARKUP + " HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + MARKUP
                    + "\r\nConnection: close\r\n\r\n");
            assertThat(page.locator("#requests tbody tr")).containsText(encoded);
            page.locator("#requests tbody tr button").click();
            assertThat(page.locator("#trace h2")).containsText(encoded);
            isHarmless(page);
        }
    }

    /** The gateway takes no such name; the page shall be safe even if it did. */
    @Test
    void markup_in_whatever_the_gateway_says_stays_text() throws Exception {
        String state = """
                {"time":"2026-11-24T14:00:00Z","version":"!","status":"running","started":"2026-11-24T13:00:00Z",\
                "limit":{"policy":"!","store":"!","clients":1,"allowed":1,"refused":0,\
                "nearest":[{"client":"!","limit":5,"used":5,"remaining":0,"next_free_in_ms":1000,"all_free_in_ms":1000}]},\
                "balancer":{"name":"!","next":"!"},"totals":{"served":1,"limited":0,"failed":0,"rejected":0,"abandoned":0},\
                "in_flight":0,"latency":{"p50_ms":null,"p99_ms":null},"backends":[{"name":"!","url":"!","status":"unhealthy",\
                "since":"2026-11-24T13:00:00Z","reason":"!","requests":1,"failures":0,"in_flight":0,"lease":"!",\
                "last_check":{"time":"2026-11-24T13:00:00Z","latency_ms":1.0,"good":false,"error":"!!"}}]}""";
        String traces = """
                [{"id":"!","trace_id":"!","time":"2026-11-24T14:00:00Z","client":"!","method":"!","path":"!",\
                "outcome":"failed","status":502,"duration_ms":1.0,"bytes":1,"attempts":[{"backend":"!","url":"!",\
                "after_ms":0.1,"duration_ms":0.5,"reused_connection":false,"status":null,"error":"!","error_type":"!"}],\
                "passed_over":[{"backend":"!","status":"!","reason":"!"}],"reason":"!","problem":"!"}]""";
        String events =
                ("event: history\ndata: {\"step_ms\":3000,\"points\":[{\"time_ms\":1795510228000,\"duration_ms\":3000,\"served\":1,"
                                + "\"backends\":{\"!\":1}}]}\n\nevent: hops\ndata: " + traces
                                + "\n\nevent: state\ndata: "
                                + state
                                + "\n\n")
                        .replace("!", MARKUP);
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.route(
                    "**/dashboard/events",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("text/event-stream")
                            .setBody(events)));
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            assertThat(page.locator("[data-backend] h4")).hasText(MARKUP);
            assertThat(page.locator(".why")).containsText(MARKUP);
            assertThat(page.locator("#limiter .client")).hasText(MARKUP);
            assertThat(page.locator("#figure-share .name")).hasText(MARKUP);
            page.locator("#requests tbody tr button").click();
            assertThat(page.locator("#trace .reason")).containsText(MARKUP);
            isHarmless(page);
        }
    }

    private static void isHarmless(Page page) {
        assertThat(page.locator("img")).hasCount(0);
        assertNull(page.evaluate("() => window.hacked ?? null"));
    }

    @Test
    void new_requests_move_neither_the_focus_nor_what_is_read() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            gateway.get("/api/first");
            page.locator("#requests tbody tr button").focus();
            gateway.get("/api/second");
            assertThat(page.locator("#requests-count")).hasText("1 newer request waiting while you read");
            assertThat(page.locator("#requests tbody tr")).hasCount(1);
            assertThat(page.locator("#requests tbody tr button")).isFocused();
            page.locator("#filter-text").focus();
            assertThat(page.locator("#requests tbody tr")).hasCount(2);

            page.locator("#requests-pause").press("Enter");
            gateway.get("/api/third");
            assertThat(page.locator("#requests-count")).hasText("1 newer request held back");
            page.locator("#requests-pause").press("Enter");
            assertThat(page.locator("#requests tbody tr")).hasCount(3);

            page.fill("#filter-text", "second");
            assertThat(page.locator("#requests tbody tr:visible")).hasCount(1);
            page.selectOption("#filter-outcome", "limited");
            assertThat(page.locator("#requests-empty")).hasText("No request matches the filter.");
        }
    }

    @Test
    void a_list_that_is_scrolled_stays_where_it_is() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            for (int i = 0; i < 100; i++) {
                gateway.get("/api/" + i);
            }
            assertThat(page.locator("#requests tbody tr")).hasCount(100);
            page.evaluate("() => document.getElementById('requests-region').scrollTop = 400");
            double before = top(page, "/api/80");
            gateway.get("/api/newest"); // and the oldest goes
            assertThat(page.locator("#requests tbody tr").first()).containsText("/api/newest");
            assertThat(page.locator("#requests tbody tr")).hasCount(100);
            assertEquals(before, top(page, "/api/80"), 1, "by no more than a part of a pixel");
        }
    }

    /** Where in the list the row of this path stands; what is above the list may grow by a line. */
    private static double top(Page page, String path) {
        return ((Number) page.locator("#requests tbody tr", new Page.LocatorOptions().setHasText(path))
                        .evaluate("row => row.getBoundingClientRect().top"
                                + " - document.getElementById('requests-region').getBoundingClientRect().top"))
                .doubleValue();
    }

    @Test
    void a_chosen_theme_stays() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            page.click("#theme");
            page.click("#theme");
            assertThat(page.locator("#theme")).hasText("Theme: dark");
            assertThat(page.locator("body")).hasCSS("background-color", "rgb(14, 19, 26)");
            assertThat(page.locator("#plot-rate canvas")).hasCount(1);
            page.reload();
            assertThat(page.locator("#theme")).hasText("Theme: dark");
            assertThat(page.locator("body")).hasCSS("background-color", "rgb(14, 19, 26)");
        }
    }

    /** Leaves target/screenshots/ for people to look at. */
    @ParameterizedTest(name = "{0} services")
    @ValueSource(ints = {0, 3, 30})
    void nothing_sticks_out_at_the_side(int services) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/1m", "GATEWAY_SERVICES", ""))) {
            for (int i = 0; i < services; i++) {
                String name = i == 1 ? "a-name-as-long-as-they-may-be-" + "x".repeat(34) : "service-" + i;
                gateway.post("/services", "{\"name\":\"" + name + "\",\"url\":\"" + a.url() + "\"}");
            }
            Page page = browser.open(gateway, 360, 900, ColorScheme.LIGHT);
            for (int i = 0; i < 24; i++) {
                try (RawClient client = gateway.from("127.0.0." + (2 + i % 4))) {
                    client.send("GET /api/orders/" + i + "?expand=customer,lines,shipping&sort=-created HTTP/1.1\r\n"
                                    + "Host: x\r\n\r\n")
                            .answer();
                }
            }
            assertThat(page.locator("[data-backend]")).hasCount(services);
            assertThat(page.locator("#requests tbody tr")).hasCount(24);
            assertThat(page.locator("#summary-rate")).not().hasText("No requests."); // the plots have a step
            for (int width : List.of(360, 768, 1280, 1600)) {
                look(page, width, ColorScheme.LIGHT, services);
                if (services == 3) {
                    look(page, width, ColorScheme.DARK, services);
                }
            }
        }
    }

    private static void look(Page page, int width, ColorScheme scheme, int services) {
        page.setViewportSize(width, 900);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        String name = width + "-" + scheme.name().toLowerCase() + "-" + services + "-services.png";
        page.screenshot(new Page.ScreenshotOptions().setFullPage(true).setPath(Path.of("target", "screenshots", name)));
        assertEquals(width, page.evaluate("() => document.documentElement.scrollWidth"), name);
    }
}
