package gateway.check;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import gateway.testing.TestRedis;
import gateway.testing.TestRedisSentinel;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import redis.clients.jedis.Jedis;

/** What --check finds, and its exit codes. */
class ConfigCheckTest {
    /** The words for what answered: {@code : version 7.0.15}, or {@code : version 8.0.1 (Valkey)}, as a regex. */
    private static final String VERSION = ": version \\d+\\.\\d+\\.\\d+( \\(\\w+\\))?";

    /** What it said, and the exit code. */
    private record Said(List<String> lines, int code) {
        String line(String start) {
            return lines.stream()
                    .filter(line -> line.startsWith(start))
                    .findFirst()
                    .orElseThrow(() -> new AssertionError("no line \"" + start + "...\" in " + lines));
        }
    }

    private static Said check(Map<String, String> settings, String... arguments) {
        Map<String, String> all = new HashMap<>(Map.of("GATEWAY_PORT", "0", "GATEWAY_HOST", "127.0.0.1"));
        all.putAll(settings);
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        String[] given = arguments.length > 0 ? arguments : new String[] {"--check"};
        int code = ConfigCheck.run(given, all, new PrintStream(out, true, StandardCharsets.UTF_8));
        return new Said(out.toString(StandardCharsets.UTF_8).lines().toList(), code);
    }

    @TempDir
    private Path folder;

    @Test
    void with_nothing_set_all_is_fine() {
        Said said = check(Map.of());
        assertEquals(0, said.code());
        assertTrue(
                said.lines().stream().allMatch(line -> line.startsWith("ok    ") || line.startsWith("note  admin: ")),
                said.lines().toString());
    }

    @ParameterizedTest(name = "{0}={1} {2}={3}")
    @CsvSource(
            nullValues = "-",
            value = {
                "GATEWAY_PORT, 0, GATEWAY_LEASE, 15s, 'with a proxy, a tunnel or a TLS terminator on this machine that'",
                "GATEWAY_PORT, 0, GATEWAY_TRUSTED_PROXIES, 10.0.0.0/8, 'with a proxy, a tunnel or a TLS terminator on'",
                "GATEWAY_PORT, 0, GATEWAY_ADMIN_TOKEN, 0123456789abcdef, -",
                "GATEWAY_PORT, 0, GATEWAY_ADMIN_PORT, 0, -",
                "GATEWAY_ADMIN_TOKEN, 0123456789abcdef, GATEWAY_TRUSTED_PROXIES, 127.0.0.1, -",
                "GATEWAY_PORT, 0, GATEWAY_TRUSTED_PROXIES, 127.0.0.1, 'no client may change anything'",
                "GATEWAY_PORT, 0, GATEWAY_TRUSTED_PROXIES, ::1, 'no client may change anything'",
                "GATEWAY_ADMIN_PORT, 0, GATEWAY_TRUSTED_PROXIES, 127.0.0.0/8, 'no client may change anything'",
                "GATEWAY_PROXY_PROTOCOL, true, GATEWAY_TRUSTED_PROXIES, 192.0.2.1, 'no client may change anything'",
            })
    void what_a_proxy_on_this_machine_would_mean_for_operators_is_noted(
            String name, String value, String other, String otherValue, String note) {
        Said said = check(Map.of(name, value, other, otherValue));
        assertEquals(0, said.code());
        List<String> notes =
                said.lines().stream().filter(line -> line.startsWith("note")).toList();
        assertEquals(note == null ? 0 : 1, notes.size(), said.toString());
        notes.forEach(line -> assertTrue(line.startsWith("note  admin: " + note), line));
    }

    @Test
    void every_bad_setting_is_named_at_once() {
        Said said = check(Map.of("GATEWAY_PORT", "many", "GATEWAY_LEASE", "15", "GATEWAY_REUSE_PORT", "yes"));
        assertEquals(2, said.code());
        assertEquals(
                List.of(
                        "BAD   GATEWAY_PORT=many: expected a whole number from 0 to 65535, like 8000",
                        "BAD   GATEWAY_LEASE=15: expected a whole number with ms, s, m or h, from 1s to 24h, like 15s",
                        "BAD   GATEWAY_REUSE_PORT=yes: expected true or false"),
                said.lines());
    }

