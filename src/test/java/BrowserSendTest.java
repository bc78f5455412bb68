import static com.microsoft.playwright.assertions.PlaywrightAssertions.assertThat;
import static org.junit.jupiter.api.Assertions.assertEquals;

import com.microsoft.playwright.Locator;
import com.microsoft.playwright.Page;
import gateway.testing.TestBackend;
import gateway.testing.TestBackend.Received;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** "Try it": what is sent as typed in, what can't be, and how the answer is shown, in a real browser. */
@Timeout(240)
class BrowserSendTest extends InBrowser {
    private static final String TEAPOT = "HTTP/1.1 418 I'm a teapot\r\nContent-Type: text/plain\r\nX-Made-Of: clay\r\n"
            + "Content-Length: 14\r\n\r\n<b>short</b>\r\n";

    /** Counts the bytes that the page reads of bodies; its stream of events is read as text. */
    private static final String NOTE_WHAT_IS_READ = """
            () => {
              const read = ReadableStreamDefaultReader.prototype.read;
              window.bytesRead = 0;
              ReadableStreamDefaultReader.prototype.read = async function () {
                const got = await read.call(this);
                window.bytesRead += got.value instanceof Uint8Array ? got.value.length : 0;
                return got;
              };
            }""";

    private static Locator part(Page page, String name) {
        return page.locator("#send-answer [data-part=" + name + "]");
    }

    @Test
    void the_keyboard_alone_sends_method_path_headers_and_body_and_reads_the_whole_answer() throws Exception {
        try (TestBackend teapot = TestBackend.raw(TEAPOT);
                TestGateway gateway = TestGateway.inFrontOf(teapot)) {
            Page page = browser.open(gateway);
            BrowserTest.tabTo(page, "#send-method");
            page.keyboard().type("PUT");
            BrowserTest.tabTo(page, "#send-path");
            page.keyboard().press("Control+A");
            page.keyboard().type("tea?milk=no");
            BrowserTest.tabTo(page, "#send-more summary");
            page.keyboard().press("Enter");
            BrowserTest.tabTo(page, "#send-headers");
            page.keyboard().type("X-Cup: 1\nx-cup:2\n\nContent-Type: application/json");
            BrowserTest.tabTo(page, "#send-body");
            page.keyboard().type("{\"leaves\":\"grün\"}");
            BrowserTest.tabTo(page, "#send-one");
            page.keyboard().press("Enter");

            Received request = teapot.next();
            assertEquals("PUT /tea?milk=no HTTP/1.1", request.line());
            assertEquals(List.of("1, 2"), request.header("X-Cup"));
            assertEquals(List.of("application/json"), request.header("Content-Type"));
            assertEquals("{\"leaves\":\"grün\"}", request.text());

            Locator answer = page.locator("#send-answer");
            assertThat(answer.locator(".tag")).hasText("418 I'm a Teapot");
            assertThat(answer.locator(".answer-head"))
                    .containsText(Pattern.compile("headers in [\\d.,]+ ms, all in [\\d.,]+ ms"));
            assertThat(part(page, "headers")).containsText("x-made-of: clay");
            assertThat(part(page, "headers")).containsText("x-backend-service: " + teapot.url());
            assertThat(part(page, "headers")).containsText(Pattern.compile("x-request-id: [0-9a-f]{32}"));
            assertThat(part(page, "body").locator("summary")).hasText("Body: 14 bytes");
            assertThat(part(page, "body").locator("pre")).hasText("<b>short</b>\r\n");
            assertThat(page.locator("[data-result]")).hasCount(1);
            BrowserTest.tabTo(page, "[data-part=body] pre");
            BrowserGatewayTest.look(page, "send-answer");
        }
    }

