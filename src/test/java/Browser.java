import com.microsoft.playwright.BrowserType;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.Playwright;
import com.microsoft.playwright.assertions.PlaywrightAssertions;
import com.microsoft.playwright.options.ColorScheme;
import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** This machine's Chromium, without a window. Nothing is downloaded: the driver is in Playwright's jar. */
final class Browser implements AutoCloseable {
    static final String SKIPPED = "no chromium on the PATH; apt-get install chromium to run these tests";

    private static final List<String> NAMES = List.of("chromium", "chromium-browser", "google-chrome");
    private static final double PATIENCE_MILLIS = 30_000; // the machine may be busy

    private final Playwright playwright;
    private final com.microsoft.playwright.Browser chromium;
    private final List<String> errors = new CopyOnWriteArrayList<>();

    private Browser(Path executable) {
        playwright = Playwright.create(
                new Playwright.CreateOptions().setEnv(Map.of("PLAYWRIGHT_SKIP_BROWSER_DOWNLOAD", "1")));
        chromium = playwright
                .chromium()
                .launch(new BrowserType.LaunchOptions()
                        .setExecutablePath(executable)
                        .setArgs(List.of("--no-sandbox", "--disable-gpu")));
        PlaywrightAssertions.setDefaultAssertionTimeout(PATIENCE_MILLIS);
    }

    /** Whether there is one to start; tests with {@link #SKIPPED} stand aside otherwise. */
    static boolean isThere() {
        return executable().isPresent();
    }

    static Browser start() {
        return new Browser(executable().orElseThrow());
    }

    private static Optional<Path> executable() {
        return Stream.of(System.getenv().getOrDefault("PATH", "").split(File.pathSeparator))
                .flatMap(folder -> NAMES.stream().map(name -> Path.of(folder, name)))
                .filter(Files::isExecutable)
                .findFirst();
    }

    /** A page of a browser that has seen nothing before. */
    Page page(int width, int height, ColorScheme scheme) {
        return page(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme));
    }

    /** The same, but it believes every certificate, whoever issued it. */
    Page pageTrustingAll(int width, int height, ColorScheme scheme) {
        return page(new com.microsoft.playwright.Browser.NewContextOptions()
                .setViewportSize(width, height)
                .setColorScheme(scheme)
                .setIgnoreHTTPSErrors(true));
    }

    private Page page(com.microsoft.playwright.Browser.NewContextOptions options) {
        Page page = chromium.newContext(options).newPage();
        page.setDefaultTimeout(PATIENCE_MILLIS);
        page.onPageError(error -> errors.add("thrown: " + error));
        page.onConsoleMessage(message -> {
            if (message.type().equals("error") || message.type().equals("warning")) {
                errors.add(message.text() + " at " + message.location());
            }
        });
        return page;
    }

    /** A page of a browser whose user has turned JavaScript off. */
    Page pageWithoutScripts() {
        return chromium.newContext(new com.microsoft.playwright.Browser.NewContextOptions().setJavaScriptEnabled(false))
                .newPage();
    }

    /** Opens the gateway's page and waits until it is live. */
    Page open(TestGateway gateway, int width, int height, ColorScheme scheme) {
        Page page = page(width, height, scheme);
        page.navigate("http://127.0.0.1:" + gateway.port() + "/dashboard");
        PlaywrightAssertions.assertThat(page.locator("#connection")).hasText("live");
        return page;
    }

    Page open(TestGateway gateway) {
        return open(gateway, 1280, 900, ColorScheme.LIGHT);
    }

    /** What pages complained of, and forgets it. */
    List<String> errors() {
        List<String> found = List.copyOf(errors);
        errors.clear();
        return found;
    }

    /** The same without what Chromium itself says of each answer from 400 on, and of connections refused. */
    List<String> errorsOfThePage() {
        return errors().stream()
                .filter(error -> !error.startsWith("Failed to load resource"))
                .toList();
    }

    /** Ends what a test has opened. */
    void closePages() {
        List.copyOf(chromium.contexts()).forEach(context -> context.close());
    }

    @Override
    public void close() {
        playwright.close();
    }
}
