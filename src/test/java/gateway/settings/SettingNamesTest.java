package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.service.ServiceSettings;
import java.util.List;
import java.util.Map;
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
        "GATEWAY_COFFEE, --help lists them",
        "GATEWAY_, --help lists them",
    })
    void a_variable_that_is_no_setting_is_named_with_the_setting_that_is_near(String name, String words) {
        assertEquals(List.of(name + ": unknown setting; " + words), SettingGroups.NAMES.unknown(Map.of(name, "hush")));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({"GATEWAY_PORT", "GATEWAY_URL", "GATEWAY_CA", "GATEWAYS", "SERVICE_PROT", "PATH"})
    void other_variables_are_not_named(String name) {
        assertEquals(List.of(), SettingGroups.NAMES.unknown(Map.of(name, "x")));
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
