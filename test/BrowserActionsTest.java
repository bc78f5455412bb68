import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.google.gson.JsonElement;
import com.google.gson.JsonObject;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.RawClient;
import gateway.TestBackend;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** What can be done on the page, and whether everybody can: by keyboard, by a screen reader, on a phone. */
class BrowserActionsTest {
    private static final Set<String> PRESSED_OR_TYPED_INTO =
            Set.of("button", "link", "textbox", "searchbox", "combobox", "checkbox");
    private static final int MOST_TABS = 60;

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
    void ten_requests_are_drawn_as_they_are_limited() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "5/60s"), a)) {
            Page page = chromium.dashboard(gateway);
            page.locator("#send-ten").click();
            Locator results = page.locator("#send-results [data-result]");
            assertThat(results).hasCount(10);
            for (int i = 0; i < 10; i++) {
                assertThat(results.nth(i)).hasAttribute("data-result", i < 5 ? "served" : "limited");
                assertThat(results.nth(i)).containsText(i < 5 ? "200" : "429");
            }
            assertThat(page.locator("#send-summary")).hasText("10 answers: 5 served, 5 limited.");
            results.nth(9).locator("button").click();
            assertThat(page.locator("#story .reason")).containsText("5");
            page.keyboard().press("Escape");
            assertThat(results.nth(9).locator("button")).isFocused();
        }
    }

    @Test
    void a_registration_appears_with_the_probe_s_answer() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = chromium.dashboard(gateway);
            assertThat(page.locator("#no-backends")).isVisible();
            register(page, "orders", a.url());
            assertThat(page.locator("#register-result")).containsText("orders was added and is available.");
            assertThat(page.locator("#register-result")).containsText("Its check was good");
            assertThat(page.locator("[data-backend=orders]")).hasAttribute("data-status", "healthy");
            assertThat(page.locator("#no-backends")).isHidden();
            register(page, "nobody", "http://127.0.0.1:" + TestBackend.deadPort());
            assertThat(page.locator("#register-result")).containsText("connection refused");
            assertThat(page.locator("[data-backend=nobody]")).isVisible();
        }
    }

    @Test
    void wrong_input_is_explained_at_its_field() {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = chromium.dashboard(gateway);
            page.locator("#register-form [name=lease]").fill("soon");
            register(page, "my service", "localhost");
            assertThat(page.locator("#error-name")).isVisible();
            assertThat(page.locator("#error-url")).hasText("must start with http:// or https://");
            assertThat(page.locator("#error-lease")).isVisible();
            assertThat(page.locator("[name=name]")).hasAttribute("aria-invalid", "true");
            assertThat(page.locator("[name=name]")).isFocused();
            assertThat(page.locator("[data-backend]")).hasCount(0);
        }
    }

    private static void register(Page page, String name, String url) {
        page.locator("#register-form [name=name]").fill(name);
        page.locator("#register-form [name=url]").fill(url);
        page.locator("#register-form [type=submit]").click();
    }

    @Test
    void drain_empties_a_service_resume_brings_it_back_remove_takes_it_out() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.inFrontOf()) {
            gateway.post("/services", "{\"name\":\"service-a\",\"url\":\"" + a.url() + "\"}");
            gateway.post("/services", "{\"name\":\"service-b\",\"url\":\"" + b.url() + "\"}");
            Page page = chromium.dashboard(gateway);
            Locator card = page.locator("[data-backend=service-a]");
            card.locator("[data-action=drain]").click();
            assertThat(card).hasAttribute("data-status", "draining");
            assertThat(card).containsText("drained by an operator");
            assertThat(card.locator("[data-action=resume]")).isFocused();
            assertEquals(List.of("b", "b", "b", "b"), four(gateway));

            page.keyboard().press("Enter");
            assertThat(card).hasAttribute("data-status", "healthy");
            assertEquals(Set.of("a", "b"), Set.copyOf(four(gateway)));

            card.locator("[data-action=remove]").click();
            Locator question = page.locator("#confirm");
            assertThat(question).containsText("Remove service-a?");
            page.keyboard().press("Escape");
            assertThat(question).isHidden();
            assertThat(card).isVisible();
            card.locator("[data-action=remove]").click();
            question.locator("[data-action=confirm-remove]").click();
            assertThat(card).hasCount(0);
            assertThat(page.locator("#toast")).hasText("service-a was removed.");
            assertEquals(List.of("b", "b", "b", "b"), four(gateway));
        }
    }

    private static List<String> four(TestGateway gateway) throws Exception {
        return List.of(gateway.who(), gateway.who(), gateway.who(), gateway.who());
    }

    @Test
    void a_request_is_sent_and_its_story_opened_by_keyboard_alone() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = chromium.dashboard(gateway);
            page.keyboard().press("Tab");
            assertThat(page.locator(".skip")).isFocused();
            tabTo(page, "#send-one");
            page.keyboard().press("Enter");
            assertThat(page.locator("#send-results [data-result]")).hasCount(1);
            assertThat(page.locator("#hops tbody tr")).hasCount(1);
            tabTo(page, "#hops tbody button");
            page.keyboard().press("Enter");
            assertThat(page.locator("#story")).containsText("Request id");
            tabTo(page, "#story [data-action=close]");
            page.keyboard().press("Enter");
            assertThat(page.locator("#story")).isHidden();
            assertThat(page.locator("#hops tbody button")).isFocused();
        }
    }

    private static void tabTo(Page page, String selector) {
        for (int i = 0; i < MOST_TABS; i++) {
            page.keyboard().press("Tab");
            if ((boolean) page.evaluate("selector => document.activeElement.matches(selector)", selector)) {
                return;
            }
        }
        throw new AssertionError("Tab doesn't lead to " + selector);
    }

    @Test
    void it_fits_each_width_in_light_and_dark_and_everything_has_a_name() throws Exception {
        Map<String, String> settings = Map.of("GATEWAY_HEALTH_INTERVAL", "100ms", "GATEWAY_RATE_LIMIT", "5/60s");
        String badStatus = "HTTP/1.1 no-status-at-all-but-a-reason-that-is-long-and-has-no-place-to-break-it x\r\n\r\n";
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestBackend bad = TestBackend.raw(badStatus);
                TestGateway gateway = TestGateway.with(settings)) {
            for (var service : Map.of("service-a", a, "service-b", b, "a-service-with-quite-a-long-name", bad)
                    .entrySet()) {
                gateway.post(
                        "/services",
                        "{\"name\":\"" + service.getKey() + "\",\"url\":\""
                                + service.getValue().url() + "\"}");
            }
            bad.withHealth((request, wire) -> wire.send(badStatus).close());
            gateway.post("/services/service-b/drain", "");
            for (int client = 2; client < 12; client++) {
                try (RawClient other = gateway.from("127.0.0." + client)) {
                    for (int i = 0; i < client; i++) {
                        other.send("GET /api/orders/2026/some-rather-long-path?with=a&query=too HTTP/1.1\r\n"
                                        + "Host: x\r\n\r\n")
                                .answer();
                    }
                }
            }
            Page page = chromium.dashboard(gateway);
            assertThat(page.locator("[data-backend][data-status=unhealthy]")).containsText("no-place-to-break-it");
            page.locator("#send-ten").click();
            assertThat(page.locator("#send-summary")).hasText("10 answers: 5 served, 5 limited.");
            assertThat(page.locator("#summary-share")).containsText("Lately");
            assertEquals(List.of(), nameless(page));
            for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                for (int width : List.of(360, 768, 1600)) {
                    page.setViewportSize(width, 900);
                    assertEquals(width, page.evaluate("document.documentElement.scrollWidth"), "as wide as the window");
                    page.screenshot(new Page.ScreenshotOptions()
                            .setFullPage(true)
                            .setPath(Path.of(
                                    "target",
                                    "screenshots",
                                    width + "-" + scheme.name().toLowerCase() + ".png")));
                }
            }
        }
    }

    /** What a screen reader would call just "button" or "edit". */
    private static List<String> nameless(Page page) {
        JsonObject tree = page.context().newCDPSession(page).send("Accessibility.getFullAXTree");
        List<String> nameless = new ArrayList<>();
        int named = 0;
        for (JsonElement element : tree.getAsJsonArray("nodes")) {
            JsonObject node = element.getAsJsonObject();
            if (!node.get("ignored").getAsBoolean() && PRESSED_OR_TYPED_INTO.contains(value(node, "role"))) {
                if (value(node, "name").isBlank()) {
                    nameless.add(node.toString());
                } else {
                    named++;
                }
            }
        }
        assertTrue(named > 20, named + " have a name: is the tree whole?");
        return nameless;
    }

    private static String value(JsonObject node, String property) {
        return node.has(property) ? node.getAsJsonObject(property).get("value").getAsString() : "";
    }
}