    @Test
    void a_misspelt_setting_is_noted_and_a_services_one_is_none() {
        Said said = check(Map.of("GATEWAY_RATELIMIT", "5/1s", "GATEWAY_URL", "http://localhost:1"));
        assertEquals(0, said.code());
        assertEquals("note  GATEWAY_RATELIMIT: unknown setting; did you mean GATEWAY_RATE_LIMIT?", said.line("note"));
        assertFalse(said.toString().contains("GATEWAY_URL"), said.toString());
    }

    @Test
    void a_misspelt_setting_is_noted_beside_a_bad_one() {
        Said said = check(Map.of("GATEWAY_RATELIMIT", "5/1s", "GATEWAY_PORT", "many"));
        assertEquals(2, said.code());
        assertEquals(
                List.of(
                        "note  GATEWAY_RATELIMIT: unknown setting; did you mean GATEWAY_RATE_LIMIT?",
                        "BAD   GATEWAY_PORT=many: expected a whole number from 0 to 65535, like 8000"),
                said.lines());
    }

    @Test
    void the_settings_that_are_set_are_listed_without_secrets() {
        Said said = check(Map.of(
                "GATEWAY_LEASE", " 20s ",
                "GATEWAY_ADMIN_TOKEN", "hush-0123456789abcdef",
                "GATEWAY_ACCESS_LOG", " "));
        assertEquals(
                List.of(
                        "ok    settings: valid; 4 set, the others have their defaults",
                        "ok    set GATEWAY_HOST=127.0.0.1",
                        "ok    set GATEWAY_PORT=0",
                        "ok    set GATEWAY_LEASE=20s",
                        "ok    set GATEWAY_ADMIN_TOKEN=(set, not shown)"),
                said.lines().stream()
                        .filter(line -> line.contains("set"))
                        .limit(5)
                        .toList());
        assertFalse(said.toString().contains("hush"), said.toString());
    }

    @Test
    void the_file_of_state_is_shown_and_one_that_is_not_whole_is_bad_and_stays() throws Exception {
        Path file = folder.resolve("state.json");
        assertEquals("ok    state: " + file + " keeps nothing yet", stateLine(0, file));
        Files.writeString(file, "{\"format\":1,\"services\":[],\"drains\":[],\"routes\":{}}");
        assertEquals("ok    state: " + file + " keeps 0 services, 0 drains, 0 routes", stateLine(0, file));
        Files.writeString(file, "{\"format\":1,");
        assertTrue(stateLine(2, file).startsWith("BAD   GATEWAY_STATE=" + file + ": isn't whole JSON"));
        assertEquals("{\"format\":1,", Files.readString(file));
        String lost = stateLine(2, folder.resolve("none").resolve("state.json"));
        assertTrue(lost.contains("its folder " + folder.resolve("none") + " isn't there; create it"), lost);
        Path link = Files.createSymbolicLink(folder.resolve("link.json"), Path.of("none", "state.json"));
        assertTrue(
                stateLine(2, link)
                        .startsWith("BAD   GATEWAY_STATE=" + link + ": is a link to "
                                + folder.resolve("none/state.json") + ", which can't be written: its folder "
                                + folder.resolve("none") + " isn't there; "),
                stateLine(2, link));
        Files.createDirectory(folder.resolve("none"));
        assertEquals("ok    state: " + link + " keeps nothing yet", stateLine(0, link));
        assertTrue(Files.isSymbolicLink(link));
    }

