import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import com.microsoft.playwright.assertions.LocatorAssertions.HasTextOptions;
import com.microsoft.playwright.options.ColorScheme;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceLock;

/** How the page shows what services answer badly. */
class BrowserErrorsTest extends InBrowser {
    private static final String FAILS = "HTTP/1.1 500 x\r\nContent-Length: 0\r\n\r\n";

    /** What in an element, and itself, has the colour of success; names of elements. */
    private static final String PAINTED_AS_SUCCESS = """
            root => {
              const probe = document.createElement('span');
              probe.style.color = 'var(--served)';
              document.body.append(probe);
              const served = getComputedStyle(probe).color;
              probe.remove();
              return [root, ...root.querySelectorAll('*')]
                .filter((element) => element.checkVisibility())
                .filter((element) => ['color', 'backgroundColor', 'borderTopColor', 'borderLeftColor']
                  .some((property) => getComputedStyle(element)[property] === served))
                .map((element) => element.outerHTML.slice(0, 80));
            }""";

    private static Locator card(Page page, String name) {
        return page.locator("[data-backend='" + name + "']");
    }

    private static TestGateway inFrontOf(TestBackend a, TestBackend b) throws Exception {
        TestGateway gateway = TestGateway.with(Map.of("GATEWAY_SERVICES", ""));
        gateway.post("/services", "{\"name\":\"a\",\"url\":\"" + a.url() + "\"}");
        gateway.post("/services", "{\"name\":\"b\",\"url\":\"" + b.url() + "\"}");
        return gateway;
    }

    private static void isPaintedAsSuccess(List<String> expected, Locator part) {
        assertEquals(expected, part.evaluate(PAINTED_AS_SUCCESS));
    }

