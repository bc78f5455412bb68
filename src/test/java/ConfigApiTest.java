import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.check.ConfigCheck;
import gateway.settings.Setting;
import gateway.settings.SettingGroups;
import gateway.settings.Settings;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.testing.TestCa;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** GET /config: the settings with which a gateway runs, without secrets. */
class ConfigApiTest {
    private static final String HIDDEN = "(set, not shown)";
    private static final String TOKEN = "hush-0123456789abcdef";

    /** Each setting that holds a secret, with a value of which no part that says "hush" may be shown. */
    private static final Map<String, String> SECRETS = Map.of(
            "GATEWAY_ADMIN_TOKEN", TOKEN,
            "GATEWAY_STICKY_SECRET", "hush-of-the-sticky-cookies",
            "GATEWAY_REDIS_URL", "redis+sentinel://hush-user:hush-password@127.0.0.1:1/mymaster/2",
            "GATEWAY_REDIS_SENTINEL_PASSWORD", "hush-of-the-sentinels");

    /** What is shown for these. */
    private static final Map<String, String> SHOWN = Map.of(
            "GATEWAY_ADMIN_TOKEN", HIDDEN,
            "GATEWAY_STICKY_SECRET", HIDDEN,
            "GATEWAY_REDIS_URL", "redis+sentinel://127.0.0.1:1/mymaster/2 (user and password not shown)",
            "GATEWAY_REDIS_SENTINEL_PASSWORD", HIDDEN);

    /** Settings that name a secret and hold the path of its file, which is shown. */
    private static final Set<String> PATHS = Set.of("GATEWAY_ADMIN_TOKEN_FILE", "GATEWAY_TLS_KEY");

    @TempDir
    private Path folder;

