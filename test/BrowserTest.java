import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.RawClient;
import gateway.TestBackend;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What the page shows, in a real browser. */
class BrowserTest {
    /** Whether a plot shows more than its axes, which are grey. */
    private static final String HAS_COLOUR = """
            selector => {
              const canvas = document.querySelector(selector);
              const {data} = canvas.getContext('2d').getImageData(0, 0, canvas.width, canvas.height);
              for (let i = 0; i < data.length; i += 4) {
                const rgb = data.slice(i, i + 3);
                if (data[i + 3] === 255 && Math.max(...rgb) - Math.min(...rgb) > 40) return true;
              }
              return false;
            }""";

    private static Chromium chromium;

    @BeforeAll
    static void start() {
        chromium = Chromium.start();
    }

    @AfterEach
    void closePages() {
        chromium.closePages();
    }

    @AfterAll
    static void stop() {
        if (chromium != null) {
            chromium.close();
        }
    }

    @Test
    void the_page_loads_without_an_error_and_from_the_gateway_alone() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            List<String> complaints = new ArrayList<>();
            List<String> asked = new ArrayList<>();
            Page page = chromium.page(1280, 900, ColorScheme.LIGHT);
            page.onConsoleMessage(message -> {
                if (List.of("error", "warning").contains(message.type())) {
                    complaints.add(message.text() + " " + message.location());
                }
            });
            page.onRequest(request -> asked.add(request.url()));
            page.onRequestFailed(request -> complaints.add("failed: " + request.url()));
            page.navigate(Chromium.url(gateway, "/dashboard"));
            Chromium.isLive(page);
            assertThat(page.locator("#plot-rate canvas")).isVisible();
            assertThat(page.locator("[data-backend]")).hasAttribute("data-status", "healthy");
            assertEquals(List.of(), complaints);
            assertTrue(asked.size() > 10, () -> "the page loads nothing: " + asked);
            List<String> elsewhere = asked.stream()
                    .filter(url -> !url.startsWith(Chromium.url(gateway, "/")) && !url.startsWith("data:"))
                    .toList();
            assertEquals(List.of(), elsewhere);
        }
    }

    @Test
    void the_gateway_s_own_address_leads_a_browser_to_the_page() {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = chromium.page(1280, 900, ColorScheme.LIGHT);
            page.navigate(Chromium.url(gateway, "/"));
            assertThat(page).hasURL(Chromium.url(gateway, "/dashboard"));
            Chromium.isLive(page);
            assertThat(page.locator("#no-backends")).isVisible();
        }
    }

    @Test
    void traffic_shows_up_in_totals_rows_and_plots() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "3/60s"), a, b)) {
            Page page = chromium.dashboard(gateway);
            for (int i = 0; i < 4; i++) {
                gateway.get("/api/" + i);
            }
            assertThat(page.locator("[data-total=served]")).hasText("3");
            assertThat(page.locator("[data-total=limited]")).hasText("1");
            assertThat(page.locator("#hops tbody tr")).hasCount(4);
            Locator newest = page.locator("#hops tbody tr").first();
            assertThat(newest).hasAttribute("data-outcome", "limited");
            assertThat(newest).containsText("GET /api/3");
            assertThat(page.locator("#limiter [data-client='127.0.0.1']")).containsText("3 of 3");
            assertThat(page.locator("#summary-rate")).containsText("3 served, 1 limited");
            assertThat(page.locator("#summary-latency")).containsText("p50 between");
            assertThat(page.locator("#summary-share")).containsText(Pattern.compile("Lately: .* (67|33) %"));
            for (String plot : List.of("rate", "latency", "share")) {
                page.waitForFunction(HAS_COLOUR, "#plot-" + plot + " canvas");
            }
        }
    }

    @Test
    void a_killed_service_turns_unhealthy_and_says_why() throws Exception {
        Map<String, String> quick = Map.of("GATEWAY_HEALTH_INTERVAL", "100ms", "GATEWAY_HEALTH_RISE", "1");
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(quick, a, b)) {
            Page page = chromium.dashboard(gateway);
            Locator killed = page.locator("[data-backend]")
                    .filter(new Locator.FilterOptions().setHasText(String.valueOf(a.port())));
            assertThat(killed).hasAttribute("data-status", "healthy");
            a.kill();
            assertThat(killed).hasAttribute("data-status", "unhealthy");
            assertThat(killed).containsText("connection refused");
            assertThat(page.locator("[data-backend][data-status=healthy]")).hasCount(1);
            try (TestBackend again = TestBackend.named("a", a.port())) {
                assertThat(killed).hasAttribute("data-status", "healthy");
                assertThat(killed).not().containsText("connection refused");
                assertTrue(again.port() > 0);
            }
        }
    }

    @Test
    void rows_are_filtered_by_outcome_client_and_text() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "1/60s"), a);
                RawClient second = gateway.from("127.0.0.2")) {
            gateway.get("/api/one");
            gateway.get("/api/two");
            second.send("GET /api/three HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            Page page = chromium.dashboard(gateway);
            Locator shown = page.locator("#hops tbody tr:visible");
            assertThat(shown).hasCount(3);
            page.locator("#filter-outcome").selectOption("limited");
            assertThat(shown).hasCount(1);
            assertThat(shown).containsText("/api/two");
            assertThat(page.locator("#hops-count")).hasText("1 of 3 match");
            page.locator("#filter-outcome").selectOption("");
            page.locator("#filter-client").fill("127.0.0.2");
            assertThat(shown).hasCount(1);
            assertThat(shown).containsText("/api/three");
            page.locator("#filter-text").fill("/api/ONE");
            assertThat(shown).hasCount(0);
            assertThat(page.locator("#hops-empty")).hasText("None of them matches the filter.");
            page.locator("#filter-client").fill("");
            assertThat(shown).hasCount(1);
            assertThat(shown).containsText("/api/one");
            page.locator("#filters button[type=reset]").click();
            assertThat(shown).hasCount(3);
        }
    }

    @Test
    void a_row_opens_to_its_whole_story_and_closing_it_leads_back() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            gateway.send(gateway.request("/api/told?by=whom").header("X-Request-ID", "id-of-this-one"));
            Page page = chromium.dashboard(gateway);
            Locator opener = page.locator("#hops tbody tr[data-id=id-of-this-one] button");
            opener.click();
            Locator story = page.locator("#story");
            assertThat(story).isVisible();
            assertThat(page.locator("#story-title")).hasText(Pattern.compile("GET /api/told.*"));
            assertThat(page.locator("#story-title")).isFocused();
            assertThat(story).containsText("id-of-this-one");
            assertThat(story).containsText(a.url());
            assertThat(story).containsText("1 attempt");
            page.keyboard().press("Escape");
            assertThat(story).isHidden();
            assertThat(opener).isFocused();
        }
    }

    /** The status line's words are in the reason of a check that failed and in that of a request. */
    @Test
    void markup_from_services_and_requests_stays_text() throws Exception {
        String evil = "<img src=x onerror=window.xss=1>";
        String id = "<img/src=x/onerror=window.xss=2>";
        TestBackend.Script script =
                (request, wire) -> wire.send("HTTP/1.1 " + evil + " x\r\n\r\n").close();
        try (TestBackend a = TestBackend.doing(script);
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_HEALTH_INTERVAL", "100ms"), a)) {
            for (String path :
                    List.of("/api/%3Cimg%20src=x%20onerror=window.xss=3%3E", "/api/?q=" + id, "/api/" + id)) {
                gateway.raw("GET " + path + " HTTP/1.1\r\nHost: x\r\nX-Request-ID: " + id + "\r\n\r\n");
            }
            a.withHealth(script);
            Page page = chromium.dashboard(gateway);
            Locator backend = page.locator("[data-backend]");
            assertThat(backend.locator(".why")).containsText(evil);
            page.locator("#hops tbody tr button").first().click();
            assertThat(page.locator("#story")).containsText(id);
            page.keyboard().press("Escape");
            page.locator("#send-path").fill("/api/" + evil);
            page.locator("#send-one").click();
            assertThat(page.locator("#send-results [data-result]")).hasCount(1);
            page.locator("#send-results button").click();
            assertThat(page.locator("#story")).isVisible();
            assertThat(page.locator("img")).hasCount(0);
            assertNull(page.evaluate("window.xss"));
        }
    }

    @Test
    void the_page_says_when_it_lost_the_gateway_and_gets_it_back() throws Exception {
        Page page;
        String port;
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            page = chromium.dashboard(gateway);
            port = String.valueOf(gateway.port());
        }
        assertThat(page.locator("#connection")).containsText("connection lost");
        assertThat(page).hasTitle("(connection lost) API Gateway");
        try (TestBackend a = TestBackend.named("a");
                TestGateway again = TestGateway.with(Map.of("GATEWAY_PORT", port), a)) {
            assertEquals(port, String.valueOf(again.port()));
            Chromium.isLive(page);
            assertThat(page).hasTitle("API Gateway");
            assertThat(page.locator("[data-backend]")).hasCount(1);
        }
    }
}
