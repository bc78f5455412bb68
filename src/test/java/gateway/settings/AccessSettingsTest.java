package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.service.ServiceSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Who may change the gateway, as it is set. */
class AccessSettingsTest {
    private static final String TOKEN = "0123456789abcdef";

    private static Map<String, String> settings(String text) {
        return Arrays.stream(text.split(" "))
                .map(one -> one.split("=", 2))
                .collect(Collectors.toMap(one -> one[0], one -> one[1]));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "GATEWAY_ADMIN_TOKEN=short | GATEWAY_ADMIN_TOKEN=(hidden): expected at least 16",
                "GATEWAY_ADMIN_TOKEN=0123456789abcdefü | GATEWAY_ADMIN_TOKEN=(hidden): expected at least 16",
                "GATEWAY_ADMIN_TOKEN_FILE=/none/such | GATEWAY_ADMIN_TOKEN_FILE=/none/such: doesn't exist",
                "GATEWAY_ADMIN_TOKEN=0123456789abcdef GATEWAY_ADMIN_TOKEN_FILE=pom.xml | GATEWAY_ADMIN_TOKEN_FILE=pom.xml: in the file: expected",
                "GATEWAY_ADMIN_PORT=70000 | GATEWAY_ADMIN_PORT=70000: expected a whole number",
                "GATEWAY_ADMIN_PORT=8000 | GATEWAY_ADMIN_PORT=8000: is the same as GATEWAY_PORT; expected another port",
                "GATEWAY_PORT=9 GATEWAY_ADMIN_PORT=9 | GATEWAY_ADMIN_PORT=9: is the same as GATEWAY_PORT",
                "GATEWAY_ADMIN_PORT=9000 GATEWAY_ADMIN_HOST=0.0.0.0 | GATEWAY_ADMIN_HOST=0.0.0.0: set GATEWAY_ADMIN_TOKEN, too",
                "GATEWAY_ADMIN_PORT=9000 GATEWAY_ADMIN_HOST=admin.example | GATEWAY_ADMIN_HOST=admin.example: set GATEWAY_ADMIN_TOKEN, too",
            })
    void what_cannot_be_used_is_named(String set, String complaint) {
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(settings(set)));
        assertTrue(bad.getMessage().startsWith(complaint), bad.getMessage());
        assertFalse(bad.getMessage().contains(TOKEN), bad.getMessage());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "GATEWAY_PORT=0 GATEWAY_ADMIN_PORT=0",
                "GATEWAY_ADMIN_PORT=9000 GATEWAY_ADMIN_HOST=localhost",
                "GATEWAY_ADMIN_PORT=9000 GATEWAY_ADMIN_HOST=::1",
                "GATEWAY_ADMIN_HOST=0.0.0.0",
                "GATEWAY_ADMIN_PORT=9000 GATEWAY_ADMIN_HOST=0.0.0.0 GATEWAY_ADMIN_TOKEN=0123456789abcdef",
            })
    void what_can_be_used_is_taken(String set) {
        Settings.from(settings(set));
    }

    @Test
    void by_default_there_is_neither_token_nor_port() {
        AccessSettings access = Settings.from(Map.of()).access();
        assertEquals(new AccessSettings(Optional.empty(), "127.0.0.1", Optional.empty()), access);
    }

    @Test
    void a_token_and_a_file_with_one_are_too_much(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "another-0123456789");
        Map<String, String> both = Map.of("GATEWAY_ADMIN_TOKEN", TOKEN, "GATEWAY_ADMIN_TOKEN_FILE", file.toString());
        Exception bad = assertThrows(InvalidSettings.class, () -> Settings.from(both));
        assertTrue(bad.getMessage().endsWith("set only one of them"), bad.getMessage());
        assertThrows(InvalidSettings.class, () -> ServiceSettings.from(both, List.of(), 8001));
    }

    @Test
    void an_empty_file_is_no_token(@TempDir Path folder) throws Exception {
        Path file = Files.writeString(folder.resolve("token"), "\n");
        Exception bad = assertThrows(
                InvalidSettings.class, () -> Settings.from(Map.of("GATEWAY_ADMIN_TOKEN_FILE", file.toString())));
        assertTrue(bad.getMessage().contains("the file is empty"), bad.getMessage());
    }

    @Test
    void settings_in_words_have_no_token_in_them() {
        Map<String, String> set = Map.of("GATEWAY_ADMIN_TOKEN", TOKEN);
        assertEquals(Optional.of(TOKEN), Settings.from(set).access().token());
        assertFalse(Settings.from(set).toString().contains(TOKEN));
        assertFalse(ServiceSettings.from(set, List.of(), 8001).toString().contains(TOKEN));
    }
}
