import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What can be read on the page, by whom, and where it comes from. */
class BrowserReadTest extends InBrowser {
    private static final Set<String> PRESSED_OR_TYPED_INTO =
            Set.of("button", "link", "textbox", "searchbox", "combobox", "checkbox");

    /** Whether a plot shows more than its axes, which are grey. */
    static final String HAS_COLOUR = """
            selector => {
              const canvas = document.querySelector(selector);
              const {width, height} = canvas;
              const copy = new OffscreenCanvas(width, height).getContext('2d', {willReadFrequently: true});
              copy.drawImage(canvas, 0, 0);
              const {data} = copy.getImageData(0, 0, width, height);
              for (let i = 0; i < data.length; i += 4) {
                const rgb = data.slice(i, i + 3);
                if (data[i + 3] === 255 && Math.max(...rgb) - Math.min(...rgb) > 40) return true;
              }
              return false;
            }""";

    @Test
    void the_gateway_s_own_address_leads_to_the_page_and_all_of_it_comes_from_there() {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            String origin = "http://127.0.0.1:" + gateway.port();
            List<String> asked = new ArrayList<>();
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            page.onRequest(request -> asked.add(request.url()));
            page.navigate(origin + "/");
            assertThat(page).hasURL(origin + "/dashboard");
            assertThat(page.locator("#connection")).hasText("live");
            assertTrue(asked.size() > 10, () -> "the page loads nothing: " + asked);
            asked.removeIf(url -> url.startsWith(origin + "/") || url.startsWith("data:"));
            assertEquals(List.of(), asked);
            assertEquals(List.of(), browser.errors());
        }
    }

    @Test
    void the_plots_are_drawn() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "3/60s"), a)) {
            Page page = browser.open(gateway);
            for (int i = 0; i < 4; i++) {
                gateway.get("/api/" + i);
            }
            assertThat(page.locator("#summary-rate")).containsText("3 served, 1 limited");
            assertThat(page.locator("#summary-latency")).containsText("p50 between");
            assertThat(page.locator("#summary-share")).containsText("100 %");
            for (String plot : List.of("rate", "latency", "share")) {
                page.waitForFunction(HAS_COLOUR, "#plot-" + plot + " canvas");
            }
            Locator captions = page.locator(".plot .panel-head p");
            page.locator("#plot-rate").hover();
            assertThat(captions.first()).hasText(Pattern.compile("^at \\d\\d:\\d\\d:\\d\\d$"));
            assertThat(captions.last()).hasText(Pattern.compile("^at \\d\\d:\\d\\d:\\d\\d$"));
            page.mouse().move(5, 5);
            assertThat(captions.first()).hasText("15 minutes");
        }
    }

    @Test
    @Tag("redis")
    void the_page_says_where_the_limit_is_kept() throws Exception {
        try (TestRedis redis = TestRedis.start();
                TestGateway gateway = TestGateway.with(Map.of(
                        "GATEWAY_RATE_LIMIT",
                        "5/60s",
                        "GATEWAY_REDIS_URL",
                        redis.url(),
                        "GATEWAY_REDIS_TIMEOUT",
                        "5s"))) {
            Page page = browser.open(gateway);
            assertThat(page.locator("#limiter-words"))
                    .hasText("5 req/min per IP over all gateways (redis); shown: this gateway");
            redis.kill();
            assertThat(page.locator("#limiter-words"))
                    .containsText("5 req/min per IP, memory (redis unreachable since ");
            redis.startAgain();
            assertThat(page.locator("#limiter-words")).containsText("(redis)");
        }
    }

    @Test
    void requests_are_filtered_by_outcome_client_and_text() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = usedByTwoClients(a)) {
            Page page = browser.open(gateway);
            Locator shown = page.locator("#requests tbody tr:visible");
            assertThat(shown).hasCount(3);
            page.selectOption("#filter-outcome", "limited");
            assertThat(shown).hasCount(1);
            assertThat(shown).containsText("/api/two");
            assertThat(page.locator("#requests-count")).hasText("1 of 3 match");
            page.selectOption("#filter-outcome", "");
            page.fill("#filter-client", "127.0.0.2");
            assertThat(shown).hasCount(1);
            assertThat(shown).containsText("/api/three");
            page.fill("#filter-text", "/api/ONE");
            assertThat(shown).hasCount(0);
            page.fill("#filter-client", "");
            assertThat(shown).hasCount(1);
            assertThat(shown).containsText("/api/one");
            page.click("#filters [type=reset]");
            assertThat(shown).hasCount(3);
        }
    }

    /** The words of a status line come back in the reason why a check failed, and why a request did. */
    @Test
    void markup_in_a_service_s_answer_stays_text() throws Exception {
        String markup = "<img src=x onerror=window.hacked=1>";
        TestBackend.Script script = (request, wire) ->
                wire.send("HTTP/1.1 " + markup + " x\r\n\r\n").close();
        try (TestBackend a = TestBackend.doing(script);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"), a)) {
            a.withHealth(script);
            gateway.get("/api/data");
            Page page = browser.open(gateway);
            assertThat(page.locator("[data-backend] .why")).containsText(markup);
            page.click("#requests tbody tr button");
            assertThat(page.locator("#trace")).containsText(markup);
            assertThat(page.locator("img")).hasCount(0);
            assertNull(page.evaluate("() => window.hacked ?? null"));
        }
    }

    /** The reason why is what somebody looks for here: it isn't cut off, and breaks where it has no spaces. */
    @Test
    void a_long_reason_is_read_whole_at_each_width() throws Exception {
        String odd = "HTTP/1.1 a-status-line-that-is-long-and-" + "goes-on-and-on-".repeat(8) + " x\r\n\r\n";
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"), a, b)) {
            b.withHealth((request, wire) -> wire.send(odd).close());
            Page page = browser.open(gateway);
            Locator reason = page.locator("[data-status=unhealthy] .why");
            assertThat(reason).containsText("goes-on-and-on");
            for (int width : List.of(360, 768, 1280, 1600)) {
                page.setViewportSize(width, 900);
                // the plots follow a moment later
                page.waitForFunction("width => document.documentElement.scrollWidth === width", width);
                assertTrue(
                        (boolean) reason.evaluate(
                                "why => [why, ...why.children].every(part => part.scrollWidth <= part.offsetWidth)"),
                        "cut off at " + width);
            }
        }
    }

    @Test
    void whatever_can_be_pressed_or_typed_into_has_a_name_for_a_screen_reader() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            page.click("#send-one");
            assertThat(page.locator("#requests tbody tr")).hasCount(1);
            assertTrue(named(page) > 20);
            page.click("#send-results button");
            assertThat(page.locator("#trace")).isVisible();
            assertTrue(named(page) > 4, "Newer, Older, Close, Copy");
        }
    }

    /** How many have one, in the browser's own reckoning; fails if one hasn't. */
    static int named(Page page) {
        JsonObject tree = page.context().newCDPSession(page).send("Accessibility.getFullAXTree");
        int named = 0;
        for (JsonElement element : tree.getAsJsonArray("nodes")) {
            JsonObject node = element.getAsJsonObject();
            if (!node.get("ignored").getAsBoolean() && PRESSED_OR_TYPED_INTO.contains(value(node, "role"))) {
                assertTrue(!value(node, "name").isBlank(), node::toString);
                named++;
            }
        }
        return named;
    }

    private static String value(JsonObject node, String property) {
        return node.has(property) ? node.getAsJsonObject(property).get("value").getAsString() : "";
    }
}
