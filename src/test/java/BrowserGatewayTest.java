import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.TestCa;
import gateway.testing.TestRedis;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.IntStream;
import org.eclipse.jetty.server.ServerConnector;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Which gateway a page shows, and with which others it shares, in a real browser. */
@Timeout(240)
class BrowserGatewayTest extends InBrowser {
    private static final String PASSWORD = "hush-password";

    private static TestGateway on(String redisUrl) {
        return TestGateway.with(Map.of("GATEWAY_SERVICES", "", "GATEWAY_REDIS_URL", redisUrl));
    }

    private static Locator fact(Page page, String name) {
        return page.locator("#gateway [data-fact=" + name + "]");
    }

    /** Leaves target/screenshots/ for people to look at. */
    static void look(Page page, String what) {
        for (ColorScheme scheme : List.of(ColorScheme.LIGHT, ColorScheme.DARK)) {
            for (int width : List.of(360, 1280)) {
                page.setViewportSize(width, 900);
                page.emulateMedia(new Page.EmulateMediaOptions().setColorScheme(scheme));
                String name = what + "-" + width + "-" + scheme.name().toLowerCase() + ".png";
                page.screenshot(new Page.ScreenshotOptions().setPath(Path.of("target", "screenshots", name)));
                assertEquals(width, page.evaluate("() => document.documentElement.scrollWidth"), name);
            }
        }
    }

    @Test
    void a_gateway_without_redis_shows_only_its_own_line() throws Exception {
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            Page page = browser.open(gateway);
            JsonNode itself = gateway.json("/gateways").at("/gateways/0");
            assertThat(page.locator("#gateway [data-fact]")).hasCount(1);
            assertThat(fact(page, "this")).containsText("127.0.0.1:" + gateway.port());
            assertThat(fact(page, "this"))
                    .containsText("id " + itself.path("id").asText());
            assertThat(fact(page, "this")).containsText("version 1.0.0");
            assertThat(fact(page, "this")).containsText("Java " + System.getProperty("java.version"));
            assertThat(fact(page, "this")
                            .locator("[title='" + itself.path("since").asText() + "']"))
                    .containsText("since ");
            look(page, "gateway-alone");
        }
    }

    @Test
    @Tag("redis")
    void two_gateways_show_each_other_their_redis_without_its_password_and_when_it_is_lost() throws Exception {
        try (TestRedis redis = TestRedis.start("--requirepass", PASSWORD)) {
            String url = "redis://:" + PASSWORD + "@127.0.0.1:" + redis.port();
            try (TestGateway one = on(url)) {
                Page page = browser.open(one);
                assertThat(fact(page, "redis")).containsText("redis://127.0.0.1:" + redis.port());
                assertThat(fact(page, "redis").locator("[data-tone=served]")).hasText("answers");
                assertThat(fact(page, "peers")).hasCount(0);
                try (TestGateway two = on(url)) {
                    assertThat(fact(page, "peers").locator("li")).hasCount(1);
                    assertThat(fact(page, "peers")).containsText("127.0.0.1:" + two.port());
                    assertThat(fact(page, "peers")).not().containsText("127.0.0.1:" + one.port());
                    look(page, "gateway-peers");
                    Instant killed = Instant.now();
                    redis.kill();
                    assertThat(fact(page, "redis").locator("[data-tone=failed]"))
                            .hasText("doesn't answer");
                    Instant since =
                            Instant.parse(fact(page, "redis").locator("[title]").getAttribute("title"));
                    assertTrue(since.isAfter(killed), since + " is before it was killed, at " + killed);
                    assertThat(fact(page, "peers")).containsText("as last seen");
                    look(page, "gateway-redis-lost");
                    assertFalse(page.content().contains(PASSWORD), "the password is in the page");
                    redis.startAgain();
                    assertThat(fact(page, "redis").locator("[data-tone=served]"))
                            .hasText("answers");
                }
                assertThat(fact(page, "peers")).hasCount(0);
                assertFalse(page.content().contains(PASSWORD), "the password is in the page");
            }
        }
    }

    @Test
    void a_certificate_that_ends_within_14_days_is_marked_until_a_new_one_is_in_use(@TempDir Path folder)
            throws Exception {
        TestCa ca = new TestCa("Test CA");
        Instant now = Instant.now();
        Map<String, String> settings = new HashMap<>(
                ca.issueUntil(now.plus(Duration.ofDays(13).plusHours(1)), "gateway.test", "www.gateway.test")
                        .writeTo(folder));
        settings.put("GATEWAY_ADMIN_PORT", "0"); // which is plain HTTP: the browser doesn't know the CA
        try (TestGateway gateway = TestGateway.with(settings)) {
            Page page = browser.page(1280, 900, ColorScheme.LIGHT);
            int port = ((ServerConnector) gateway.app.jettyServer().server().getConnectors()[1]).getLocalPort();
            page.navigate("http://127.0.0.1:" + port + "/dashboard");
            assertThat(fact(page, "certificate")).containsText("gateway.test, www.gateway.test");
            assertThat(fact(page, "certificate")).containsText("by Test CA");
            assertThat(fact(page, "certificate").locator("[data-tone=limited]")).hasText("ends soon: 13 days left");
            look(page, "gateway-certificate");
            ca.issueUntil(now.plus(Duration.ofDays(14).plusHours(1)), "gateway.test")
                    .writeTo(folder);
            assertThat(fact(page, "certificate")).containsText("14 days left");
            assertThat(fact(page, "certificate").locator("[data-tone]")).hasCount(0);
            String[] names = IntStream.range(0, 100).mapToObj(i -> "s" + i).toArray(String[]::new);
            ca.issue(names).writeTo(folder);
            assertThat(fact(page, "certificate").locator("strong")).hasText("s0, s1, s2, s3, s4 and 95 more");
            assertThat(fact(page, "certificate").locator("strong"))
                    .hasAttribute("title", Pattern.compile("^s0, .*, s19 and 80 more$"));
        }
    }
}
