import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Route;
import com.microsoft.playwright.options.BoundingBox;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestBackend;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZonedDateTime;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;

/** How far back the plots go. */
class BrowserSpansTest extends InBrowser {
    private static final Pattern FROM_TO = Pattern.compile("^\\d\\d:\\d\\d:\\d\\d to \\d\\d:\\d\\d:\\d\\d$");

    private static Locator button(Page page, String span) {
        return page.locator("#spans button[data-span='" + span + "']");
    }

    private static void isPressed(Page page, String span) {
        for (String any : List.of("15m", "1h", "24h")) {
            assertThat(button(page, any)).hasAttribute("aria-pressed", String.valueOf(any.equals(span)));
        }
    }

    @Test
    void an_hour_is_chosen_with_the_keyboard_stays_in_the_url_and_goes_on() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_RATE_LIMIT", "3/60s"), a)) {
            for (int i = 0; i < 4; i++) {
                gateway.get("/api/" + i);
            }
            Page page = browser.open(gateway);
            isPressed(page, "15m");
            assertThat(page.locator("#summary-rate")).containsText("3 served, 1 limited");
            button(page, "15m").focus();
            page.keyboard().press("Tab");
            assertThat(button(page, "1h")).isFocused();
            page.keyboard().press("Enter");
            isPressed(page, "1h");
            assertThat(page.locator("#plots-title")).hasText("The last hour");
            assertThat(page).hasURL(Pattern.compile("\\?span=1h$"));
            assertThat(page.locator("#summary-rate")).containsText("3 served, 1 limited");
            assertThat(page.locator("#summary-latency")).containsText("p50 between");
            assertThat(page.locator("#summary-share")).containsText("100 %");
            Locator captions = page.locator(".plot .panel-head p");
            assertThat(captions.nth(1)).hasText("per second, 1 hour");
            page.locator("#plot-rate").hover();
            assertThat(captions.first()).hasText(FROM_TO);
            assertThat(captions.last()).hasText(FROM_TO);
            page.mouse().move(5, 5);

            gateway.get("/api/5");
            assertThat(page.locator("#summary-rate")).containsText("3 served, 2 limited"); // a step later

            page.reload();
            isPressed(page, "1h");
            assertThat(page.locator("#plots-title")).hasText("The last hour");
            button(page, "24h").click();
            assertThat(page.locator("#plots-title")).hasText("The last 24 hours");
            assertThat(page.locator("#summary-rate")).containsText("3 served, 2 limited");
            page.goBack();
            isPressed(page, "1h");
            assertThat(page.locator("#plots-title")).hasText("The last hour");
            button(page, "15m").click();
            assertThat(page.locator("#plots-title")).hasText("The last 15 minutes");
            assertThat(page).hasURL(Pattern.compile("/dashboard$"));
        }
    }

    @Test
    void a_span_that_can_not_be_read_is_named_with_the_reason_and_is_shown_once_it_can() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            page.route(
                    "**/dashboard/history?span=24h",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setStatus(503)
                            .setContentType("application/problem+json")
                            .setBody("{\"detail\":\"too much to do\"}")));
            button(page, "24h").click();
            assertThat(page.locator("#spans-note")).hasText("The last 24 hours can't be read: too much to do.");
            assertThat(page.locator("#plots-title")).hasText("The last 15 minutes");
            page.unroute("**/dashboard/history?span=24h");
            assertThat(page.locator("#plots-title")).hasText("The last 24 hours");
            assertThat(page.locator("#spans-note")).hasText("");
        }
    }

    /** Leaves target/screenshots/ for people to look at. */
    @Test
    void a_day_with_a_night_a_peak_and_a_gap_says_when_it_was() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            Instant now = Instant.now();
            page.route(
                    "**/dashboard/history?span=24h",
                    route -> route.fulfill(new Route.FulfillOptions()
                            .setContentType("application/json")
                            .setBody(day(now.toEpochMilli()))));
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard?span=24h");
            assertThat(page.locator("#plots-title")).hasText("The last 24 hours");
            assertThat(page.locator("#summary-rate")).containsText("served per second, over 5 min");
            Locator plot = page.locator("#plot-rate .u-over");
            BoundingBox area = plot.boundingBox();
            plot.hover(new Locator.HoverOptions().setPosition(3, area.height / 2));
            Locator caption = page.locator("#figure-rate .panel-head p");
            ZonedDateTime yesterday = now.atZone(ZoneId.systemDefault()).minusDays(1);
            assertThat(caption)
                    .hasText(Pattern.compile("^" + yesterday.getDayOfMonth()
                            + " [A-Z][a-z]+, \\d\\d:\\d\\d to (\\d+ [A-Z][a-z]+, )?\\d\\d:\\d\\d$"));
            plot.hover(new Locator.HoverOptions().setPosition(area.width - 3, area.height / 2));
            assertThat(caption).hasText(Pattern.compile("^\\d\\d:\\d\\d to \\d\\d:\\d\\d$"));
            plot.hover(new Locator.HoverOptions().setPosition(area.width * 0.625, area.height / 2));
            assertThat(caption).containsText("no reading ");
            assertThat(page.locator("#figure-rate .legend .value").first()).hasText("–");

            for (int width : List.of(360, 768, 1280, 1600)) {
                for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
                    look(page, width, scheme);
                }
            }
        }
    }

    private static void look(Page page, int width, ColorScheme scheme) {
        page.setViewportSize(width, 900);
        page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
        page.waitForFunction("width => document.documentElement.scrollWidth === width", width);
        for (Locator one : page.locator("#spans button").all()) {
            BoundingBox box = one.boundingBox();
            assertTrue(box.width >= 24 && box.height >= 24, box.width + " x " + box.height);
        }
        String name = "plots-" + width + "-" + scheme.name().toLowerCase() + ".png";
        page.locator(".plots")
                .screenshot(new Locator.ScreenshotOptions().setPath(Path.of("target", "screenshots", name)));
        assertEquals(width, page.evaluate("() => document.documentElement.scrollWidth"), name);
    }

    /** A day's steps, of which those from 14 to 16 hours after its begin are missing. */
    private static String day(long now) {
        StringJoiner points = new StringJoiner(",", "{\"span\":\"24h\",\"step_ms\":300000,\"points\":[", "]}");
        for (int i = 0; i < 288; i++) {
            if (i >= 168 && i < 192) {
                continue;
            }
            long served = Math.round(4000 - 3500 * Math.cos(i / 287.0 * 2 * Math.PI)) + i % 7 * 40;
            long bad = i > 220 && i < 232 ? served / 4 : 0;
            points.add(String.format(
                    "{\"time_ms\":%d,\"duration_ms\":300000,\"served\":%d,\"limited\":%d,\"failed\":%d,\"rejected\":0,"
                            + "\"abandoned\":0,\"p50_ms\":%d,\"p99_ms\":%d,\"answers\":{\"2xx_3xx\":%d,\"4xx\":0,"
                            + "\"5xx\":%d,\"none\":0,\"abandoned\":0},\"backends\":{\"a\":%d,\"b\":%d},"
                            + "\"routes\":{\"default\":%d}}",
                    now - (287 - i) * 300_000L,
                    served,
                    served / 10,
                    bad / 8,
                    5 + i % 5,
                    40 + i % 30,
                    served - bad,
                    bad,
                    served / 2,
                    served - served / 2,
                    served));
        }
        return points.toString();
    }
}
