package gateway.admin.access;

import gateway.util.Time;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.AccessDeniedException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Tells which user of this machine is at the other end of a loopback connection: the gateway's own user or root, as an
 * operator with a shell is, or another one, as a proxy is, which asks for whoever connects to it. Linux knows it
 * ({@link SocketTable}); elsewhere it can't be told, nor where the tables are another network's, which don't show the
 * gateway's own port. Once they have shown it, whoever they don't show is nobody.
 *
 * <p>The user of a socket never changes, but a connection isn't remembered: most operators ask once on each.
 *
 * <p>Reading the tables takes 1 ms for each 1,000 sockets of the machine or so, and whoever can connect can make the
 * gateway do it. So one reading serves all requests that came before it began; between two readings there is a pause
 * four times as long as the last one took, but no longer than 50 ms, so that up to some 10,000 sockets they take a fifth
 * of a core at most; and tables above {@value #MOST_BYTES} bytes aren't read to their end.
 */
final class PeerUser {
    /** Who is at the other end. */
    enum Kind {
        /** The gateway's own user, or root. */
        OPERATOR,
        /** Another user. */
        OTHER,
        /** Nobody any more: the other end has been closed. */
        NOBODY,
        /** It can't be told. */
        UNKNOWN
    }

    private static final Path PROC = Path.of("/proc");
    private static final long ROOT = 0;

    /** About 200,000 sockets. */
    private static final int MOST_BYTES = 32 << 20;

    private static final int PAUSE_FACTOR = 4;

    /** The longest pause: on a busy machine a reading may take long, and clients that wait must not give up. */
    private static final long LONGEST_PAUSE_NANOS = 50_000_000;

    /** A row may be missed if others vanish while the kernel writes the table. */
    private static final int READINGS = 2;

    private final Path proc;
    private final ByteOrder order;
    private final OptionalLong own;
    private final Time time;
    private final ReentrantLock lock = new ReentrantLock();
    private volatile boolean ours;
    private SocketTable table; // guarded by lock, as are the following
    private int port;
    private long begun;
    private long nextAt;

    PeerUser(Time time) {
        this(PROC, ByteOrder.nativeOrder(), time);
    }

    /** @param proc where the proc file system is */
    PeerUser(Path proc, ByteOrder order, Time time) {
        this.proc = proc;
        this.order = order;
        this.own = user(proc);
        this.time = time;
        this.nextAt = time.nanos();
    }

    /** Returns the user whose sockets this process opens; empty if that isn't known. */
    private static OptionalLong user(Path proc) {
        try {
            for (String line : Files.readAllLines(proc.resolve("self/status"), StandardCharsets.ISO_8859_1)) {
                if (line.startsWith("Uid:")) { // real, effective, saved, file system
                    return OptionalLong.of(Long.parseLong(line.split("\\s+")[4]));
                }
            }
        } catch (IOException | RuntimeException e) {
            // no Linux
        }
        return OptionalLong.empty();
    }

    /**
     * Returns who is at the other end of a connection over loopback. May wait for a reading, some milliseconds.
     *
     * @param there the address of the other end
     * @param here the address of this end
     */
    Kind of(InetSocketAddress there, InetSocketAddress here) {
        if (own.isEmpty()) {
            return Kind.UNKNOWN;
        }
        try {
            for (int reading = 1; reading <= READINGS; reading++) {
                OptionalLong user = look(there, here);
                if (user.isPresent()) {
                    boolean isOperator = user.getAsLong() == own.getAsLong() || user.getAsLong() == ROOT;
                    return isOperator ? Kind.OPERATOR : Kind.OTHER;
                }
            }
            return unseen();
        } catch (NoSuchFileException | AccessDeniedException e) {
            return unseen();
        } catch (IOException e) { // perhaps there are too many open files, which a stranger can bring about
            return Kind.NOBODY;
        }
    }

    /** Returns who it is if no table shows anybody: if they have shown this gateway, they would show an operator. */
    private Kind unseen() {
        return ours ? Kind.NOBODY : Kind.UNKNOWN;
    }

    private OptionalLong look(InetSocketAddress there, InetSocketAddress here) throws IOException {
        long asked = time.nanos();
        lock.lock();
        try {
            if (table == null || port != here.getPort() || begun - asked <= 0) {
                read(here.getPort());
            }
            return table.owner(there, here);
        } finally {
            lock.unlock();
        }
    }

    private void read(int port) throws IOException {
        long pause = nextAt - time.nanos();
        if (pause > 0) {
            LockSupport.parkNanos(pause);
        }
        this.begun = time.nanos();
        this.port = port;
        this.table = null;
        try {
            SocketTable fresh = new SocketTable(port, order);
            add(proc.resolve("net/tcp"), fresh);
            if (Files.exists(proc.resolve("net/tcp6"))) { // not if the kernel has no IPv6
                add(proc.resolve("net/tcp6"), fresh);
            }
            this.table = fresh;
            this.ours |= fresh.hasListener(); // not while it drains
        } finally {
            long end = time.nanos();
            this.nextAt = end + Math.min(LONGEST_PAUSE_NANOS, PAUSE_FACTOR * (end - begun));
        }
    }

    private static void add(Path file, SocketTable table) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            table.addAll(new String(in.readNBytes(MOST_BYTES), StandardCharsets.ISO_8859_1));
        }
    }
}
