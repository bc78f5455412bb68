package gateway.state;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventListener;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Draining;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.config.PutRoutes;
import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import gateway.util.Timer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.BasicFileAttributes;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When the file of the state is written. */
class StateKeeperTest {
    private static final String UNSAVED =
            "the file can't be written: its folder isn't there; a restart would forget the last changes";

    private final ServiceList services = new ServiceList(new FakeTime());
    private final List<String> told = new ArrayList<>();

    @TempDir
    Path folder;

    private Path path;
    private StateKeeper keeper;

    @BeforeEach
    void begin() throws IOException {
        path = Files.createDirectory(folder.resolve("kept")).resolve("state.json");
        keeper = keeper(Map.of("GATEWAY_STATE", path.toString()));
    }

    private StateKeeper keeper(Map<String, String> environment) {
        Settings settings = Settings.from(environment);
        return new StateKeeper(
                settings,
                services,
                new PutRoutes(TestRoutes.usual(services), settings, EventListener.NONE),
                (kind, subject, reason, who) -> told.add(kind.word() + ": " + reason));
    }

    /** A gateway's with another list and the same file. */
    private StateKeeper keeper(ServiceList other) {
        Settings settings = Settings.from(Map.of("GATEWAY_STATE", path.toString()));
        return new StateKeeper(
                settings,
                other,
                new PutRoutes(TestRoutes.usual(other), settings, EventListener.NONE),
                EventListener.NONE);
    }

    private void register(String name, String lease) {
        services.register(
                new Service(
                        name,
                        ServiceUrl.parse("http://h:1"),
                        Optional.ofNullable(lease).map(any -> Duration.ofSeconds(15))),
                Who.GATEWAY);
    }

    /** Each writing makes another file. */
    private Object fileKey() throws IOException {
        return Files.readAttributes(path, BasicFileAttributes.class).fileKey();
    }

    @Test
    void only_a_change_is_written() throws IOException {
        register("a", null);
        keeper.save();
        Object first = fileKey();
        register("a", null); // renews
        services.admit(services.all().get(0), "well");
        keeper.save();
        assertEquals(first, fileKey());
        services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        keeper.save();
        assertNotEquals(first, fileKey());
        assertTrue(Files.readString(path).contains("\"stay\""));
    }

    @Test
    void another_lease_is_a_change() throws IOException {
        register("a", null);
        keeper.save();
        register("a", "15s");
        keeper.save();
        assertTrue(Files.readString(path).contains("\"15s\""));
    }

    @Test
    void what_could_not_be_written_is_written_when_it_can_be() throws IOException {
        register("a", null);
        keeper.save();
        Files.delete(path);
        Files.delete(path.getParent());
        register("b", null);
        keeper.save();
        assertFalse(Files.exists(path));
        Files.createDirectory(path.getParent());
        keeper.save();
        assertTrue(Files.readString(path).contains("\"b\""));
    }

    /** It was once in the log alone, where nobody looks as long as all is served. */
    @Test
    void that_it_can_not_be_written_is_told_once_until_it_can_be_again() throws IOException {
        register("a", null);
        keeper.save();
        assertEquals(Optional.empty(), keeper.trouble());
        Files.delete(path);
        Files.delete(path.getParent());
        register("b", null);
        keeper.save();
        keeper.save();
        assertEquals(List.of("unsaved: " + UNSAVED), told);
        assertEquals(Optional.of("GATEWAY_STATE: " + UNSAVED), keeper.trouble(), "without the path, for anybody");
        services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
        keeper.save();
        assertEquals(1, told.size(), "nothing is left to write, but whether it could be isn't known");
        Files.createDirectory(path.getParent());
        keeper.save();
        assertEquals(List.of("unsaved: " + UNSAVED, "saved: the file is written again"), told);
        assertEquals(Optional.empty(), keeper.trouble());
        assertTrue(Files.exists(path));
    }

    /** As an upgrade does that shares the port: services renew at the new gateway, so their leases end at the old one. */
    @Test
    void a_file_that_a_newer_gateway_has_written_is_left_to_it() throws IOException {
        register("a", "15s");
        keeper.save();
        ServiceList newer = new ServiceList(new FakeTime());
        try (Timer timer = new Timer("state-test")) {
            keeper(newer).start(timer);
        }
        String content = Files.readString(path);
        services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        keeper.save();
        keeper.close();
        assertEquals(content, Files.readString(path));
        assertTrue(content.contains("\"a\""), content);
        String left = "another process has written the file; changes at this gateway aren't kept any more, until it"
                + " restarts";
        assertEquals(List.of("unsaved: " + left), told);
        assertEquals(Optional.of("GATEWAY_STATE: " + left), keeper.trouble());
    }

    @Test
    void a_file_that_is_gone_is_written_again_with_the_next_change() throws IOException {
        register("a", null);
        keeper.save();
        Files.delete(path);
        register("b", null);
        keeper.save();
        assertTrue(Files.readString(path).contains("\"b\""));
    }

    @Test
    void a_start_tidies_up_after_a_gateway_that_was_killed_while_it_wrote() throws IOException {
        Path left = Files.writeString(path.resolveSibling("state.json.4711.tmp"), "{");
        try (Timer timer = new Timer("state-test")) {
            keeper.start(timer);
        }
        assertFalse(Files.exists(left));
        assertTrue(Files.exists(path));
    }

    /** The list is empty then, and the file must not become so. */
    @Test
    void a_gateway_that_stops_before_it_has_started_leaves_the_file_as_it_is() throws IOException {
        register("a", null);
        keeper.save();
        String content = Files.readString(path);
        keeper(new ServiceList(new FakeTime())).close();
        assertEquals(content, Files.readString(path));
    }

    @Test
    void a_file_that_can_not_be_written_keeps_the_gateway_from_starting() {
        Path lost = folder.resolve("none").resolve("state.json");
        StateKeeper there = keeper(Map.of("GATEWAY_STATE", lost.toString()));
        try (Timer timer = new Timer("state-test")) {
            String message = assertThrows(InvalidSettings.class, () -> there.start(timer))
                    .getMessage();
            assertEquals(
                    "GATEWAY_STATE=" + lost + ": can't be written: its folder " + lost.getParent()
                            + " isn't there; create it, and let the gateway's user write there",
                    message);
        }
    }

    @Test
    void a_service_that_may_no_longer_be_there_is_left_out() throws IOException {
        register("a", null);
        keeper.save();
        ServiceList after = new ServiceList(new FakeTime());
        Files.writeString(path, Files.readString(path).replace("http://h:1", "http://169.254.169.254"));
        try (Timer timer = new Timer("state-test")) {
            keeper(after).start(timer);
        }
        assertEquals(0, after.all().size());
    }
}