    private static String stateLine(int code, Path file) {
        Said said = check(Map.of("GATEWAY_STATE", file.toString()));
        assertEquals(code, said.code(), said.toString());
        return said.lines().stream()
                .filter(line -> line.contains("state") && !line.startsWith("ok    set "))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void routes_are_shown_and_their_services_asked_as_they_say() throws Exception {
        try (TestBackend shop = TestBackend.named("shop");
                TestBackend blog = TestBackend.named("blog")) {
            blog.withHealth((request, wire) -> wire.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
            Path file = Files.writeString(folder.resolve("routes.yaml"), """
                    routes:
                      shop:
                        match: {path: /shop, host: shop.example, methods: [POST, GET]}
                        services: [{url: "%s", weight: 2}]
                        health: {path: /state, status: 200-399}
                        limits: off
                      blog: {match: {path: /}, services: ["%2$s"]}
                      old: {match: {path: /docs/old}, services: ["%2$s"], health: off}
                      free: {match: {path: /free}}
                    """.formatted(shop.url(), blog.url()));
            Said said = check(Map.of("GATEWAY_ROUTES", file.toString()));
            assertEquals(3, said.code());
            assertEquals(
                    "ok    route shop: GET,POST shop.example/shop -> " + shop.url()
                            + " (weight 2); round-robin; health /state 200-399; limits off",
                    said.line("ok    route shop"));
            assertEquals(
                    "ok    route free: /free -> what registers for it; round-robin; health /health 200-299; limits"
                            + " 5/60s by client",
                    said.line("ok    route free"));
            assertEquals(
                    "note  the route old (/docs/old) gets no requests: this path is the gateway's own; GATEWAY_ADMIN_PORT"
                            + " would give the gateway's own paths a port of their own",
                    said.line("note  the route old"));
            assertTrue(said.line("note  the route blog").contains("doesn't get the gateway's own /, /health, "));
            String fine = said.line("ok    service " + shop.url());
            assertTrue(fine.matches(".* of the route shop \\(127\\.0\\.0\\.1\\): healthy, in \\d+ ms"), fine);
            assertEquals(
                    "BAD   service " + blog.url() + " of the route blog (127.0.0.1): its /health answered 500",
                    said.line("BAD   service"));
            assertEquals(
                    "ok    service " + blog.url() + " of the route old (127.0.0.1): its checks are off",
                    said.line("ok    service " + blog.url()));
            assertFalse(check(Map.of("GATEWAY_ROUTES", file.toString(), "GATEWAY_ADMIN_PORT", "0")).lines().stream()
                    .anyMatch(line -> line.startsWith("note  the route")));
        }
    }

    @ParameterizedTest(name = "{0}, Redis {1}, secret {2}: noted {3}")
    @CsvSource({
        "sticky, true, false, true",
        "sticky, true, true, false",
        "sticky, false, false, false",
        "hash:client, true, false, false"
    })
    void gateways_that_would_not_follow_each_others_cookies_are_noted(
            String balance, boolean redis, boolean secret, boolean noted) throws Exception {
        Path file = Files.writeString(
                folder.resolve("routes.yaml"),
                "routes:\n  chat: {match: {path: /chat}, balance: \"%s\"}\n".formatted(balance));
        Said said = check(Map.of(
                "GATEWAY_ROUTES", file.toString(),
                "GATEWAY_REDIS_URL", redis ? "redis://127.0.0.1:" + TestBackend.deadPort() : "",
                "GATEWAY_STICKY_SECRET", secret ? "not-to-be-guessed" : ""));
        String note = "note  sticky routes (chat): no gateway follows the cookies of another; set GATEWAY_STICKY_SECRET"
                + " to the same secret at all";
        assertEquals(noted, said.lines().contains(note), said.toString());
    }

    @Test
    void everything_wrong_with_the_routes_is_named_at_once() throws Exception {
        Path file = Files.writeString(
                folder.resolve("routes.yaml"),
                "routes:\n  a: {match: {path: a}}\n  b:\n    match: {path: /b}\n    retry: 1\n");
        Said said = check(Map.of("GATEWAY_ROUTES", file.toString()));
        assertEquals(2, said.code());
        List<String> bad =
                said.lines().stream().filter(line -> line.startsWith("BAD")).toList();
        assertEquals(2, bad.size(), bad.toString());
        assertEquals(
                "BAD   GATEWAY_ROUTES=" + file
                        + ": line 2, column 15: routes.a.match.path: a: expected a path like /shop, which takes all below it,"
                        + " too",
                bad.get(0));
        assertTrue(bad.get(1)
                .startsWith("BAD   GATEWAY_ROUTES=" + file + ": line 5, column 5: routes.b.retry: is no key"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"missing.yaml, there is no such file", "., isn't a regular file"})
    void a_file_of_routes_that_is_none_is_named(String name, String words) {
        Path file = folder.resolve(name);
        Said said = check(Map.of("GATEWAY_ROUTES", file.toString()));
        assertEquals(2, said.code());
        assertEquals("BAD   GATEWAY_ROUTES=" + file + ": " + words, said.line("BAD"));
    }

    @Test
    void services_are_resolved_and_asked_for_their_health() throws Exception {
        try (TestBackend well = TestBackend.named("a");
                TestBackend ill = TestBackend.doing((request, wire) -> wire.ok("{}"))) {
            ill.withHealth((request, wire) -> wire.send("HTTP/1.1 500 No\r\nContent-Length: 0\r\n\r\n"));
            String dead = "http://127.0.0.1:" + TestBackend.deadPort();
            Said said = check(
                    Map.of("GATEWAY_SERVICES", String.join(",", well.url(), ill.url(), dead, "http://x.invalid")));
            assertEquals(3, said.code());
            String fine = said.line("ok    service " + well.url());
            assertTrue(fine.matches(".* \\(127\\.0\\.0\\.1\\): healthy, in \\d+ ms"), fine);
            assertEquals(
                    "BAD   service " + ill.url() + " (127.0.0.1): its /health answered 500",
                    said.line("BAD   service " + ill.url()));
            assertEquals(
                    "BAD   service " + dead + " (127.0.0.1): connection refused", said.line("BAD   service " + dead));
            assertEquals(
                    "BAD   service http://x.invalid:80 (no address): unknown host",
                    said.line("BAD   service http://x"));
        }
    }

    @ParameterizedTest(name = "{0}, shared: {1}")
    @CsvSource({
        "GATEWAY_PORT, false, stop that or choose another port",
        "GATEWAY_PORT, true, 'which doesn''t share it: it runs without GATEWAY_REUSE_PORT=true, or as another user'",
        "GATEWAY_ADMIN_PORT, false, stop that or choose another port",
        "GATEWAY_HTTP_REDIRECT_PORT, false, stop that or choose another port",
    })
    void a_port_that_another_process_has_is_bad_even_if_that_is_a_gateway(String name, boolean shared, String words)
            throws Exception {
        try (TestBackend other = TestBackend.named("gateway")
                .withHealth((request, wire) -> wire.ok("{\"status\":\"healthy\",\"service\":\"API Gateway\"}"))) {
            Map<String, String> settings =
                    new HashMap<>(new TestCa("Test CA").issue("localhost").writeTo(folder));
            settings.put("GATEWAY_REUSE_PORT", "" + shared);
            settings.put(name, "" + other.port());
            Said said = check(settings);
            assertEquals(3, said.code());
            String bad = said.line("BAD   " + name + "=" + other.port() + ": in use by ");
            assertTrue(bad.contains(words), bad);
        }
    }

    @Test
    void a_free_port_is_free_before_and_after() throws Exception {
        int port = TestBackend.deadPort();
        for (int i = 0; i < 2; i++) {
            Said said = check(Map.of("GATEWAY_PORT", "" + port, "GATEWAY_ADMIN_PORT", "0"));
            assertEquals("ok    GATEWAY_PORT=" + port + ": free", said.line("ok    GATEWAY_PORT"));
            assertEquals("ok    GATEWAY_ADMIN_PORT=0: any free port", said.line("ok    GATEWAY_ADMIN_PORT"));
        }
    }

    @ParameterizedTest(name = "port {0}")
    @CsvSource({"8765", "0"})
    void an_address_of_another_machine_is_bad_whatever_the_port(String port) {
        Said said = check(Map.of("GATEWAY_HOST", "192.0.2.1", "GATEWAY_PORT", port));
        assertEquals(3, said.code());
        assertTrue(
                said.line("BAD").startsWith("BAD   GATEWAY_HOST=192.0.2.1: can't be listened on ("), said.toString());
    }

    @Test
    @Tag("redis")
    void redis_is_asked_for_its_version_and_whether_it_forgets() throws Exception {
        try (TestRedis redis = TestRedis.start("--requirepass", "secret", "--maxmemory-policy", "allkeys-lru")) {
            String node = "redis 127.0.0.1:" + redis.port();
            Said said = check(Map.of("GATEWAY_REDIS_URL", "redis://:secret@127.0.0.1:" + redis.port()));
            assertEquals(0, said.code());
            assertTrue(said.line("ok    redis").matches("ok    " + node + VERSION));
            assertTrue(said.line("note  redis").startsWith("note  " + node + ": maxmemory-policy is allkeys-lru"));

            Said wrong = check(Map.of("GATEWAY_REDIS_URL", "redis://:wrong@127.0.0.1:" + redis.port()));
            assertEquals(3, wrong.code());
            assertEquals("BAD   " + node + ": wrong user or password", wrong.line("BAD"));
            assertFalse(wrong.toString().contains("wrong@"), wrong.toString());
        }
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "~gateway:* +@all, a script with the key {gateway}:check fails: it answered NOPERM",
        "~{gateway}:* +@all, a script with the key gateway:limit:{check} fails: it answered NOPERM",
        "~* +@all -time, a script with the key {gateway}:check fails: it answered ",
        "~* +@all -evalsha, a script with the key {gateway}:check fails: it answered NOPERM",
    })
    @Tag("redis")
    void what_keeps_the_scripts_from_running_is_bad(String rules, String words) throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client()) {
            List<String> all = new ArrayList<>(List.of("on", ">secret"));
            all.addAll(List.of(rules.split(" ")));
            jedis.aclSetUser("gateway", all.toArray(String[]::new));
            Said said = check(Map.of("GATEWAY_REDIS_URL", "redis://gateway:secret@127.0.0.1:" + redis.port()));
            assertEquals(3, said.code());
            assertTrue(said.line("BAD").startsWith("BAD   redis: " + words), said.toString());
        }
    }

