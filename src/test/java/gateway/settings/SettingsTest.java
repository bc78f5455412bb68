package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.TrustedProxies;
import gateway.net.Networks;
import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.service.Placement;
import gateway.service.ServiceSettings;
import gateway.util.Durations;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SettingsTest {
    @Test
    void with_nothing_set_the_defaults_hold() {
        Settings settings = Settings.from(Map.of());
        Settings expected = new Settings(
                "0.0.0.0",
                8000,
                Optional.of(new Rate(5, Duration.ofSeconds(60))),
                200_000,
                Optional.of(LogForm.TEXT),
                List.of(),
                Optional.empty(),
                Optional.empty(),
                new HealthSettings(Duration.ofSeconds(2), Duration.ofSeconds(1), 2, 3),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofHours(1),
                Duration.ofSeconds(15),
                Optional.empty(),
                new AccessSettings(Optional.empty(), "127.0.0.1", Optional.empty()),
                new ClientSettings(TrustedProxies.NOBODY, false, Networks.NONE, Optional.empty()),
                Networks.NONE,
                Optional.empty(),
                Optional.empty(),
                new Bounds(
                        10 << 20,
                        32 << 10,
                        8 << 10,
                        Duration.ofSeconds(10),
                        Duration.ofSeconds(20),
                        Duration.ofSeconds(60),
                        10_000,
                        200,
                        1000,
                        500,
                        1000,
                        1000,
                        50),
                Optional.empty(),
                Duration.ofMillis(1500),
                Duration.ofSeconds(10),
                false,
                settings.environment());
        assertEquals(expected, settings);
    }

    @Test
    void a_file_of_state_beside_redis_is_refused_with_the_reason() {
        Map<String, String> both = Map.of("GATEWAY_STATE", "/x/state.json", "GATEWAY_REDIS_URL", "redis://h:1");
        String message =
                assertThrows(InvalidSettings.class, () -> Settings.from(both)).getMessage();
        assertEquals(
                "GATEWAY_STATE=/x/state.json: GATEWAY_REDIS_URL is set, too: Redis keeps the list and the routes already,"
                        + " and a file would bring back what other gateways have removed meanwhile; unset one of them",
                message);
    }

    @Test
    void redis_is_used_if_there_is_a_url() {
        assertEquals(
                Optional.empty(),
                Settings.from(Map.of("GATEWAY_REDIS_FALLBACK", "open")).redis());
        assertEquals(
                Optional.of(new RedisSettings(
                        RedisUrl.parse("redis://h:1"),
                        "gateway",
                        Duration.ofMillis(50),
                        RedisSettings.Fallback.DIVIDE,
                        false)),
                Settings.from(Map.of("GATEWAY_REDIS_URL", "redis://h:1")).redis());
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEWAY_REDIS_PREFIX | a{b} | expected 1 to 64 letters, digits, dots, colons, dashes or underscores",
                "GATEWAY_REDIS_TIMEOUT | 1ms | expected",
                "GATEWAY_REDIS_MAX_WAIT | 61s | expected a whole number with ms, s, m or h, from 5ms to 1m, like 200ms",
                "GATEWAY_REDIS_MAX_WAIT | 49ms | expected 50ms or longer, as GATEWAY_REDIS_TIMEOUT is",
                "GATEWAY_REDIS_FALLBACK | none | expected divide, local, open or closed",
                "GATEWAY_REDIS_REQUIRED | yes | expected true or false"
            })
    void what_redis_needs_is_checked_even_without_a_url(String name, String text, String expected) {
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(Map.of(name, text)));
        assertTrue(bad.getMessage().startsWith(name + "=" + text + ": " + expected), bad.getMessage());
    }

    @ParameterizedTest
    @CsvSource({"50ms,'',200ms", "50ms,50ms,50ms", "20ms,'',80ms", "20ms,1m,1m", "10s,'',40s"})
    void a_request_waits_four_times_as_long_as_redis_may_take_unless_it_is_set(
            String timeout, String maxWait, String expected) {
        Map<String, String> settings = Map.of(
                "GATEWAY_REDIS_URL", "redis://h:1",
                "GATEWAY_REDIS_TIMEOUT", timeout,
                "GATEWAY_REDIS_MAX_WAIT", maxWait);
        assertEquals(
                Durations.parse(expected),
                Settings.from(settings).redis().orElseThrow().maxWait());
    }

    @Test
    void an_empty_variable_means_the_default() {
        assertEquals(8000, Settings.from(Map.of("GATEWAY_PORT", " ")).port());
    }

    @Test
    void services_are_separated_by_commas_and_listed_once() {
        Settings settings = Settings.from(Map.of("GATEWAY_SERVICES", " http://a:1, http://b:2 ,,http://a:1/"));
        assertEquals(
                List.of("http://a:1", "http://b:2"),
                settings.services().stream().map(ServiceUrl::toString).toList());
    }

    @ParameterizedTest
    @CsvSource({
        "http://localhost:8000/api",
        "http://127.0.0.7:8000",
        "http://[::1]:8000",
        "http://0.0.0.0:8000",
        "http://127.0.0.1:8020",
        "http://localhost:8080"
    })
    void a_service_at_one_of_the_gateways_own_ports_is_refused(String url) {
        Map<String, String> settings = Map.of(
                "GATEWAY_PORT", "8000",
                "GATEWAY_ADMIN_PORT", "8020",
                "GATEWAY_HTTP_REDIRECT_PORT", "8080",
                "GATEWAY_TLS_CERT", "cert.pem",
                "GATEWAY_TLS_KEY", "key.pem",
                "GATEWAY_SERVICES", url);
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(settings));
        assertEquals("GATEWAY_SERVICES=" + url + ": is the gateway's own address", bad.getMessage());
    }

    @Test
    void all_bad_urls_of_a_list_are_named_whatever_is_wrong_with_them() {
        Map<String, String> settings = Map.of("GATEWAY_SERVICES", "a:1,http://b:2,http://localhost:8000");
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(settings));
        List<String> lines = bad.getMessage().lines().toList();
        assertEquals(2, lines.size(), bad.getMessage());
        assertTrue(lines.get(0).contains(": the URL a:1 must start with http:// or https://; expected"), lines.get(0));
        assertEquals("GATEWAY_SERVICES=http://localhost:8000: is the gateway's own address", lines.get(1));
    }

    @Test
    void two_services_that_would_have_the_same_name_are_refused() {
        Exception bad = assertThrows(
                InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_SERVICES", "http://h:1,http://h:1/b")));
        assertEquals(2, bad.getMessage().lines().count(), bad.getMessage());
    }

    @Test
    void the_limit_can_be_off() {
        assertEquals(
                Optional.empty(),
                Settings.from(Map.of("GATEWAY_RATE_LIMIT", "off")).rateLimit());
    }

    @Test
    void the_access_log_is_text_or_json_or_off() {
        assertEquals(
                Optional.of(LogForm.JSON),
                Settings.from(Map.of("GATEWAY_ACCESS_LOG", "json")).accessLog());
        assertEquals(
                Optional.empty(),
                Settings.from(Map.of("GATEWAY_ACCESS_LOG", "off")).accessLog());
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "GATEWAY_HOST, 'not a host', 'expected an address or a host name, like 0.0.0.0, 127.0.0.1 or ::'",
        "GATEWAY_PORT, 65536, 'expected a whole number from 0 to 65535, like 8000'",
        "GATEWAY_PORT, eighty, 'expected a whole number from 0 to 65535, like 8000'",
        "GATEWAY_RATE_LIMIT, none, 'expected N/duration with N from 1 to 1000000 and a duration from 10ms to 24h (ms, s, m or h), like 5/60s, or off'",
        "GATEWAY_RATE_LIMIT_CLIENTS, 0, 'expected a whole number from 1 to 10000000, like 200000'",
        "GATEWAY_ACCESS_LOG, xml, 'expected text, json or off'",
        "GATEWAY_SERVICES, 'http://a:1,b:2,c', 'the URL b:2 must start with http:// or https://; the URL c must start with http:// or https://; expected URLs like http://localhost:8001, comma-separated'",
        "GATEWAY_HEALTH_INTERVAL, 2, 'expected a whole number with ms, s, m or h, from 10ms to 1h, like 2s'",
        "GATEWAY_HEALTH_TIMEOUT, 2m, 'expected a whole number with ms, s, m or h, from 10ms to 1m, like 1s'",
        "GATEWAY_HEALTH_RISE, 0, 'expected a whole number from 1 to 100, like 2'",
        "GATEWAY_ADMIN_PORT, -1, 'expected a whole number from 0 to 65535, like 8100'",
        "GATEWAY_HEALTH_FALL, 101, 'expected a whole number from 1 to 100, like 3'",
        "GATEWAY_CONNECT_TIMEOUT, 1ms, 'expected a whole number with ms, s, m or h, from 10ms to 1m, like 5s'",
        "GATEWAY_UPSTREAM_TIMEOUT, 0s, 'expected a whole number with ms, s, m or h, from 50ms to 24h, like 30s'",
        "GATEWAY_LEASE, 100ms, 'expected a whole number with ms, s, m or h, from 1s to 24h, like 15s'",
        "GATEWAY_DRAIN, long, 'expected a whole number with ms, s, m or h, from 0s to 1h, like 10s'",
        "GATEWAY_MAX_URI, 10MB, 'expected a whole number with B, KB, MB or GB, from 256B to 1MB, like 8KB'",
    })
    void a_bad_setting_is_named_with_its_value_and_what_is_expected(String name, String value, String expected) {
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(Map.of(name, value)));
        assertEquals(name + "=" + value + ": " + expected, bad.getMessage());
    }

    /** Each example that a message gives is a value that works. */
    @Test
    void the_example_of_a_message_works() {
        int examples = 0;
        for (SettingGroup group : SettingGroups.OF_GATEWAY) {
            for (Setting<?> setting : group.settings()) {
                String message = complaint(setting);
                Matcher like = Pattern.compile(", like ([^ ,;]+)(, or off)?$").matcher(message);
                if (like.find() && !message.contains("path of a file")) {
                    assertNotNull(setting.parser().apply(like.group(1)), message);
                    examples++;
                }
            }
        }
        assertTrue(examples >= 30, examples + " messages have an example");
    }

    private static String complaint(Setting<?> setting) {
        try {
            setting.parser().apply("-----BEGIN?");
            return "";
        } catch (IllegalArgumentException e) {
            return e.getMessage();
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(strings = {"5/minute", "5 per minute", "5/1min", "5/60", "5 / 60s", "0/60s", "5/1d", "a/60s", "5"})
    void a_bad_rate_gets_the_sentence_with_an_example_that_works(String text) {
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_RATE_LIMIT", text)));
        assertEquals("GATEWAY_RATE_LIMIT=" + text + ": expected " + Rate.FORM + ", or off", bad.getMessage());
        assertTrue(bad.getMessage().endsWith("like 5/60s, or off"), bad.getMessage());
    }

    @Test
    void a_password_or_a_key_where_none_belongs_is_not_repeated() {
        Map<String, String> settings = Map.of(
                "GATEWAY_SERVICES", "http://me:hush@a:1,http://b:2?key=hush",
                "GATEWAY_TLS_KEY", "-----BEGIN PRIVATE KEY-----hush",
                "GATEWAY_REDIS_URL", "http://:hush@h",
                "GATEWAY_STICKY_SECRET", "hush hush hush hush",
                "GATEWAY_ADMIN_TOKEN", "hush");
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(settings));
        assertEquals(5, bad.getMessage().lines().count(), bad.getMessage());
        assertFalse(bad.getMessage().contains("hush"), bad.getMessage());
        assertTrue(bad.getMessage().contains("GATEWAY_SERVICES=http://(hidden)@a:1,http://b:2?(hidden): "));
        assertTrue(bad.getMessage()
                .contains("GATEWAY_TLS_KEY=(hidden): expected the path of a file, not what is in it, like /etc/"));
        bad = assertThrows(
                InvalidSettings.class,
                () -> ServiceSettings.from(Map.of("GATEWAY_URL", "http://me:hush@a:1"), List.of(), 8001));
        assertFalse(bad.getMessage().contains("hush"), bad.getMessage());
    }

    /** A list is split at its commas, and each part was once shown, with half of the password in it. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "http://me:hu,sh@a            | http://(hidden)@a",
                "http://me:hu,sh@a,http://b:2 | http://(hidden)@a,http://b:2",
                "http://b:2,http://me:hu,sh@a | http://(hidden)@a",
                "http://me:80,sh@a            | http://(hidden)@a",
                "http://me:99999,sh@a         | http://(hidden)@a",
                "http://me:hu,http://sh@a     | http://(hidden)@a",
                "http://me:hu/sh@a            | http://(hidden)@a",
                "http://me:hu@sh@a            | http://(hidden)@a",
                "http://me:hu sh@a            | http://(hidden)@a",
                "me:hu,sh@a:1                 | (hidden)@a:1",
                "hu,sh:@a:1                   | (hidden)@a:1",
                "//me:hu,sh@a:1               | (hidden)@a:1",
                "http://a:1?key=hu,sh         | http://a:1?(hidden)",
                "http://a:1?hu,http://sh      | http://a:1?(hidden)",
                "http://a:1#hu,sh             | http://a:1#(hidden)",
                "http://169.254.169.254,hush@a | http://(hidden)@a",
            })
    void no_part_of_what_could_be_a_password_is_shown(String urls, String shown) {
        List<Exception> refusals = List.of(
                assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_SERVICES", urls))),
                assertThrows(
                        InvalidSettings.class,
                        () -> ServiceSettings.from(Map.of("GATEWAY_URL", urls), List.of(), 8001)),
                assertThrows(
                        InvalidSettings.class,
                        () -> ServiceSettings.from(Map.of("SERVICE_URL", urls), List.of(), 8001)));
        for (Exception refusal : refusals) {
            String message = refusal.getMessage();
            assertTrue(
                    message.contains("_URL=" + shown + ": ") || message.contains("_SERVICES=" + shown + ": "), message);
            for (String part : List.of("hu", "sh", "me:", "80", "99999", "169")) {
                assertFalse(message.replace("localhost:800", "").contains(part), message);
            }
        }
    }

    /** It isn't a URL, and what it is must be seen. */
    @Test
    void the_path_of_a_file_is_shown_though_it_has_signs_of_a_password() {
        for (String path : List.of("/none/a:b@c?d", "./none:b@c", "../none:b@c")) {
            Exception bad =
                    assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_ADMIN_TOKEN_FILE", path)));
            assertTrue(bad.getMessage().startsWith("GATEWAY_ADMIN_TOKEN_FILE=" + path + ": "), bad.getMessage());
        }
    }

    /** It was taken silently, and the gateway shared nothing. */
    @Test
    void redis_that_is_required_must_be_named() {
        Exception bad =
                assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_REDIS_REQUIRED", "true")));
        assertEquals(
                "GATEWAY_REDIS_REQUIRED=true: has no effect without GATEWAY_REDIS_URL; set that, too",
                bad.getMessage());
        assertEquals(
                Optional.empty(),
                Settings.from(Map.of("GATEWAY_REDIS_REQUIRED", "false")).redis());
        bad = assertThrows(
                InvalidSettings.class,
                () -> Settings.from(Map.of("GATEWAY_REDIS_REQUIRED", "true", "GATEWAY_REDIS_URL", "h")));
        assertEquals(1, bad.getMessage().lines().count(), bad.getMessage());
    }

    @ParameterizedTest(name = "{0} at {1}, admin at {2}: refused {3}")
    @CsvSource({
        "GATEWAY_PORT, 127.0.0.1, 127.0.0.1, true",
        "GATEWAY_ADMIN_PORT, 0.0.0.0, 127.0.0.1, true",
        "GATEWAY_ADMIN_PORT, 127.0.0.1, 127.0.0.1, true",
        "GATEWAY_ADMIN_PORT, 127.0.0.2, 127.0.0.1, false",
    })
    void a_port_for_redirects_that_the_gateway_has_already_is_refused(
            String same, String host, String adminHost, boolean refused) {
        Map<String, String> settings = Map.of(
                "GATEWAY_TLS_CERT",
                "cert.pem",
                "GATEWAY_TLS_KEY",
                "key.pem",
                "GATEWAY_HOST",
                host,
                "GATEWAY_ADMIN_HOST",
                adminHost,
                same,
                "8443",
                "GATEWAY_HTTP_REDIRECT_PORT",
                "8443");
        if (refused) {
            Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(settings));
            assertEquals(
                    "GATEWAY_HTTP_REDIRECT_PORT=8443: is the same as " + same + "; expected another port",
                    bad.getMessage());
        } else {
            assertEquals(3, Settings.from(settings).listenPorts().size());
        }
    }

    @Test
    void all_bad_settings_are_named_at_once() {
        Exception bad = assertThrows(
                InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_PORT", "x", "GATEWAY_LEASE", "y")));
        assertEquals(2, bad.getMessage().lines().count(), bad.getMessage());
    }

    @Test
    void the_groups_of_help_have_each_setting_that_is_read() {
        Set<String> asked = new TreeSet<>();
        Settings.from(new HashMap<>() {
            private static final long serialVersionUID = 1;

            @Override
            public String getOrDefault(Object name, String none) {
                asked.add((String) name);
                return none;
            }
        });
        List<String> listed = SettingGroups.OF_GATEWAY.stream()
                .flatMap(group -> group.settings().stream())
                .map(Setting::name)
                .sorted()
                .toList();
        assertEquals(List.copyOf(asked), listed);
    }

    @Test
    void a_services_port_is_its_argument_else_its_variable_else_its_own() {
        assertEquals(8001, ServiceSettings.from(Map.of(), List.of(), 8001).port());
        assertEquals(
                9,
                ServiceSettings.from(Map.of("SERVICE_PORT", "9"), List.of(), 8001)
                        .port());
        assertEquals(
                7,
                ServiceSettings.from(Map.of("SERVICE_PORT", "9"), List.of("7"), 8001)
                        .port());
    }

    @Test
    void a_service_registers_localhost_and_its_port_unless_told_otherwise() {
        assertEquals(
                "http://localhost:81",
                ServiceSettings.from(Map.of(), List.of(), 8001).url(81).toString());
        assertEquals(
                "http://orders:80",
                ServiceSettings.from(Map.of("SERVICE_URL", "http://orders"), List.of(), 8001)
                        .url(81)
                        .toString());
    }

    @Test
    void a_service_says_its_route_weight_and_health_only_when_they_are_set() {
        assertEquals(
                Placement.NONE, ServiceSettings.from(Map.of(), List.of(), 8001).placement());
        assertEquals(
                new Placement(
                        Optional.of("shop"),
                        Optional.of(0),
                        Optional.of(HealthCheck.http("/up", HealthCheck.statuses("200-399,401")))),
                ServiceSettings.from(
                                Map.of(
                                        "SERVICE_ROUTE", "shop",
                                        "SERVICE_WEIGHT", "0",
                                        "SERVICE_HEALTH", "/up 200-399,401"),
                                List.of(),
                                8001)
                        .placement());
    }

    @Test
    void a_services_bad_argument_is_named() {
        Exception bad = assertThrows(InvalidSettings.class, () -> ServiceSettings.from(Map.of(), List.of("x"), 8001));
        assertEquals(
                "argument x: expected a whole number from 0 to 65535, like 8001 (the port), or --help",
                bad.getMessage());
        bad = assertThrows(
                InvalidSettings.class, () -> ServiceSettings.from(Map.of("GATEWAY_URL", "localhost"), List.of(), 8001));
        assertEquals(
                "GATEWAY_URL=localhost: the URL localhost must start with http:// or https://; expected URLs like"
                        + " http://localhost:8001, comma-separated",
                bad.getMessage());
    }

    @Test
    void a_service_may_have_several_gateways() {
        assertEquals(
                "[http://a:1, http://b:2]",
                ServiceSettings.from(Map.of("GATEWAY_URL", "http://a:1, http://b:2"), List.of(), 8001)
                        .gateways()
                        .toString());
        assertThrows(
                InvalidSettings.class,
                () -> ServiceSettings.from(Map.of("GATEWAY_URL", "http://a:1,"), List.of(), 8001));
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "SERVICE_ROUTE  | a/b        | expected the name of a route",
                "SERVICE_WEIGHT | 1001       | expected a whole number from 0 to 1000, like 1",
                "SERVICE_HEALTH | up         | expected tcp, off, or a path and statuses like /healthz 200-399",
                "SERVICE_HEALTH | /up 2xx    | expected statuses from 200 to 599"
            })
    void a_services_bad_placement_is_named(String name, String value, String message) {
        Exception bad =
                assertThrows(InvalidSettings.class, () -> ServiceSettings.from(Map.of(name, value), List.of(), 8001));
        assertTrue(bad.getMessage().startsWith(name + "=" + value + ": " + message), bad.getMessage());
    }

    @Test
    void a_service_makes_no_trouble_unless_told() {
        ServiceSettings settings = ServiceSettings.from(Map.of(), List.of(), 8001);
        assertEquals(Duration.ZERO, settings.latency());
        assertEquals(0, settings.errorRate());
        settings =
                ServiceSettings.from(Map.of("SERVICE_LATENCY", "40ms", "SERVICE_ERROR_RATE", " .5 "), List.of(), 8001);
        assertEquals(Duration.ofMillis(40), settings.latency());
        assertEquals(0.5, settings.errorRate());
    }

    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "SERVICE_LATENCY, 40, 'expected a whole number with ms, s, m or h, from 0ms to 1m, like 1m'",
        "SERVICE_LATENCY, 61s, 'expected a whole number with ms, s, m or h, from 0ms to 1m, like 1m'",
        "SERVICE_ERROR_RATE, 5%, 'expected a share from 0 to 1, like 0.05'",
        "SERVICE_ERROR_RATE, 1.01, 'expected a share from 0 to 1, like 0.05'",
        "SERVICE_ERROR_RATE, -0.1, 'expected a share from 0 to 1, like 0.05'",
        "SERVICE_ERROR_RATE, NaN, 'expected a share from 0 to 1, like 0.05'",
    })
    void a_services_bad_setting_is_named_with_its_value_and_what_is_expected(
            String name, String value, String expected) {
        Exception bad =
                assertThrows(InvalidSettings.class, () -> ServiceSettings.from(Map.of(name, value), List.of(), 8001));
        assertEquals(name + "=" + value + ": " + expected, bad.getMessage());
    }
}
