package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gateway.service.ServiceSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingNamesTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "GATEWAY_RATE_LIMT, did you mean GATEWAY_RATE_LIMIT?",
        "GATEWAY_RATELIMIT, did you mean GATEWAY_RATE_LIMIT?",
        "GATEWAY_rate_limit, did you mean GATEWAY_RATE_LIMIT?",
        "GATEWAY_PROT, did you mean GATEWAY_PORT?",
        "GATEWAY_ULR, did you mean GATEWAY_URL?",
        "GATEWAY_MAX_CONNECTION_PER_CLIENT, did you mean GATEWAY_MAX_CONNECTIONS_PER_CLIENT?",
        "gateway_rate_limit, did you mean GATEWAY_RATE_LIMIT?",
        "Gateway_Port, did you mean GATEWAY_PORT?",
        "GATEWAY_COFFEE, --help lists them",
        "GATEWAY_, --help lists them",
    })
    void a_variable_that_is_no_setting_is_named_with_the_setting_that_is_near(String name, String words) {
        assertEquals(List.of(name + ": unknown setting; " + words), SettingGroups.NAMES.unknown(Map.of(name, "hush")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GATEWAY_PORT", "GATEWAY_URL", "GATEWAY_CA", "GATEWAYS", "gateway_interface", "SERVICE_PROT", "PATH"})
    void other_variables_are_not_named(String name) {
        assertEquals(List.of(), SettingGroups.NAMES.unknown(Map.of(name, "x")));
    }

    // Kubernetes sets these in each container for a service that is named gateway, or gateway-eu.
    @ParameterizedTest(name = "{0}={1}")
    @CsvSource({
        "GATEWAY_SERVICE_HOST, 10.0.0.11",
        "GATEWAY_SERVICE_PORT, 8000",
        "GATEWAY_SERVICE_PORT_HTTP, 8000",
        "GATEWAY_PORT, tcp://10.0.0.11:8000",
        "GATEWAY_PORT_8000_TCP, tcp://10.0.0.11:8000",
        "GATEWAY_PORT_8000_TCP_PROTO, tcp",
        "GATEWAY_PORT_8000_TCP_PORT, 8000",
        "GATEWAY_PORT_8000_TCP_ADDR, 10.0.0.11",
        "GATEWAY_EU_SERVICE_HOST, 10.0.0.11",
        "GATEWAY_EU_PORT, tcp://10.0.0.11:8000",
        "GATEWAY_ADMIN_PORT, tcp://10.0.0.12:9000",
    })
    void links_to_services_are_no_settings(String name, String value) {
        assertEquals(List.of(), SettingGroups.NAMES.unknown(Map.of(name, value)));
        Settings settings = Settings.from(Map.of(name, value));
        assertEquals(8000, settings.port());
        assertEquals(Optional.empty(), settings.access().port());
    }

    @Test
    void a_port_that_is_no_link_is_still_a_mistake() {
        assertThrows(InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_PORT", "http://10.0.0.11:8000")));
        assertEquals(
                1,
                SettingGroups.NAMES.unknown(Map.of("GATEWAY_EU_PORT", "8000")).size());
    }

    @Test
    void a_service_names_its_own_alone() {
        assertEquals(
                List.of("SERVICE_LATENCI: unknown setting; did you mean SERVICE_LATENCY?"),
                ServiceSettings.names(8001)
                        .unknown(Map.of("SERVICE_LATENCI", "1s", "GATEWAY_RATE_LIMT", "5/1s", "SERVICE_URL", "")));
    }

    @Test
    void what_the_services_read_is_no_unknown_setting_to_the_gateway() {
        ServiceSettings.names(8001).groups().stream()
                .flatMap(group -> group.settings().stream())
                .forEach(setting -> assertEquals(List.of(), SettingGroups.NAMES.unknown(Map.of(setting.name(), "x"))));
    }
}
