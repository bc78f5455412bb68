package gateway.state;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.net.ServiceUrl;
import gateway.registry.Draining;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** What is written is read again, whole or not at all. */
class StateFileTest {
    private static final KeptState FULL = new KeptState(
            List.of(
                    new Service("orders", ServiceUrl.parse("http://h:1"), Optional.empty()),
                    new Service(
                            "shop",
                            "cart",
                            ServiceUrl.parse("https://[::1]:8443"),
                            Optional.of(Duration.ofSeconds(15)),
                            Optional.of("web-1"),
                            Optional.of(0),
                            Optional.of(HealthCheck.TCP))),
            List.of(
                    new KeptState.Drain("default", "orders", "http://h:1", Draining.KEEPING_SESSIONS),
                    new KeptState.Drain("shop", "h-2", "http://h:2", Draining.MOVING_SESSIONS)),
            new TreeMap<>(Map.of("shop", "{\"match\":{\"path\":\"/shop\"}}")));

    @TempDir
    Path folder;

    private Path path;
    private StateFile file;

    @BeforeEach
    void begin() {
        path = folder.resolve("state.json");
        file = new StateFile(path);
    }

    private static Settings settings() {
        return Settings.from(Map.of());
    }

    private List<String> files() throws IOException {
        try (Stream<Path> all = Files.list(folder)) {
            return all.map(each -> each.getFileName().toString()).sorted().toList();
        }
    }

    @Test
    void what_is_written_is_read_again() throws IOException {
        for (KeptState state : List.of(FULL, KeptState.NOTHING, FULL)) {
            file.write(state);
            assertEquals(state, file.read());
        }
        assertEquals(List.of("state.json"), files(), "nothing else is left");
        assertEquals("2 services, 2 drains, 1 route", file.check(settings()));
    }

    @Test
    void no_file_keeps_nothing() {
        assertEquals(KeptState.NOTHING, file.read());
        assertEquals("nothing yet", file.check(settings()));
    }

