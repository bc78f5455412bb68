package gateway.route.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Event;
import gateway.events.EventKind;
import gateway.events.EventLog;
import gateway.events.Who;
import gateway.registry.ServiceList;
import gateway.route.Route;
import gateway.route.Routes;
import gateway.settings.Settings;
import gateway.testing.TestRoutes;
import gateway.util.Time;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** When a changed file is taken, and when the routes stay. */
class RoutesWatchTest {
    private static final String A = "routes:\n  a: {match: {path: /a}}\n";
    private static final String AB = A + "  b: {match: {path: /b}}\n";

    @TempDir
    Path folder;

    private Path file;
    private Routes routes;
    private RoutesWatch watch;
    private final EventLog events = new EventLog(Time.system());

    @BeforeEach
    void begin() throws IOException {
        file = Files.writeString(folder.resolve("routes.yaml"), A);
        watch = watch(file);
    }

    private RoutesWatch watch(Path path) {
        routes = TestRoutes.usual(new ServiceList(Time.system()));
        return new RoutesWatch(new RoutesFile(path, Settings.from(Map.of())), routes, events);
    }

    private void look(int times) {
        for (int i = 0; i < times; i++) {
            watch.look();
        }
    }

    private List<String> names() {
        return routes.table().all().stream().map(Route::name).toList();
    }

    @Test
    void the_routes_of_the_beginning_are_those_of_the_file() {
        assertEquals(List.of("a"), names());
    }

    @Test
    void a_rewritten_file_is_taken_at_the_second_look() throws IOException {
        Files.writeString(file, AB);
        look(1);
        assertEquals(List.of("a"), names());
        look(1);
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void a_file_that_an_editor_puts_in_the_place_of_the_old_one_is_taken() throws IOException {
        Files.move(file, folder.resolve("routes.yaml~"));
        Path fresh = Files.writeString(folder.resolve(".routes.yaml.swp"), AB);
        Files.move(fresh, file, StandardCopyOption.ATOMIC_MOVE);
        look(2);
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void a_file_behind_a_link_that_is_turned_is_taken() throws IOException {
        Path old = Files.createDirectory(folder.resolve("..1"));
        Path fresh = Files.createDirectory(folder.resolve("..2"));
        Files.writeString(old.resolve("r.yaml"), A);
        Files.writeString(fresh.resolve("r.yaml"), AB);
        Files.createSymbolicLink(folder.resolve("..data"), old);
        watch = watch(Files.createSymbolicLink(folder.resolve("r.yaml"), Path.of("..data", "r.yaml")));
        Path turned = Files.createSymbolicLink(folder.resolve("..tmp"), fresh);
        Files.move(turned, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        look(2);
        assertEquals(List.of("a", "b"), names());
    }

    /** The first half is a file of routes, too. */
    @Test
    void a_file_that_is_being_written_is_taken_when_it_is_whole() throws IOException {
        byte[] whole = (AB + "  c: {match: {path: /c}}\n").getBytes(StandardCharsets.UTF_8);
        try (OutputStream out = Files.newOutputStream(file)) { // empties it
            for (byte one : whole) {
                look(1);
                out.write(one);
            }
            look(1);
            assertEquals(List.of("a"), names());
        }
        look(1);
        assertEquals(List.of("a", "b", "c"), names());
    }

    @Test
    void a_bad_file_changes_nothing_and_the_next_good_one_is_taken() throws IOException {
        Route before = routes.table().get("a");
        for (String bad : List.of("", "routes:\n", A + "  b: {match: {path: b}}\n", AB.substring(0, AB.length() - 3))) {
            Files.writeString(file, bad);
            look(3);
            assertEquals(List.of("a"), names(), bad);
        }
        assertSame(before, routes.table().get("a"));
        Files.writeString(file, AB);
        look(2);
        assertEquals(List.of("a", "b"), names());
        assertSame(before, routes.table().get("a"));
    }

    @Test
    void each_content_that_is_taken_or_refused_is_told_once() throws IOException {
        Files.writeString(file, AB);
        look(3);
        Files.writeString(file, A + "  b: {match: {path: b}}\n");
        look(5);
        List<Event> told = events.newest(0, event -> true, EventLog.KEPT);
        assertEquals(2, told.size(), told.toString());
        assertEquals(EventKind.REFUSED, told.get(0).kind());
        assertTrue(told.get(0).reason().startsWith("routes not taken, the 2 in use stay: "), told.toString());
        assertEquals(EventKind.RELOADED, told.get(1).kind());
        assertEquals("routes taken from " + file + ": added b", told.get(1).reason());
        assertEquals(Who.FILE, told.get(1).who());
    }

    @Test
    void a_deleted_file_changes_nothing_and_one_that_comes_back_is_taken() throws IOException {
        Files.delete(file);
        look(3);
        assertEquals(List.of("a"), names());
        Files.writeString(file, AB);
        look(2);
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void an_empty_mapping_means_no_route() throws IOException {
        Files.writeString(file, "routes: {}");
        look(2);
        assertEquals(List.of(), names());
    }

    @Test
    void a_signal_has_the_file_taken_at_once() throws IOException {
        Files.writeString(file, AB);
        watch.reload();
        assertEquals(List.of("a", "b"), names());
        watch.reload(); // without a change
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void a_route_that_stays_the_same_stays_the_same_object() throws IOException {
        Route before = routes.table().get("a");
        Files.writeString(file, "# a comment\n" + AB);
        look(2);
        assertSame(before, routes.table().get("a"));
        Files.writeString(file, AB.replace("/a}", "/a}, retries: 1"));
        look(2);
        assertSame(before.pool(), routes.table().get("a").pool());
        assertEquals(1, routes.table().get("a").config().retries());
    }
}
