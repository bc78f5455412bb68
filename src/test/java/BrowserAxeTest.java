import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Page;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import gateway.testing.TestBackend;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * The page and its dialogs by the rules of WCAG 2.2, levels A and AA, as far as axe-core can tell. npm gets it once, into
 * target; without npm, or without a network, these tests stand aside.
 */
class BrowserAxeTest extends InBrowser {
    private static final String VERSION = "4.14.1";
    private static final Path FOLDER = Path.of("target", "axe-core-" + VERSION);
    private static final Path SCRIPT = FOLDER.resolve("node_modules/axe-core/axe.min.js");

    private static final String CHECK = """
            async () => (await axe.run(document, {runOnly: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa']}))
              .violations.flatMap(({id, nodes}) => nodes.map((node) => `${id}: ${node.target} ${node.html.slice(0, 120)}`
                + ` ${node.failureSummary.slice(0, 300)}`))""";

    private static String axe;

    @BeforeAll
    static void get() throws Exception {
        if (!Files.exists(SCRIPT)) {
            assumeTrue(installed(), "npm can't get axe-core " + VERSION);
        }
        axe = Files.readString(SCRIPT);
    }

    private static boolean installed() throws IOException, InterruptedException {
        boolean isThere = Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .anyMatch(folder -> Files.isExecutable(Path.of(folder, "npm")));
        if (!isThere) {
            return false;
        }
        Files.createDirectories(FOLDER);
        Process npm = new ProcessBuilder(
                        "npm",
                        "install",
                        "--prefix",
                        FOLDER.toString(),
                        "--no-save",
                        "--ignore-scripts",
                        "--no-package-lock",
                        "axe-core@" + VERSION)
                .redirectErrorStream(true)
                .redirectOutput(FOLDER.resolve("npm.log").toFile())
                .start();
        try {
            return npm.waitFor(60, TimeUnit.SECONDS) && npm.exitValue() == 0 && Files.exists(SCRIPT);
        } finally {
            npm.destroy();
        }
    }

    private static void isAccessible(Page page, String what) {
        // else what fades in or out has other colours for a moment
        page.emulateMedia(new Page.EmulateMediaOptions().setReducedMotion(ReducedMotion.REDUCE));
        page.evaluate(axe);
        assertEquals(List.of(), page.evaluate(CHECK), what);
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void the_page_and_its_dialogs_break_no_rule(ColorScheme scheme) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = TestGateway.with(
                        Map.of("GATEWAY_RATE_LIMIT", "3/1h", "GATEWAY_HEALTH_INTERVAL", "100ms"), a, b)) {
            Page page = browser.open(gateway, 1280, 900, scheme);
            isAccessible(page, "before any request");
            b.kill();
            page.click("#send-ten");
            assertThat(page.locator("[data-result]")).hasCount(10);
            assertThat(page.locator(".backend[data-status=unhealthy]")).hasCount(1);
            assertThat(page.locator("#requests tbody tr")).hasCount(10);
            assertThat(page.locator("#summary-rate")).containsText("3 served");
            isAccessible(page, "with requests");
            page.click("#spans [data-span='24h']");
            assertThat(page.locator("#plots-title")).hasText("The last 24 hours");
            isAccessible(page, "the plots of a day");
            page.selectOption("#send-method", "POST");
            page.fill("#send-path", "/api/../x");
            page.click("#send-one");
            assertThat(page.locator("#error-path")).isVisible();
            isAccessible(page, "a request that can't be sent");
            page.fill("#send-path", "/api/x");
            page.click("#send-more summary");
            page.click("#send-one");
            assertThat(page.locator("#send-answer")).isVisible();
            isAccessible(page, "a whole answer");
            page.setViewportSize(360, 900);
            isAccessible(page, "narrow");
            page.locator("#requests tbody tr button").last().click();
            assertThat(page.locator("#trace")).isVisible();
            isAccessible(page, "a trace");
            page.locator("#trace .facts button.open").click();
            assertThat(page.locator("#client")).containsText("3 of 3 used");
            isAccessible(page, "a client");
            page.keyboard().press("Escape");
            page.keyboard().press("Escape");
            assertThat(page.locator("#trace")).isHidden();
            page.locator("[data-action=remove]").first().click();
            assertThat(page.locator("#confirm")).isVisible();
            isAccessible(page, "the question");
            page.keyboard().press("Escape");
            page.locator("[data-action=drain]").first().click();
            assertThat(page.locator("#toast .tag")).isVisible();
            page.fill("[name=url]", "localhost");
            page.press("[name=url]", "Enter");
            assertThat(page.locator("#error-url")).isVisible();
            isAccessible(page, "draining, and a bad registration");
            page.fill("[name=name]", "127.0.0.1-" + a.port());
            page.fill("[name=url]", "http://127.0.0.2:" + a.port());
            page.press("[name=url]", "Enter");
            assertThat(page.locator("#confirm h2")).containsText("Add another instance of");
            isAccessible(page, "a name that is in use");
            page.keyboard().press("Escape");
            gateway.app.stop();
            assertThat(page.locator("#connection")).containsText("connection lost");
            assertThat(page.locator("#toast")).isHidden();
            isAccessible(page, "without the gateway");
        }
    }

    @ParameterizedTest
    @EnumSource(
            value = ColorScheme.class,
            names = {"LIGHT", "DARK"})
    void signed_out_it_breaks_none_either(ColorScheme scheme) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", "the-token-of-this-test"), a)) {
            Page page = browser.page(1280, 900, scheme);
            page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
            assertThat(page.locator("[data-backend]")).hasCount(1);
            isAccessible(page, "signed out");
            page.click("#sign-in");
            page.fill("#token-field", "wrong");
            page.press("#token-field", "Enter");
            assertThat(page.locator("#token-complaint")).isVisible();
            isAccessible(page, "signing in");
        }
    }

    @Test
    void many_routes_and_services_break_none_either() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.withRoutes(
                        "routes:\n  docs: {match: {path: /manual}}\n  shop: {match: {path: /shop}, services: [\""
                                + a.url() + "\"]}\n")) {
            Page page = browser.open(gateway);
            assertThat(page.locator("[data-route]")).hasCount(2);
            isAccessible(page, "routes");
        }
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""))) {
            for (int i = 0; i < 12; i++) {
                gateway.post("/services", "{\"name\":\"service-" + i + "\",\"url\":\"" + a.url() + "\"}");
            }
            Page page = browser.open(gateway);
            assertThat(page.locator("[data-backend]")).hasCount(12);
            isAccessible(page, "services");
        }
    }
}