    @Test
    void only_its_owner_may_read_it_even_if_others_could_before() throws IOException {
        Files.writeString(path, "");
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString("rw-r--r--"));
        file.write(FULL);
        assertEquals("rw-------", PosixFilePermissions.toString(Files.getPosixFilePermissions(path)));
    }

    @Test
    void a_link_stays_a_link() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("state.json");
        Files.writeString(real, "");
        Files.createSymbolicLink(path, real);
        file.write(FULL);
        assertTrue(Files.isSymbolicLink(path));
        assertEquals(FULL, new StateFile(real).read());
    }

    /** It was once replaced by a file, so that the folder to which it led stayed empty. */
    @Test
    void a_link_to_a_file_that_is_not_there_yet_stays_a_link_too() throws IOException {
        Path real = Files.createDirectory(folder.resolve("real")).resolve("state.json");
        Path between = Files.createSymbolicLink(folder.resolve("between"), Path.of("real", "state.json"));
        Files.createSymbolicLink(path, between);
        assertEquals(KeptState.NOTHING, file.read());
        assertEquals("nothing yet", file.check(settings()));
        file.write(FULL);
        assertTrue(Files.isSymbolicLink(path));
        assertTrue(Files.isSymbolicLink(between));
        assertEquals(FULL, new StateFile(real).read());
        assertEquals(FULL, file.read());
        assertFalse(file.isOthers());
    }

    @Test
    void a_link_into_a_folder_that_is_not_there_is_refused() throws IOException {
        Files.createSymbolicLink(path, Path.of("none", "state.json"));
        String message = assertThrows(InvalidSettings.class, file::checkFolder).getMessage();
        assertEquals(
                "GATEWAY_STATE=" + path + ": is a link to " + folder.resolve("none/state.json")
                        + ", which can't be written: its folder " + folder.resolve("none")
                        + " isn't there; create it, and let the gateway's user write there",
                message);
        assertThrows(IOException.class, () -> file.write(FULL));
        assertTrue(Files.isSymbolicLink(path));
    }

    @Test
    void links_that_lead_in_a_circle_are_refused() throws IOException {
        Files.createSymbolicLink(path, folder.resolve("other"));
        Files.createSymbolicLink(folder.resolve("other"), path);
        String message = assertThrows(InvalidSettings.class, file::read).getMessage();
        assertTrue(message.contains(": can't be read: Too many levels of symbolic links"), message);
    }

    /** As after a crash of a program that writes in place, or a full disk. */
    @Test
    void a_file_that_ends_too_early_is_refused_and_stays_as_it_is() throws IOException {
        file.write(FULL);
        String whole = Files.readString(path);
        for (int length = 0; length < whole.strip().length(); length++) {
            String half = whole.substring(0, length);
            Files.writeString(path, half);
            String message =
                    assertThrows(InvalidSettings.class, file::read, half).getMessage();
            assertTrue(message.startsWith("GATEWAY_STATE=" + path + ": "), message);
            assertTrue(message.endsWith("; mend it, or move it away to start without what it keeps"), message);
            assertEquals(half, Files.readString(path));
        }
    }

    @ParameterizedTest(name = "{0} for {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "\"http://h:1\"        | \"h:1\"          | services[0].url is \"h:1\": must start with http:// or https://",
                "\"orders\"            | \"my orders\"    | services[0].name is \"my orders\": expected 1 to 64 letters",
                "\"web-1\"             | 7                | services[1].instance is 7: expected text",
                "\"15s\"               | \"soon\"         | services[1].lease is \"soon\": ",
                "\"15s\"               | \"999999999h\"   | services[1].lease is \"999999999h\": expected a duration from 1s to 24h",
                "\"weight\" : 0        | \"weight\" : -1  | services[1].weight is -1: expected a whole number from 0 to 1000",
                "\"tcp\"               | \"udp\"          | services[1].health is \"udp\": must be ",
                "\"move\"              | \"maybe\"        | drains[1].sessions is \"maybe\": expected stay or move",
                "\"lease\"             | \"rent\"         | services[1].rent is not known",
                "\"format\" : 1        | \"format\" : 2   | format is 2: expected 1",
                "\"drains\"            | \"trains\"       | trains is not known",
            })
    void what_the_gateway_did_not_write_is_named(String before, String after, String problem) throws IOException {
        file.write(FULL);
        String edited = Files.readString(path).replaceFirst(Pattern.quote(before), after);
        Files.writeString(path, edited);
        String message = assertThrows(InvalidSettings.class, file::read).getMessage();
        assertTrue(message.startsWith("GATEWAY_STATE=" + path + ": " + problem), message);
        assertEquals(edited, Files.readString(path));
    }

    /** A gateway that is killed while it writes can't tidy up. */
    @Test
    void what_killed_gateways_have_left_is_deleted_and_nothing_else() throws IOException {
        for (String name : List.of(
                "state.json", "state.json.4711.tmp", "state.json.1.tmp", "state.json.old.tmp", "other.json.1.tmp")) {
            Files.writeString(folder.resolve(name), "");
        }
        file.deleteLeftovers();
        assertEquals(List.of("other.json.1.tmp", "state.json", "state.json.old.tmp"), files());
        new StateFile(folder.resolve("none").resolve("state.json")).deleteLeftovers(); // no folder: nothing to do
    }

    @Test
    void a_folder_is_named_as_one() {
        String message =
                assertThrows(InvalidSettings.class, new StateFile(folder)::read).getMessage();
        assertEquals(
                "GATEWAY_STATE=" + folder + ": is a folder; expected a file, like " + folder.resolve("state.json"),
                message);
    }

    @Test
    void a_file_that_is_no_text_is_named_as_such() throws IOException {
        Files.write(path, new byte[] {(byte) 0xff, (byte) 0xfe});
        String message = assertThrows(InvalidSettings.class, file::read).getMessage();
        assertTrue(message.contains(": can't be read: it isn't UTF-8; "), message);
    }

    /** Somebody may have named the wrong file, like that of the token. */
    @Test
    void what_is_in_a_file_that_is_no_json_is_not_repeated() throws IOException {
        Files.writeString(path, "hush0123456789abcdef");
        String message = assertThrows(InvalidSettings.class, file::read).getMessage();
        assertTrue(message.contains(": isn't whole JSON (line 1, column "), message);
        assertFalse(message.contains("hush"), message);
    }

    @Test
    void a_route_that_can_not_be_used_is_found_by_the_check() throws IOException {
        file.write(
                new KeptState(List.of(), List.of(), new TreeMap<>(Map.of("shop", "{\"match\":{\"path\":\"shop\"}}"))));
        String message = assertThrows(InvalidSettings.class, () -> file.check(settings()))
                .getMessage();
        assertTrue(message.contains("the route shop: "), message);
    }

    @Test
    void a_folder_that_is_not_there_is_found_by_the_check_and_named_when_writing() {
        StateFile lost = new StateFile(folder.resolve("none").resolve("state.json"));
        String message = assertThrows(InvalidSettings.class, () -> lost.check(settings()))
                .getMessage();
        assertEquals(
                "GATEWAY_STATE=" + folder.resolve("none").resolve("state.json") + ": can't be written: its folder "
                        + folder.resolve("none") + " isn't there; create it, and let the gateway's user write there",
                message);
        assertThrows(IOException.class, () -> lost.write(FULL));
    }
}