    @Test
    @Tag("redis")
    void a_replica_is_bad_and_nothing_is_written() throws Exception {
        try (TestRedis redis = TestRedis.start();
                Jedis jedis = redis.client()) {
            Map<String, String> settings = Map.of("GATEWAY_REDIS_URL", redis.url());
            assertEquals(0, check(settings).code());
            assertEquals(0, jedis.dbSize());
            jedis.replicaof("127.0.0.1", 1);
            Said said = check(settings);
            assertEquals(3, said.code());
            assertTrue(said.line("BAD").contains("READONLY"), said.toString());
        }
    }

    @Test
    @Tag("redis")
    void each_sentinel_is_asked_for_the_master_and_the_master_for_its_version() throws Exception {
        String dead = "127.0.0.1:" + TestBackend.deadPort();
        try (TestRedisSentinel all = TestRedisSentinel.start()) {
            String sentinel = "127.0.0.1:" + all.sentinels().get(0).port();
            String master = "127.0.0.1:" + all.master().port();
            Said said = check(Map.of("GATEWAY_REDIS_URL", all.url().replace("/mymaster", "," + dead + "/mymaster")));
            assertEquals(3, said.code());
            assertEquals("BAD   redis sentinel " + dead + ": connection refused", said.line("BAD"));
            assertEquals(
                    "ok    redis sentinel " + sentinel + ": the master is " + master,
                    said.line("ok    redis sentinel " + sentinel));
            assertTrue(said.line("ok    redis " + master).matches("ok    redis " + master + VERSION));
            assertFalse(said.toString().contains("note  redis"), said.toString());

            try (Jedis jedis = new Jedis("127.0.0.1", all.sentinels().get(0).port())) {
                jedis.sentinelSet(TestRedisSentinel.NAME, Map.of("down-after-milliseconds", "30000"));
            }
            Said slow = check(Map.of("GATEWAY_REDIS_URL", "redis+sentinel://" + sentinel + "/mymaster"));
            assertEquals(0, slow.code());
            assertTrue(
                    slow.line("note  redis")
                            .startsWith("note  redis sentinel " + sentinel + ": down-after-milliseconds is 30000: "),
                    slow.toString());

            Said other = check(Map.of("GATEWAY_REDIS_URL", "redis://" + sentinel));
            assertEquals(3, other.code());
            assertEquals(
                    "BAD   redis " + sentinel + ": it is a Sentinel; write redis+sentinel://" + sentinel
                            + "/NAME, NAME being the master's there",
                    other.line("BAD"));
        }
    }

