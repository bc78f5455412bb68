package gateway.net;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.DirectoryIteratorException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * Finds the process that listens on a port of this machine, where Linux shows it in {@code /proc}: to a user the user's
 * own processes, to root all. The tables of sockets say which sockets listen there, and {@code /proc/PID/fd} which
 * processes have one of them. A child has the open files of its parent, as nginx's workers have, and for a moment each
 * child that a process starts; so of several the one is named whose parent isn't among them: to stop it stops them all.
 */
final class PortHolder {
    private static final Path PROC = Path.of("/proc");
    private static final String LISTENING = "0A";
    private static final String PARENT = "PPid:";
    private static final int LOCAL = 1;
    private static final int STATE = 3;
    private static final int INODE = 9;

    /** The most bytes of a table that are read. */
    private static final int MOST_BYTES = 16 * 1024 * 1024;

    private PortHolder() {}

    /**
     * Returns the process's name and id, like {@code python3 (pid 4711)}; empty if it can't be seen.
     *
     * @param address the address that could not be bound
     */
    static Optional<String> of(InetAddress address, int port) {
        return of(PROC, address, port);
    }

    /** @param proc the folder that is {@code /proc} */
    static Optional<String> of(Path proc, InetAddress address, int port) {
        Set<String> sockets = new HashSet<>();
        for (String table : new String[] {"net/tcp", "net/tcp6"}) {
            addListening(proc.resolve(table), address, port, sockets);
        }
        if (sockets.isEmpty()) {
            return Optional.empty();
        }
        Map<String, Path> holders = new LinkedHashMap<>();
        try (DirectoryStream<Path> processes = Files.newDirectoryStream(proc, "[0-9]*")) {
            for (Path process : processes) {
                if (has(process, sockets)) {
                    holders.put(process.getFileName().toString(), process);
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // then the others can't be seen
        }
        return holders.values().stream()
                .filter(process -> !holders.containsKey(parent(process)))
                .findFirst()
                .map(process -> name(process) + " (pid " + process.getFileName() + ")");
    }

    /** Adds the sockets that listen there, as {@code /proc/PID/fd} names them. */
    private static void addListening(Path table, InetAddress address, int port, Set<String> sockets) {
        try (var in = Files.newInputStream(table)) {
            new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1)
                    .lines()
                    .map(line -> line.strip().split("\\s+"))
                    .filter(row -> row.length > INODE && row[STATE].equals(LISTENING))
                    .filter(row -> isAt(row[LOCAL], address, port))
                    .forEach(row -> sockets.add("socket:[" + row[INODE] + "]"));
        } catch (IOException e) {
            // no Linux, or no IPv6
        }
    }

    /** Returns whether a socket at this place of the table keeps others from the address and port. */
    private static boolean isAt(String place, InetAddress address, int port) {
        int colon = place.indexOf(':');
        try {
            InetAddress there = address(place.substring(0, colon));
            return Integer.parseInt(place.substring(colon + 1), 16) == port
                    && (there.isAnyLocalAddress() || address.isAnyLocalAddress() || there.equals(address));
        } catch (UnknownHostException | RuntimeException e) { // it isn't a row of the table
            return false;
        }
    }

    /** Reads an address as the kernel writes it: each four bytes as one number of this machine, in hexadecimal. */
    private static InetAddress address(String hex) throws UnknownHostException {
        byte[] written = HexFormat.of().parseHex(hex);
        byte[] bytes = new byte[written.length];
        for (int i = 0; i < bytes.length; i++) {
            boolean little = ByteOrder.nativeOrder() == ByteOrder.LITTLE_ENDIAN;
            bytes[i] = written[little ? i ^ (Integer.BYTES - 1) : i];
        }
        return InetAddress.getByAddress(bytes);
    }

    private static boolean has(Path process, Set<String> sockets) {
        try (DirectoryStream<Path> files = Files.newDirectoryStream(process.resolve("fd"))) {
            for (Path file : files) {
                if (leadsTo(file, sockets)) {
                    return true;
                }
            }
        } catch (IOException | DirectoryIteratorException e) {
            // another user's, or it has just ended
        }
        return false;
    }

    private static boolean leadsTo(Path file, Set<String> sockets) {
        try {
            return sockets.contains(Files.readSymbolicLink(file).toString());
        } catch (IOException e) { // it has just been closed
            return false;
        }
    }

    /** Returns the id of the process's parent; empty if it can't be seen, or the process has just ended. */
    private static String parent(Path process) {
        try (Stream<String> lines = Files.lines(process.resolve("status"), StandardCharsets.ISO_8859_1)) {
            return lines.filter(line -> line.startsWith(PARENT))
                    .map(line -> line.substring(PARENT.length()).strip())
                    .findFirst()
                    .orElse("");
        } catch (IOException | UncheckedIOException e) {
            return "";
        }
    }

    /** Returns the name of the program; not its command line, which may hold secrets. */
    private static String name(Path process) {
        try {
            return Files.readString(process.resolve("comm"), StandardCharsets.ISO_8859_1)
                    .strip()
                    .replaceAll("[^\\x20-\\x7e]", "?");
        } catch (IOException e) {
            return "a process";
        }
    }
}