    @ParameterizedTest(name = "{0} {1} {2} {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "GET  | /api/x    |              | hello | body    | A browser sends no body with GET",
                "POST | /api/../x |              |       | path    | A browser takes .. out of a path",
                "GET  | a/%2E     |              |       | path    | A browser takes %2E out of a path",
                "GET  | /api/x#y  |              |       | path    | write %23 for a #",
                "GET  | a\\b      |              |       | path    | write %5C for a \\",
                "GET  | /api/x    | Accept       |       | headers | \"Accept\" has no colon",
                "GET  | /api/x    | A B: c       |       | headers | \"A B\" can't be a header's name",
                "GET  | /api/x    | A: ☂         |       | headers | The value of A has \"☂\"",
                "GET  | /api/x    | hOst: x.test |       | headers | A browser lets no page set hOst",
            })
    void what_cannot_be_sent_as_it_stands_there_is_named_and_not_sent(
            String method, String path, String headers, String body, String field, String problem) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            page.selectOption("#send-method", method);
            page.fill("#send-path", path);
            page.click("#send-more summary");
            page.fill("#send-headers", headers == null ? "" : headers);
            page.fill("#send-body", body == null ? "" : body);
            page.click("#send-more summary"); // closed: it opens for what is wrong in it
            page.click("#send-one");
            assertThat(page.locator("#error-" + field)).containsText(problem);
            assertThat(page.locator("#send-" + field)).isFocused();
            assertThat(page.locator("#send-form .field-error:visible")).hasCount(1);
            assertThat(page.locator("#send-summary")).hasText("Not sent; see the fields above.");
            page.click("#send-ten");
            assertThat(page.locator("#error-" + field)).isVisible();
            page.evaluate("() => document.getElementById('send-more').open = true");
            page.fill("#send-path", "/api/good");
            page.fill("#send-headers", "");
            page.fill("#send-body", "");
            page.click("#send-one");
            assertThat(page.locator("#send-answer .tag")).containsText("200");
            assertThat(page.locator("#send-form .field-error:visible")).hasCount(0);
            assertEquals("/good", a.next().target());
            assertEquals(0, a.waiting(), "what was wrong has been sent all the same");
        }
    }

    @Test
    void of_a_long_body_the_beginning_is_shown_and_of_what_is_no_text_nothing() throws Exception {
        String umbrellas = "☂".repeat(40_000); // three bytes each: the last one shown is cut
        try (TestBackend a = TestBackend.doing((request, wire) -> {
                    switch (request.target()) {
                        case "/long" -> wire.ok(umbrellas);
                        case "/zeros" -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\n\0\0\0");
                        case "/latin" ->
                            wire.send("HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=iso-8859-1\r\n"
                                    + "Content-Length: 4\r\n\r\ngr\u00fcn");
                        case "/other" -> wire.send("HTTP/1.1 200 OK\r\nContent-Length: 4\r\n\r\ngr\u00fcn");
                        default -> wire.send("HTTP/1.1 204 No Content\r\n\r\n");
                    }
                });
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            send(page, "long");
            assertThat(part(page, "body").locator("summary")).hasText("Body: the first 65.5KB of 120KB");
            assertThat(part(page, "body").locator("pre")).hasText("☂".repeat(65_536 / 3));
            send(page, "zeros");
            assertThat(part(page, "body").locator("pre")).hasText("Not text.");
            send(page, "latin");
            assertThat(part(page, "body").locator("pre")).hasText("grün");
            send(page, "other");
            assertThat(part(page, "body").locator("pre")).hasText("Not text in utf-8.");
            send(page, "none");
            assertThat(page.locator("#send-answer .tag")).hasText("204 No Content");
            assertThat(part(page, "body")).hasText("No body");
            page.click("#send-ten");
            assertThat(page.locator("[data-result]")).hasCount(10);
            assertThat(page.locator("#send-answer")).isHidden();
        }
    }

    @Test
    void an_answer_that_breaks_off_is_shown_as_far_as_it_came() throws Exception {
        CountDownLatch read = new CountDownLatch(1);
        try (TestBackend a = TestBackend.doing((request, wire) -> {
                    wire.send("HTTP/1.1 200 OK\r\nContent-Length: 20\r\n\r\nthe beginning");
                    read.await();
                    wire.close();
                });
                TestGateway gateway = TestGateway.inFrontOf(a)) {
            Page page = browser.open(gateway);
            page.evaluate(NOTE_WHAT_IS_READ);
            send(page, "x");
            page.waitForFunction("() => window.bytesRead === 13"); // a browser may drop what isn't read at the break
            read.countDown();
            assertThat(page.locator("#send-answer .tag").nth(1)).hasText("broken off");
            assertThat(part(page, "body").locator("pre")).hasText("the beginning");
            assertThat(page.locator("#send-summary")).hasText("One request: 1 unanswered.");
        }
    }

    private static void send(Page page, String path) {
        page.fill("#send-path", path);
        page.click("#send-one");
    }
}