    /** As twemproxy does, and HAProxy whose servers are all down. */
    @Test
    void of_a_proxy_that_ends_the_connection_it_is_said_why_it_may() throws Exception {
        try (ServerSocket proxy = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
            Thread ending = new Thread(() -> {
                try (Socket client = proxy.accept()) {
                    client.getInputStream().read(new byte[1024]);
                } catch (IOException e) {
                    // the check then says something else
                }
            });
            ending.start();
            Said said = check(Map.of("GATEWAY_REDIS_URL", "redis://127.0.0.1:" + proxy.getLocalPort()));
            ending.join();
            assertEquals(3, said.code());
            assertTrue(
                    said.line("BAD")
                            .endsWith("Redis closed the connection; if a proxy is there, it may have no"
                                    + " server, or not know HELLO and CLIENT SETNAME"),
                    said.toString());
        }
    }

    @Test
    void a_redis_that_is_away_is_bad() throws Exception {
        int port = TestBackend.deadPort();
        Said said = check(Map.of("GATEWAY_REDIS_URL", "redis://127.0.0.1:" + port));
        assertEquals(3, said.code());
        assertEquals("BAD   redis 127.0.0.1:" + port + ": connection refused", said.line("BAD"));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "not yet, 86400, 3, 'BAD   GATEWAY_TLS_CERT: CN=localhost isn''t valid before '",
        "soon, 0, 0, 'note  GATEWAY_TLS_CERT: CN=localhost expires soon, at '",
        "yesterday, -86400, 3, 'BAD   GATEWAY_TLS_CERT: CN=localhost expired at '",
    })
    void it_says_when_a_certificate_ends(String when, long seconds, int code, String start) throws Exception {
        Instant middle = Instant.now().plusSeconds(seconds);
        Map<String, String> tls = new TestCa("Test CA")
                .issue(TestCa.keys("EC"), middle, "localhost")
                .writeTo(folder);
        Said said = check(tls);
        assertEquals(code, said.code());
        assertTrue(said.line(start).length() > start.length());
    }

    @Test
    void a_key_that_belongs_to_another_certificate_can_not_be_used() throws Exception {
        TestCa ca = new TestCa("Test CA");
        Map<String, String> tls = new HashMap<>(ca.issue("localhost").writeTo(folder));
        tls.put(
                "GATEWAY_TLS_KEY",
                ca.issue("localhost")
                        .writeTo(Files.createDirectory(folder.resolve("other")))
                        .get("GATEWAY_TLS_KEY"));
        Said said = check(tls);
        assertEquals(2, said.code());
        assertTrue(said.line("BAD   GATEWAY_TLS_KEY=").contains("doesn't belong to"), said.toString());
    }

    @Test
    void who_may_change_things_is_said_without_the_token_and_a_file_that_all_may_read_is_noted() throws Exception {
        String token = "0123456789abcdef0123456789abcdef";
        Path file = Files.writeString(folder.resolve("token"), token);
        Files.setPosixFilePermissions(file, PosixFilePermissions.fromString("rw-r--r--"));
        Said said = check(Map.of("GATEWAY_ADMIN_TOKEN_FILE", file.toString()));
        assertEquals(0, said.code());
        assertTrue(said.line("ok    admin: changes and private data").length() > 0);
        assertTrue(said.line("note  GATEWAY_ADMIN_TOKEN_FILE=").endsWith("chmod 600 it"));
        assertFalse(said.toString().contains(token));
    }

    @ParameterizedTest(name = "{0} from {1}: {2}")
    @CsvSource({
        "'1.2.3.4, 10.0.0.1', 10.0.0.2, 'it is 1.2.3.4, which isn''t in GATEWAY_TRUSTED_PROXIES'",
        "'6.6.6.6, 1.2.3.4, 10.0.0.1', 10.0.0.2, 'it is 1.2.3.4, which isn''t in GATEWAY_TRUSTED_PROXIES: addresses to its left are ignored'",
        "1.2.3.4, 192.0.2.9, 'it is 192.0.2.9, which isn''t in GATEWAY_TRUSTED_PROXIES: addresses to its left are ignored'",
        "'1.2.3.4, junk', 10.0.0.2, 'it is 10.0.0.2, though that is a trusted proxy: the header names no further address'",
        "10.0.0.1, 10.0.0.2, 'it is 10.0.0.1, though that is a trusted proxy: the header names no further address'",
    })
    void a_claim_is_walked_and_nothing_else_looked_for(String header, String peer, String words) {
        Said said = check(Map.of("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/8"), "--check-client", header, "--peer", peer);
        assertEquals(0, said.code());
        assertTrue(said.lines().stream().allMatch(line -> line.contains(" client: ")), said.toString());
        assertEquals("ok    client: " + words, said.lines().get(said.lines().size() - 1));
    }

    @Test
    void a_comma_in_quotes_is_no_end_of_what_a_proxy_wrote() {
        Map<String, String> settings =
                Map.of("GATEWAY_TRUSTED_PROXIES", "10.0.0.0/8", "GATEWAY_FORWARDED_HEADER", "Forwarded");
        String header = "for=1.2.3.4;ext=\"a, b\", for=10.0.0.1;ext=\"c, d\"";
        Said said = check(settings, "--check-client", header, "--peer", "10.0.0.2");
        assertEquals(
                List.of(
                        "ok    client: the connection comes from 10.0.0.2, with Forwarded: " + header,
                        "ok    client: 10.0.0.2 is a trusted proxy, and says 10.0.0.1",
                        "ok    client: 10.0.0.1 is a trusted proxy, and says 1.2.3.4",
                        "ok    client: it is 1.2.3.4, which isn't in GATEWAY_TRUSTED_PROXIES"),
                said.lines());
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "--check --nonsense, unknown argument --nonsense; expected java GatewayApp.java",
        "--check --per 1, unknown argument --per; did you mean --peer? expected java",
        "--check --peer 10.0.0.1, --check-client and --peer go together",
        "--check-client 1.2.3.4, --check-client and --peer go together",
        "--check-client, --check-client: expected a value after it",
        "'--check-client 1.2.3.4 --peer proxy.local', '--peer proxy.local: expected an address, like'",
    })
    void arguments_that_can_not_be_used_are_named(String arguments, String start) {
        Said said = check(Map.of(), arguments.split(" "));
        assertEquals(2, said.code());
        assertTrue(said.lines().get(0).startsWith("BAD   " + start), said.toString());
    }
}
