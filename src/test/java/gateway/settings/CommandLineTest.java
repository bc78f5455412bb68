package gateway.settings;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.check.ConfigCheck;
import gateway.service.ServiceSettings;
import gateway.util.Release;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class CommandLineTest {
    private static final CommandLine GATEWAY = ConfigCheck.COMMAND_LINE;
    private static final CommandLine SERVICE = ServiceSettings.commandLine("ServiceA", 8001);

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "--chekc, --check",
        "check, --check",
        "--check_client, --check-client",
        "--vesrion, --version",
        "-help, --help",
        "--pere, --peer"
    })
    void the_option_nearest_to_an_unknown_argument_is_named(String argument, String meant) {
        assertEquals(
                Optional.of(
                        "unknown argument " + argument + "; did you mean " + meant + "? expected " + GATEWAY.usage()),
                GATEWAY.complaint(List.of(argument)));
    }

    @Test
    void an_argument_that_is_like_no_option_is_named_alone() {
        assertEquals(
                Optional.of("unknown argument now; expected java GatewayApp.java [--check] [--check-client"
                        + " \"ADDRESS, ADDRESS\" --peer ADDRESS] [--help] [--version]"),
                GATEWAY.complaint(List.of("now")));
        assertEquals(Optional.of("unknown argument \"\"; expected " + GATEWAY.usage()), GATEWAY.complaint(List.of("")));
    }

    /** Services take it as an argument, so whoever has started one tries that. */
    @Test
    void who_gives_the_gateway_a_port_is_told_its_setting() {
        assertEquals(
                Optional.of("unknown argument 8080; for this port, set GATEWAY_PORT=8080; expected " + GATEWAY.usage()),
                GATEWAY.complaint(List.of("8080")));
    }

    @Test
    void a_service_takes_a_port_and_nothing_else() {
        assertEquals(Optional.empty(), SERVICE.complaint(List.of()));
        assertEquals(Optional.empty(), SERVICE.complaint(List.of("8001")));
        String usage = "expected java ServiceA.java [port] [--help] [--version]";
        assertEquals(Optional.of("unknown argument 2; " + usage), SERVICE.complaint(List.of("8001", "2")));
        assertEquals(
                Optional.of("unknown argument --hlep; did you mean --help? " + usage),
                SERVICE.complaint(List.of("--hlep")));
    }

    @Test
    void the_version_names_the_program_and_java() {
        String java = Release.VERSION + ", Java " + System.getProperty("java.version");
        assertEquals("API Gateway " + java, GATEWAY.version());
        assertEquals("ServiceA " + java, SERVICE.version());
    }

    @Test
    void help_has_each_option_with_an_example_and_each_group_with_its_settings() {
        String help = GATEWAY.help();
        assertTrue(help.startsWith(GATEWAY.usage() + "\n"), help);
        for (CommandLine.Option option : GATEWAY.options()) {
            assertTrue(help.contains("\n  " + option.form() + "\n"), help);
            assertTrue(help.contains("\n      " + option.example() + "\n"), help);
            assertTrue(option.example().contains(option.form().split(" ")[0]), option.example());
        }
        for (SettingGroup group : SettingGroups.OF_GATEWAY) {
            String first = group.settings().get(0).name();
            assertTrue(help.contains("\n\n" + group.title() + ":\n  " + first), help);
        }
        assertTrue(help.contains("(default 5/60s)"), help);
        assertTrue(help.lines().allMatch(line -> line.length() <= 170), help);
    }
}
