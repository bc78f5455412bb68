package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.cluster.Redis.Call;
import gateway.testing.Await;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import gateway.testing.TestRedisSentinel;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code rediss://} to a real server, by a JVM of its own, since whom a JVM trusts is settled when it starts. */
@Tag("redis")
class RedisTlsTest {
    /** What the JVM runs: one script at the URL that it is given; prints what came of it. */
    static final class Main {
        private Main() {}

        public static void main(String[] args) {
            Script echo = Script.of("return tonumber(ARGV[1])");
            try (Redis redis = new Redis(TestRedis.settings(args[0]), Duration.ofSeconds(10))) {
                Call call = new Call(echo, List.of(Redis.bytes("key")), List.of(Redis.bytes("7")));
                Object outcome = redis.runAll(List.of(call)).get(0);
                for (int left = 9; left > 0 && isLate(outcome); left--) { // this machine may be busy, this JVM is cold
                    outcome = redis.runAll(List.of(call)).get(0);
                }
                System.out.println(outcome instanceof RedisFailure failure ? failure.getMessage() : "it works");
            }
        }

        private static boolean isLate(Object outcome) {
            return outcome instanceof RedisFailure failure
                    && failure.getMessage().contains("no answer within");
        }
    }

    @TempDir
    private static Path folder;

    private static TestRedis server;
    private static int port;

    @BeforeAll
    static void start() throws Exception {
        assumeTrue(
                Files.isExecutable(Path.of("/usr/bin/openssl")), "openssl, which makes the certificate, isn't there");
        authority("ca");
        authority("other");
        certificate("localhost");
        port = TestBackend.deadPort();
        String[] options = {
            "--tls-port",
            "" + port,
            "--tls-cert-file",
            file("localhost.crt"),
            "--tls-key-file",
            file("localhost.key"),
            "--tls-ca-cert-file",
            file("ca.crt"),
            "--tls-auth-clients",
            "no"
        };
        try {
            server = TestRedis.start(options);
        } catch (AssertionError e) {
            assumeTrue(!e.getMessage().contains("tls-"), "this redis-server was built without TLS");
            throw e;
        }
    }

    @AfterAll
    static void stop() {
        if (server != null) {
            server.close();
        }
    }

    private static String file(String name) {
        return folder.resolve(name).toString();
    }

    /** A certificate that signs others, and a trust store that holds it alone. */
    private static void authority(String name) throws Exception {
        openssl(
                "req",
                "-x509",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-days",
                "2",
                "-subj",
                "/CN=" + name,
                "-keyout",
                file(name + ".key"),
                "-out",
                file(name + ".crt"));
        run(
                Path.of(System.getProperty("java.home"), "bin", "keytool").toString(),
                "-importcert",
                "-noprompt",
                "-alias",
                name,
                "-storepass",
                "changeit",
                "-file",
                file(name + ".crt"),
                "-keystore",
                file(name + ".p12"));
    }

    private static void certificate(String host) throws Exception {
        Path names = Files.writeString(folder.resolve("names"), "subjectAltName=DNS:" + host);
        openssl(
                "req",
                "-newkey",
                "rsa:2048",
                "-nodes",
                "-subj",
                "/CN=" + host,
                "-keyout",
                file(host + ".key"),
                "-out",
                file(host + ".csr"));
        openssl(
                "x509",
                "-req",
                "-days",
                "2",
                "-in",
                file(host + ".csr"),
                "-CA",
                file("ca.crt"),
                "-CAkey",
                file("ca.key"),
                "-CAcreateserial",
                "-extfile",
                names.toString(),
                "-out",
                file(host + ".crt"));
    }

    private static void openssl(String... arguments) throws Exception {
        List<String> command = new ArrayList<>(List.of("openssl"));
        command.addAll(List.of(arguments));
        run(command.toArray(String[]::new));
    }

    private static String run(String... command) throws IOException, InterruptedException {
        Process process = new ProcessBuilder(command).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes());
        assertEquals(0, process.waitFor(), output);
        return output.strip();
    }

    /** What a JVM that trusts this authority says of this URL. */
    private static String ask(String trusted, String url) throws Exception {
        return run(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Djavax.net.ssl.trustStore=" + file(trusted + ".p12"),
                "-Djavax.net.ssl.trustStorePassword=changeit",
                "-cp",
                System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
                Main.class.getName(),
                url);
    }

    @Test
    void a_certificate_that_is_trusted_and_names_the_host_passes() throws Exception {
        assertEquals("it works", ask("ca", "rediss://localhost:" + port));
    }

    @Test
    void an_unknown_authority_is_refused_in_words() throws Exception {
        String words = ask("other", "rediss://localhost:" + port);
        assertTrue(words.startsWith("TLS failed: "), words);
        assertTrue(words.contains("unable to find valid certification path"), words);
    }

    @Test
    void a_certificate_for_another_host_is_refused_in_words() throws Exception {
        String words = ask("ca", "rediss://127.0.0.1:" + port);
        assertTrue(words.startsWith("TLS failed: "), words);
        assertTrue(words.contains("No subject alternative names matching IP address 127.0.0.1"), words);
    }

    @Test
    void a_client_without_tls_is_told_what_happened() throws Exception {
        String words = ask("ca", "redis://localhost:" + port);
        assertTrue(words.startsWith("the connection broke"), words);
    }

    /** The certificate names localhost, so the sentinel must announce names, not the addresses that they stand for. */
    @Test
    void a_sentinel_and_its_master_are_both_reached_by_tls() throws Exception {
        int own = TestBackend.deadPort();
        List<String> lines = List.of(
                "tls-port " + own,
                "tls-cert-file " + file("localhost.crt"),
                "tls-key-file " + file("localhost.key"),
                "tls-ca-cert-file " + file("ca.crt"),
                "tls-auth-clients no",
                "tls-replication yes",
                "sentinel resolve-hostnames yes",
                "sentinel announce-hostnames yes",
                "sentinel monitor mymaster localhost " + port + " 1");
        try (TestRedis sentinel = TestRedisSentinel.alone(lines)) {
            String url = "rediss+sentinel://localhost:" + own + "/mymaster";
            Await.until( // a sentinel has a second, which a busy machine may need for something else
                    "an answer by TLS", () -> ask("ca", url).equals("it works"));
            Await.until(
                    "a refusal in words",
                    () -> ask("other", url).startsWith("sentinel localhost:" + own + ": TLS failed: "));
            assertTrue(sentinel.isRunning());
        }
    }
}