    @Test
    void a_service_s_errors_are_on_its_card_at_the_top_and_in_a_plot() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.doing((request, wire) -> {
                    if (request.target().equals("/broken")) {
                        wire.send("HTTP/1.1 200 x\r\nContent-Length: 100\r\n\r\nonly this")
                                .close();
                    } else {
                        wire.send(request.target().equals("/wrong") ? FAILS.replace("500", "404") : FAILS);
                    }
                });
                TestGateway gateway = inFrontOf(a, b);
                RawClient client = gateway.raw()) {
            Page page = browser.open(gateway);
            Locator card = card(page, "b");
            assertThat(card.locator("[data-number=errors] dd")).hasText("0");
            assertThat(page.locator("[data-value=answers-5xx]")).hasText("–");
            for (int i = 0; i < 6; i++) {
                gateway.get("/api/x");
            }
            gateway.get("/api/wrong"); // a
            gateway.get("/api/wrong"); // b
            gateway.get("/api/x"); // a
            client.send("POST /api/broken HTTP/1.1\r\nHost: x\r\nContent-Length: 0\r\n\r\n")
                    .head(); // b, never sent twice
            assertThat(card.locator("[data-number=errors] dd")).hasText("4 · 80 %");
            assertThat(card.locator("[data-answer='2xx_3xx'] dd")).hasText("0");
            assertThat(card.locator("[data-answer='4xx'] dd")).hasText("1");
            assertThat(card.locator("[data-answer='5xx'] dd")).hasText("3");
            assertThat(card.locator("[data-answer=none] dd")).hasText("1");
            assertThat(card(page, "a").locator("[data-number=errors] dd")).hasText("0");
            assertThat(card(page, "a").locator("[data-answer='2xx_3xx'] dd")).hasText("5");
            assertThat(page.locator("[data-value=answers-5xx]")).hasText("30 %");
            assertThat(page.locator("[data-value=answers-none]")).hasText("10 %");
            assertThat(page.locator("#summary-answers")).hasText("5 2xx–3xx, 1 4xx, 3 5xx, 1 none.");
            assertThat(page.locator("#figure-answers .legend li")).hasText(new Pattern[] {
                Pattern.compile("2xx–3xx.*/s"),
                Pattern.compile("4xx.*/s"),
                Pattern.compile("5xx.*/s"),
                Pattern.compile("none.*/s")
            });
            page.waitForFunction(BrowserReadTest.HAS_COLOUR, "#plot-answers canvas");
            assertThat(page.locator("#summary-rate")).containsText("9 served, 3 of these 5xx, 0 limited, 1 failed");
        }
    }

    @Test
    void a_5xx_of_a_service_is_nowhere_painted_as_a_success() throws Exception {
        try (TestBackend b = TestBackend.doing((request, wire) -> wire.send(FAILS));
                TestGateway gateway = TestGateway.inFrontOf(b)) {
            Page page = browser.open(gateway);
            page.click("#send-one");
            Locator row = page.locator("#requests tbody tr");
            assertThat(row).hasAttribute("data-outcome", "served");
            assertThat(row.locator("[data-cell=answer]")).hasText(Pattern.compile("500\\s*served"));
            isPaintedAsSuccess(List.of(), row);
            isPaintedAsSuccess(List.of(), page.locator("#send-results"));
            row.locator("button").click();
            assertThat(page.locator("#trace")).containsText("1 attempt");
            isPaintedAsSuccess(List.of(), page.locator("#trace"));
        }
    }

    /** What the test above looks for is there to be found. */
    @Test
    void a_200_is_painted_as_a_success() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            gateway.get("/api/x");
            Locator answer = page.locator("#requests tbody tr [data-cell=answer]");
            assertThat(answer).hasText(Pattern.compile("200\\s*served"));
            Object painted = answer.evaluate(PAINTED_AS_SUCCESS);
            assertEquals(false, ((List<?>) painted).isEmpty());
        }
    }

    @Test
    void a_service_that_answers_far_more_errors_than_the_others_is_marked() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.doing((request, wire) -> wire.send(FAILS));
                TestGateway gateway = inFrontOf(a, b)) {
            Page page = browser.open(gateway);
            for (int i = 0; i < 40; i++) {
                gateway.get("/api/x");
            }
            assertThat(card(page, "b")).hasAttribute("data-errors", "");
            assertThat(card(page, "b").locator(".far-more")).isVisible();
            assertThat(card(page, "b").locator(".far-more")).hasText("answers far more errors than the others");
            assertThat(card(page, "b")).hasAttribute("data-status", "healthy");
            assertThat(card(page, "a").locator(".far-more")).isHidden();
            assertThat(page.locator(".beads[data-errors]")).hasCount(1);
            Locator event = page.locator("#events li").first();
            assertThat(event).hasAttribute("data-kind", "marked");
            assertThat(event.locator(".tag")).hasAttribute("data-tone", "failed");
            assertThat(event).containsText("answers far more errors than the others: ");
        }
    }

    @Test
    void a_card_has_details_with_the_latest_checks() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestGateway gateway = inFrontOf(a, b)) {
            Page page = browser.open(gateway);
            gateway.post("/api/x", "{}"); // a
            Locator details = card(page, "a").locator("details");
            assertThat(details.locator(".checks")).hasCount(0);
            details.locator("summary").press("Enter");
            assertThat(details.locator("[data-detail='most in flight'] dd")).hasText("1");
            assertThat(details.locator("[data-detail=received] dd")).hasText("2 bytes");
            assertThat(details.locator("[data-detail=sent] dd")).hasText("15 bytes");
            assertThat(details.locator(".checks li").first()).containsText("good");
            gateway.post("/api/x", "{}"); // b
            gateway.post("/api/x", "{}"); // a
            assertThat(details.locator("[data-detail=received] dd")).hasText("4 bytes"); // a moment later
            a.kill();
            assertThat(details.locator(".checks li").first()).containsText("connection refused");
        }
    }

    /** The README's failing step, with the demo's own traffic; without a limit, so that it takes half as long. */
    @Test
    @Tag("process")
    @ResourceLock("run.sh")
    void the_failing_service_of_the_demo_is_marked() throws Exception {
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
        int port = TestBackend.deadPort();
        Map<String, String> environment = new HashMap<>(RunScriptTest.environment(port));
        environment.put("GATEWAY_RATE_LIMIT", "off");
        try (Launched demo = Launched.start(environment, "./run.sh", "demo")) {
            demo.line("ready   | watch: ");
            RunScriptTest.child(demo, "ServiceB").destroyForcibly();
            demo.line("b has ended");
            environment.put("SERVICE_ERROR_RATE", "0.5");
            try (Launched b = Launched.start(environment, "./run.sh", "b")) {
                b.line("Registered as service-b");
                Await.until("B's return", () -> RunScriptTest.healthy(port) == 3);
                Page page = browser.page(1280, 900, ColorScheme.LIGHT);
                page.navigate("http://127.0.0.1:" + port + "/dashboard");
                Locator marked = page.locator("[data-backend=service-b][data-errors]");
                assertThat(marked.locator(".far-more"))
                        .hasText(
                                "answers far more errors than the others",
                                new HasTextOptions().setTimeout(120_000)); // 20 requests, a bit more than one a second
                assertThat(page.locator("[data-backend][data-errors]")).hasCount(1);
                assertThat(page.locator("[data-value=answers-5xx]")).hasAttribute("data-tone", "error");
                assertThat(marked).hasAttribute("data-status", "healthy");
            }
        }
    }
}
