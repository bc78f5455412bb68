import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.Await;
import gateway.testing.Ports;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/**
 * Real proxies on the gateway's machine, with nothing set on either side: they ask word for word as curl does, and
 * whoever came through them was an operator. But they run as users of their own. Needs root, as starting them does.
 */
@Tag("process")
class LocalProxyTest {
    private static final String REST = " HTTP/1.1\r\nHost: localhost\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\r\n";

    /** The proxies; each serves a port and passes on to another. */
    enum Proxy {
        NGINX("nginx") {
            @Override
            Launched start(Path folder, int port, int to) throws IOException {
                String folders = Stream.of("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
                        .map(what -> what + "_temp_path " + folder.resolve(what) + ";")
                        .reduce("", String::concat);
                Path file = Files.writeString(
                        folder.resolve("nginx.conf"), """
                        daemon off; user www-data; pid %s; error_log stderr;
                        events {}
                        http {
                          access_log off; %s
                          server {
                            listen 127.0.0.1:%d;
                            location / { proxy_pass http://localhost:%d; proxy_http_version 1.1; }
                          }
                        }
                        """.formatted(folder.resolve("pid"), folders, port, to));
                return Launched.start(folder, Map.of(), "nginx", "-c", file.toString());
            }
        },
        HAPROXY("haproxy") {
            @Override
            Launched start(Path folder, int port, int to) throws IOException {
                Path file = Files.writeString(folder.resolve("haproxy.cfg"), """
                        global
                          user haproxy
                          group haproxy
                          maxconn 4000
                        defaults
                          mode http
                          timeout connect 30s
                          timeout client 30s
                          timeout server 30s
                        listen gateway
                          bind 127.0.0.1:%d
                          server gateway 127.0.0.1:%d
                        """.formatted(port, to));
                return Launched.start(folder, Map.of(), "haproxy", "-db", "-f", file.toString());
            }
        };

        private final String program;

        Proxy(String program) {
            this.program = program;
        }

        abstract Launched start(Path folder, int port, int to) throws IOException;
    }

    @TempDir
    private Path folder;

    @BeforeEach
    void needRoot() throws IOException {
        assumeTrue(System.getProperty("os.name").equals("Linux"), "other systems don't tell");
        assumeTrue(Files.getAttribute(Path.of("/proc/self"), "unix:uid").equals(0), "needs root");
    }

    private static boolean isInstalled(String program) {
        return Arrays.stream(System.getenv("PATH").split(File.pathSeparator))
                .anyMatch(path -> Files.isExecutable(Path.of(path, program)));
    }

    private static Answer ask(int port, String line) throws IOException {
        try (RawClient client = new RawClient(port)) {
            return client.send(line + REST).answer();
        }
    }

    @ParameterizedTest(name = "{0}")
    @EnumSource
    void who_comes_through_a_proxy_that_adds_nothing_is_no_operator(Proxy proxy) throws Exception {
        assumeTrue(isInstalled(proxy.program), proxy.program + " isn't installed");
        int port = Ports.reserved();
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = TestGateway.inFrontOf(a);
                Launched launched = proxy.start(folder, port, gateway.port())) {
            Await.until("the proxy", () -> answers(port));
            assertEquals(200, ask(gateway.port(), "GET /metrics").status(), "without it");
            assertEquals(200, ask(port, "GET /api/x").status(), "what is for everybody passes");
            assertEquals(200, ask(port, "GET /services").status());
            for (String line : List.of("GET /metrics", "GET /limits/explain?ip=192.0.2.1", "DELETE /services/a")) {
                Answer answer = ask(port, line);
                assertEquals(403, answer.status(), line + " through " + launched.output());
                String detail = TestGateway.json(answer).path("detail").asText();
                assertTrue(
                        detail.contains("another user") && detail.contains("GATEWAY_ADMIN_TOKEN"),
                        line + " is refused: " + detail);
            }
            assertEquals(200, ask(gateway.port(), "GET /metrics").status(), "without it, still");
        }
    }

    private static boolean answers(int port) {
        try {
            return ask(port, "GET /health").status() == 200;
        } catch (IOException e) { // it isn't up yet
            return false;
        }
    }

    @Test
    void curl_is_an_operator_as_the_gateways_user_and_not_as_another() throws Exception {
        assumeTrue(isInstalled("curl") && isInstalled("setpriv"), "curl or setpriv isn't installed");
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            String[] curl = {
                "curl", "-s", "-o", "/dev/null", "-w", "%{http_code}", "localhost:" + gateway.port() + "/metrics"
            };
            try (Launched own = Launched.start(Map.of(), curl)) {
                assertEquals(0, own.exitCode());
                assertEquals("200", own.output());
            }
            String[] as = {"setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"};
            try (Launched other = Launched.start(
                    Map.of(), Stream.of(as, curl).flatMap(Arrays::stream).toArray(String[]::new))) {
                assertEquals(0, other.exitCode());
                assertEquals("403", other.output());
            }
        }
    }
}
