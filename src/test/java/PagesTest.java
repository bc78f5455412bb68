import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The pages and what they load. */
class PagesTest {
    private static final Pattern LINK = Pattern.compile("<(?:script|link)[^>]* (?:src|href)=\"([^\"]*)\"");
    private static final String POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static TestGateway gateway;

    @BeforeAll
    static void start() {
        gateway = TestGateway.inFrontOf();
    }

    @AfterAll
    static void stop() {
        gateway.close();
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"/docs", "/dashboard"})
    void a_page_and_all_it_loads_come_from_the_gateway_alone(String page) throws Exception {
        String html = gateway.get(page).body();
        Matcher link = LINK.matcher(html);
        Set<String> asked = new TreeSet<>();
        Deque<String> paths = new ArrayDeque<>(List.of(page));
        while (link.find()) {
            if (!link.group(1).startsWith("data:")) { // an icon that is in the page itself
                paths.add("/" + link.group(1)); // beside the page, whatever a proxy has put before both
            }
        }
        assertTrue(paths.size() > 2, "the page loads nothing");
        for (String path : paths) {
            assertTrue(path.startsWith("/"), path);
            HttpResponse<String> response = gateway.get(path);
            assertEquals(200, response.statusCode(), path);
            assertEquals(POLICY, header(response, "Content-Security-Policy"), path);
            assertEquals("nosniff", header(response, "X-Content-Type-Options"), path);
            assertEquals("no-referrer", header(response, "Referrer-Policy"), path);
            assertEquals("DENY", header(response, "X-Frame-Options"), path);
            assertEquals("same-origin", header(response, "Cross-Origin-Opener-Policy"), path);
            assertEquals("same-origin", header(response, "Cross-Origin-Resource-Policy"), path);
            boolean library = path.startsWith("/webjars/");
            assertEquals(
                    library ? "public, max-age=31536000, immutable" : "no-cache",
                    header(response, "Cache-Control"),
                    path);
            asked.add(path);
        }
        assertFalse(html.matches("(?s).*<script(?![^>]* src=).*"), "a script in the page, which the policy forbids");
        assertFalse(html.matches("(?s).* on[a-z]+=.*"), "a handler in the page, likewise");
        assertEquals(paths.size(), asked.size());
    }

    @ParameterizedTest(name = "{0} is {1}")
    @CsvSource({
        "/docs, text/html;charset=utf-8",
        "/dashboard, text/html;charset=utf-8",
        "/openapi.json, application/json",
        "/dashboard/assets/docs.js, text/javascript;charset=utf-8",
        "/webjars/swagger-ui/5.34.1/swagger-ui.css, text/css;charset=utf-8",
        "/webjars/swagger-ui/5.34.1/favicon-32x32.png, image/png",
    })
    void a_head_says_what_a_get_would(String path, String type) throws Exception {
        HttpResponse<String> get = gateway.get(path);
        HttpResponse<String> head = gateway.send(gateway.request(path).method("HEAD", BodyPublishers.noBody()));
        assertEquals(type, header(get, "Content-Type").replace(" ", ""));
        assertEquals(200, head.statusCode());
        assertEquals(header(get, "Content-Type"), header(head, "Content-Type"));
        assertEquals(header(get, "ETag"), header(head, "ETag"));
        assertEquals("", head.body());
    }

    @Test
    void what_a_browser_has_is_not_sent_again() throws Exception {
        String tag = header(gateway.get("/docs"), "ETag");
        HttpResponse<String> response =
                gateway.send(gateway.request("/docs").header("If-None-Match", "\"other\", " + tag));
        assertEquals(304, response.statusCode());
        assertEquals("", response.body());
        assertEquals(tag, header(response, "ETag"));
        assertEquals("", header(response, "Content-Length"));
        assertNotEquals(tag, header(gateway.get("/openapi.json"), "ETag"));
        assertEquals(
                200,
                gateway.send(gateway.request("/docs").header("If-None-Match", "\"other\""))
                        .statusCode());
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "/dashboard/assets/",
                "/dashboard/assets/none.js",
                "/dashboard/assets/docs.html",
                "/dashboard/assets/openapi.json",
                "/dashboard/assets/%2e%2e/simplelogger.properties",
                "/dashboard/assets/..%2fsimplelogger.properties",
                "/dashboard/assets/..%5cdocs.js",
                "/dashboard/assets/%252e%252e%252fdocs.js",
                "/dashboard/assets/docs.js%00.css",
                "/dashboard/assets//docs.js",
                "/dashboard/assets/%2Fdocs.js",
                "/dashboard/assets/.docs.js",
                "/dashboard/assets/docs..js",
                "/webjars",
                "/webjars/",
                "/webjars/swagger-ui",
                "/webjars/swagger-ui/5.34.1/",
                "/webjars/swagger-ui/5.34.1/index.html",
                "/webjars/swagger-ui/5.34.1/../../../../GatewayApp.class",
                "/webjars/%2e%2e/%2e%2e/maven/org.webjars/swagger-ui/pom.xml",
                "/webjars/..;/..;/MANIFEST.MF",
                "/webjars//etc/passwd.js",
                "/webjars/file:/etc/passwd.js",
                "/docs/x",
            })
    void what_is_not_a_page_s_is_a_problem(String path) throws Exception {
        for (String method : List.of("GET", "HEAD")) {
            Answer answer;
            try (var client = gateway.raw().send(method + " " + path + " HTTP/1.1\r\nHost: x\r\n\r\n")) {
                answer = method.equals("GET") ? client.answer() : client.head();
            }
            assertTrue(answer.status() == 404 || answer.status() == 400, answer.head());
            assertEquals(List.of("application/problem+json"), answer.header("Content-Type"), answer.head());
        }
    }

    /** Matching such a name once overflowed the stack: 500, and a thousand lines in the log. */
    @Test
    void a_path_of_thousands_of_parts_is_not_there() throws Exception {
        String path = "/webjars/" + "a/".repeat(3900) + "a.js";
        assertEquals(404, gateway.get(path).statusCode());
    }

    @Test
    void pages_are_read_only() throws Exception {
        HttpResponse<String> response = gateway.post("/docs", "{}");
        assertEquals(405, response.statusCode());
        assertEquals("GET, HEAD", header(response, "Allow"));
        assertEquals(405, gateway.delete("/dashboard/assets/docs.js").statusCode());
    }

    // Now and then a client's next request was lost: it had been refused before its body came, and the connection was
    // closed after the answer without a word.
    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "a body that comes later ends the connection, Content-Length: 2, '', close",
        "chunks that come later too, Transfer-Encoding: chunked, '', close",
        "one that is there doesn't, Content-Length: 2, {}, ''",
        "nor do its chunks, Transfer-Encoding: chunked, 2~{}~0~~, ''",
        "nor does none, X: y, '', ''",
    })
    void a_refusal_says_whether_the_connection_is_kept(String what, String framing, String body, String connection)
            throws Exception {
        try (RawClient client = gateway.raw()) {
            String head = "POST /docs HTTP/1.1\r\nHost: x\r\n" + framing + "\r\n\r\n";
            RawClient.Answer answer =
                    client.send(head + body.replace("~", "\r\n")).answer();
            assertEquals(405, answer.status());
            assertEquals(connection, String.join(",", answer.header("Connection")));
            if (connection.isEmpty()) {
                client.send("GET /health HTTP/1.1\r\nHost: x\r\n\r\n");
                assertEquals(200, client.answer().status());
            } else {
                assertEquals("", client.rest());
            }
        }
    }

    private static String header(HttpResponse<String> response, String name) {
        return response.headers().firstValue(name).orElse("");
    }
}
