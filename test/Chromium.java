import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.microsoft.playwright.Browser;
import com.microsoft.playwright.Browser.NewContextOptions;
import com.microsoft.playwright.BrowserContext;
import com.microsoft.playwright.BrowserType.LaunchOptions;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import com.microsoft.playwright.options.ReducedMotion;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;

/** This machine's chromium: one for the tests of a class, in which each opens pages that share nothing with others'. */
final class Chromium implements AutoCloseable {
    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final double PATIENCE_MS = 20_000;

    private final Playwright playwright;
    private final Browser browser;
    private final List<String> errors = new ArrayList<>();

    private Chromium(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        browser = playwright
                .chromium()
                .launch(new LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(List.of("--no-sandbox", "--disable-gpu"))); // CI is root, for whom there is no sandbox
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MS);
    }

    /** Skips the tests that ask for it where there is none. */
    static Chromium start() {
        Optional<Path> executable = NAMES.stream().flatMap(Chromium::onPath).findFirst();
        assumeTrue(executable.isPresent(), "no chromium on PATH: the page is not tested in a browser");
        return new Chromium(executable.get());
    }

    private static Stream<Path> onPath(String name) {
        return Arrays.stream(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .map(folder -> Path.of(folder, name))
                .filter(Files::isExecutable);
    }

    /** The dashboard of this gateway, live, in a window of this size. */
    Page dashboard(TestGateway gateway, int width, int height, ColorScheme scheme) {
        Page page = page(width, height, scheme);
        page.navigate(url(gateway, "/dashboard"));
        isLive(page);
        return page;
    }

    Page dashboard(TestGateway gateway) {
        return dashboard(gateway, 1280, 900, ColorScheme.LIGHT);
    }

    /** An empty page that tells {@link #closePages} of its errors. */
    Page page(int width, int height, ColorScheme scheme) {
        BrowserContext context = browser.newContext(new NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setReducedMotion(ReducedMotion.REDUCE));
        context.setDefaultTimeout(PATIENCE_MS);
        Page page = context.newPage();
        page.onPageError(errors::add);
        return page;
    }

    /** Ends what a test has opened; no script of a page may have failed. */
    void closePages() {
        List.copyOf(browser.contexts()).forEach(BrowserContext::close);
        List<String> seen = List.copyOf(errors);
        errors.clear();
        assertEquals(List.of(), seen);
    }

    static void isLive(Page page) {
        PlaywrightAssertions.assertThat(page.locator("#connection")).hasText("live");
    }

    static String url(TestGateway gateway, String path) {
        return "http://127.0.0.1:" + gateway.port() + path;
    }

    @Override
    public void close() {
        playwright.close(); // and with it the browser
    }
}
