package gateway.util;

import static gateway.util.ContentWatch.Look.CHANGED;
import static gateway.util.ContentWatch.Look.SETTLED;
import static gateway.util.ContentWatch.Look.STILL;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.attribute.FileTime;
import java.time.Instant;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ContentWatchTest {
    @TempDir
    Path folder;

    private Path file;
    private ContentWatch watch;

    @BeforeEach
    void begin() throws IOException {
        file = Files.writeString(folder.resolve("a"), "first");
        watch = new ContentWatch(file, folder.resolve("b"));
    }

    @Test
    void a_content_is_settled_changed_then_still_until_it_is_settled() throws IOException {
        assertEquals(SETTLED, watch.look());
        Files.writeString(file, "second");
        assertEquals(CHANGED, watch.look());
        assertEquals(STILL, watch.look());
        assertEquals(STILL, watch.look());
        watch.settle();
        assertEquals(SETTLED, watch.look());
    }

    @Test
    void what_changes_at_each_look_is_never_still() throws IOException {
        for (int i = 0; i < 5; i++) {
            Files.writeString(file, "longer" + "!".repeat(i));
            assertEquals(CHANGED, watch.look());
        }
    }

    @Test
    void a_content_that_comes_back_is_settled() throws IOException {
        Files.writeString(file, "second");
        watch.look();
        Files.writeString(file, "first");
        assertEquals(SETTLED, watch.look());
    }

    @Test
    void only_the_content_counts() throws IOException {
        FileTime time = Files.getLastModifiedTime(file);
        Files.setLastModifiedTime(file, FileTime.from(Instant.EPOCH));
        assertEquals(SETTLED, watch.look());
        Files.writeString(file, "FIRST"); // of the same length
        Files.setLastModifiedTime(file, time);
        assertEquals(CHANGED, watch.look());
    }

    @Test
    void each_of_the_files_counts_and_none_is_not_an_empty_one() throws IOException {
        Files.writeString(folder.resolve("b"), "");
        assertEquals(CHANGED, watch.look());
        Files.delete(file);
        assertEquals(CHANGED, watch.look());
        Files.createDirectory(file);
        assertEquals(STILL, watch.look());
    }

    /** As Kubernetes does it for a ConfigMap: the file is a link through a link to the folder of the newest version. */
    @Test
    void a_link_that_is_turned_above_the_file_is_seen() throws IOException {
        Path old = Files.createDirectory(folder.resolve("..1"));
        Path fresh = Files.createDirectory(folder.resolve("..2"));
        Files.writeString(old.resolve("routes.yaml"), "old");
        Files.writeString(fresh.resolve("routes.yaml"), "fresh");
        Files.createSymbolicLink(folder.resolve("..data"), old);
        Path link = Files.createSymbolicLink(folder.resolve("routes.yaml"), Path.of("..data", "routes.yaml"));
        ContentWatch links = new ContentWatch(link);
        Path turned = Files.createSymbolicLink(folder.resolve("..tmp"), fresh);
        Files.move(turned, folder.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
        assertNotEquals(SETTLED, links.look());
    }
}
