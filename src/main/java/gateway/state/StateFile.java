package gateway.state;

import gateway.route.RouteDefaults;
import gateway.route.config.InvalidRoutes;
import gateway.route.config.RouteReader;
import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.BasicFileAttributes;
import java.nio.file.attribute.FileAttribute;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.List;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * The file of {@code GATEWAY_STATE}. Only its owner may read it, since headers that routes set may be secrets. It is
 * replaced as a whole: the new content is written beside it, forced to the disk, and moved into its place; so whenever
 * the machine loses its power, there is the old content or the new one.
 */
public final class StateFile {
    /** The most bytes that are read: many times what the largest list and 1,000 routes take. */
    private static final long MOST_BYTES = 256L << 20;

    private static final String FIX = "; mend it, or move it away to start without what it keeps";

    private static final String FRESH = ".tmp";

    /** How many links may lead to each other; as many as Linux follows. */
    private static final int MOST_LINKS = 40;

    private final Path path;
    private Object stamp; // of the file that this one has written last; null before

    /** Makes what reads and writes the file of this path; if that is a link, the file to which it leads. */
    public StateFile(Path path) {
        this.path = path;
    }

    /**
     * Returns what the file keeps, in a few words for people.
     *
     * @throws InvalidSettings if there is a file that can't be read or isn't whole, a route in it can't be used, or no
     * file can be written there
     */
    public String check(Settings settings) {
        KeptState kept = read();
        RouteReader reader = new RouteReader(RouteDefaults.of(settings), settings::objection);
        kept.routes().forEach((name, text) -> {
            try {
                reader.route(name, text.getBytes(StandardCharsets.UTF_8));
            } catch (InvalidRoutes e) {
                throw invalid("the route " + name + ": " + e.getMessage() + FIX);
            }
        });
        checkFolder();
        return Files.exists(path) ? kept.words() : "nothing yet";
    }

    /**
     * Checks that a file can be written there; whether one can be, with room for all, shows when it is.
     *
     * @throws InvalidSettings if the folder isn't there or the gateway's user can't write in it; of a link, the folder
     * to which it leads
     */
    void checkFolder() {
        Path target = target();
        Path folder = target.getParent();
        String what = (Files.isSymbolicLink(path) ? "is a link to " + target + ", which " : "") + "can't be written: ";
        if (!Files.isDirectory(folder)) {
            throw invalid(
                    what + "its folder " + folder + " isn't there; create it, and let the gateway's user write there");
        }
        if (!Files.isWritable(folder)) {
            throw invalid(
                    what + "the gateway's user can't write files in " + folder + "; let it, or name another folder");
        }
    }

    /**
     * Reads the file; if there is none, there is nothing.
     *
     * @throws InvalidSettings if it can't be read, or isn't whole; the file stays as it is
     */
    KeptState read() {
        if (Files.isDirectory(path)) {
            throw invalid("is a folder; expected a file, like " + path.resolve("state.json"));
        }
        try {
            if (Files.isRegularFile(path) && Files.size(path) > MOST_BYTES) {
                throw invalid("is larger than " + (MOST_BYTES >> 20) + " MB" + FIX);
            }
            return StateForm.read(Files.readString(path));
        } catch (NoSuchFileException e) {
            return KeptState.NOTHING;
        } catch (IOException e) {
            throw invalid("can't be read: " + words(e) + FIX);
        } catch (StateForm.Unreadable e) {
            throw invalid(e.getMessage() + FIX);
        }
    }

    /**
     * Deletes what gateways that were killed while they wrote have left beside the file. One that is just writing, as
     * before an upgrade, writes again.
     */
    void deleteLeftovers() {
        Path target = target();
        Pattern ours = Pattern.compile(Pattern.quote(target.getFileName() + ".") + "\\d+" + Pattern.quote(FRESH));
        try (DirectoryStream<Path> found = Files.newDirectoryStream(
                target.getParent(),
                each -> ours.matcher(each.getFileName().toString()).matches())) {
            for (Path each : found) {
                Files.deleteIfExists(each);
            }
        } catch (IOException | DirectoryIteratorException e) {
            // whether the folder can be used shows when the file is written
        }
    }

    /** Replaces the file's content. */
    void write(KeptState state) throws IOException {
        Path target = target();
        Path fresh = target.resolveSibling(
                target.getFileName() + "." + ProcessHandle.current().pid() + FRESH);
        Files.deleteIfExists(fresh); // of a process of the same number that ended in the middle
        try {
            writeFresh(fresh, StateForm.write(state).getBytes(StandardCharsets.UTF_8));
            Files.move(fresh, target, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } catch (IOException e) {
            Files.deleteIfExists(fresh);
            throw e;
        }
        stamp = stamp();
        try (FileChannel folder = FileChannel.open(target.getParent(), StandardOpenOption.READ)) {
            folder.force(true); // that it has moved
        }
    }

    /** Returns whether another process has written the file since {@link #write} has done so here; not if it is gone. */
    boolean isOthers() {
        Object there = stamp();
        return stamp != null && there != null && !there.equals(stamp);
    }

    /** Returns what whoever writes the file changes; null if there is none. */
    private Object stamp() {
        try {
            BasicFileAttributes now = Files.readAttributes(path, BasicFileAttributes.class);
            return List.of(String.valueOf(now.fileKey()), now.lastModifiedTime(), now.size());
        } catch (IOException e) {
            return null;
        }
    }

    private static void writeFresh(Path fresh, byte[] bytes) throws IOException {
        boolean posix = fresh.getFileSystem().supportedFileAttributeViews().contains("posix");
        FileAttribute<?>[] ownersOnly = posix
                ? new FileAttribute<?>[] {
                    PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------"))
                }
                : new FileAttribute<?>[0];
        try (FileChannel out =
                FileChannel.open(fresh, Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE), ownersOnly)) {
            ByteBuffer left = ByteBuffer.wrap(bytes);
            while (left.hasRemaining()) {
                out.write(left);
            }
            out.force(true);
        }
    }

    /** Returns the file itself: where links lead, even if nothing is there yet, so that they stay links. */
    private Path target() {
        try {
            return path.toRealPath();
        } catch (IOException e) { // there is no file yet
            Path end = path.toAbsolutePath();
            for (int links = 0; links < MOST_LINKS && Files.isSymbolicLink(end); links++) {
                end = next(end);
            }
            return end;
        }
    }

    private static Path next(Path link) {
        try {
            return link.resolveSibling(Files.readSymbolicLink(link));
        } catch (IOException e) { // it has changed meanwhile
            return link;
        }
    }

    /** Returns an error about the file. */
    InvalidSettings invalid(String words) {
        return new InvalidSettings(List.of("GATEWAY_STATE=" + path + ": " + words));
    }

    /** Returns what an exception says, without the path, which its readers know. */
    static String words(IOException failure) {
        if (failure instanceof AccessDeniedException) {
            return "the gateway's user may not";
        }
        if (failure instanceof NoSuchFileException) {
            return "its folder isn't there";
        }
        if (failure instanceof CharacterCodingException) {
            return "it isn't UTF-8";
        }
        return failure instanceof FileSystemException e && e.getReason() != null
                ? e.getReason()
                : failure.getClass().getSimpleName();
    }

    @Override
    public String toString() {
        return path.toString();
    }
}