    private static JsonNode config(TestGateway gateway) throws Exception {
        RawClient.Answer answer = gateway.raw("GET /config HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                + "Authorization: Bearer " + TOKEN + "\r\n\r\n");
        assertEquals(200, answer.status(), answer.body());
        assertEquals(List.of("no-store"), answer.header("Cache-Control"));
        assertFalse(answer.body().contains("hush"), answer.body());
        return TestGateway.json(answer);
    }

    private static JsonNode setting(JsonNode config, String name) {
        for (JsonNode setting : config.path("settings")) {
            if (setting.path("name").asText().equals(name)) {
                return setting;
            }
        }
        throw new AssertionError("no " + name + " in " + config);
    }

    @Test
    void each_setting_is_shown_with_its_value_and_where_that_comes_from() throws Exception {
        Map<String, String> settings = Map.of(
                "GATEWAY_LEASE", " 20s ", "GATEWAY_DRAIN", " ", "GATEWAY_COFFEE", "hush", "GATEWAY_SERVICES", "");
        try (TestGateway gateway = TestGateway.with(settings)) {
            JsonNode config = config(gateway);
            assertEquals(
                    "{\"name\":\"GATEWAY_LEASE\",\"value\":\"20s\",\"source\":\"environment\",\"secret\":false}",
                    setting(config, "GATEWAY_LEASE").toString());
            assertEquals(
                    "{\"name\":\"GATEWAY_DRAIN\",\"value\":\"10s\",\"source\":\"default\",\"secret\":false}",
                    setting(config, "GATEWAY_DRAIN").toString());
            assertEquals(
                    "{\"name\":\"GATEWAY_ROUTES\",\"value\":null,\"source\":\"default\",\"secret\":false}",
                    setting(config, "GATEWAY_ROUTES").toString());
            assertEquals(
                    "off", setting(config, "GATEWAY_RATE_LIMIT").path("value").asText());
            assertEquals(
                    "[\"GATEWAY_COFFEE: unknown setting; --help lists them\"]",
                    config.path("unknown").toString());
            int set = 0;
            for (JsonNode setting : config.path("settings")) {
                set += setting.path("source").asText().equals("environment") ? 1 : 0;
            }
            assertEquals(6, set);
            assertEquals(set, config.path("set").asInt());
            assertEquals(
                    config.path("total_settings").asInt(),
                    config.path("settings").size());
        }
    }

    @Test
    void every_setting_that_may_hold_a_secret_is_in_the_table() {
        Set<String> secret = SettingGroups.OF_GATEWAY.stream()
                .flatMap(group -> group.settings().stream())
                .filter(Setting::secret)
                .map(Setting::name)
                .collect(Collectors.toCollection(TreeSet::new));
        assertEquals(new TreeSet<>(SECRETS.keySet()), secret);
        for (String name : Settings.from(Map.of()).environment().settings().stream()
                .map(setting -> setting.name())
                .toList()) {
            assertTrue(
                    !name.matches(".*(TOKEN|SECRET|PASSWORD|KEY|URL).*")
                            || secret.contains(name)
                            || PATHS.contains(name),
                    name + " sounds like a secret");
        }
    }

    @Test
    void no_secret_is_shown_neither_here_nor_by_a_check() throws Exception {
        try (TestGateway gateway = TestGateway.with(SECRETS)) {
            JsonNode config = config(gateway);
            SHOWN.forEach((name, shown) -> {
                assertEquals(shown, setting(config, name).path("value").asText());
                assertTrue(setting(config, name).path("secret").asBoolean(), name);
            });
        }
        String checked = check(SECRETS);
        SHOWN.forEach((name, shown) -> assertTrue(checked.contains("ok    set " + name + "=" + shown + "\n"), checked));
        assertFalse(Settings.from(SECRETS).toString().contains("hush"));
    }

    @Test
    void a_redis_url_without_a_password_is_shown_as_it_is() throws Exception {
        try (TestGateway gateway =
                TestGateway.with(Map.of("GATEWAY_REDIS_URL", "redis://127.0.0.1:" + TestBackend.deadPort()))) {
            assertFalse(setting(config(gateway), "GATEWAY_REDIS_URL").toString().contains("not shown"));
        }
    }

    @Test
    void the_files_of_secrets_are_named_and_not_shown() throws Exception {
        Map<String, String> files =
                new HashMap<>(new TestCa("Test CA").issue("localhost").writeTo(folder));
        Path token = Files.writeString(folder.resolve("token"), TOKEN);
        files.put("GATEWAY_ADMIN_TOKEN_FILE", token.toString());
        files.put("GATEWAY_ADMIN_PORT", "0");
        Settings settings = Settings.from(files);
        for (var setting : settings.environment().set()) {
            assertEquals(files.get(setting.name()), setting.value());
        }
        assertTrue(settings.environment().set().size() >= PATHS.size());
        String checked = check(files);
        PATHS.forEach(
                name -> assertTrue(checked.contains("ok    set " + name + "=" + files.get(name) + "\n"), checked));
        assertFalse(checked.contains("PRIVATE KEY"), checked);
    }

    private static String check(Map<String, String> settings) {
        Map<String, String> all = new HashMap<>(settings);
        all.put("GATEWAY_PORT", "0");
        all.put("GATEWAY_REDIS_TIMEOUT", "50ms");
        ByteArrayOutputStream out = new ByteArrayOutputStream();
        ConfigCheck.run(new String[] {"--check"}, all, new PrintStream(out, true, StandardCharsets.UTF_8));
        String said = out.toString(StandardCharsets.UTF_8);
        assertFalse(said.contains("hush"), said);
        return said;
    }

    @Test
    void it_is_for_operators() throws Exception {
        try (TestGateway gateway = TestGateway.with(Map.of("GATEWAY_ADMIN_TOKEN", TOKEN))) {
            assertEquals(
                    401,
                    gateway.raw("GET /config HTTP/1.1\r\nHost: localhost\r\n\r\n")
                            .status());
        }
    }
}
