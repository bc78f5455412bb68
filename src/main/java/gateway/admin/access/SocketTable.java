package gateway.admin.access;

import java.net.Inet4Address;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;

/**
 * The open connections to one port in Linux's tables of TCP sockets, {@code /proc/net/tcp} and {@code tcp6} (proc(5)),
 * each with the user who owns the socket at its other end. One row is one socket:
 *
 * <pre>
 *   sl  local_address rem_address   st tx_queue rx_queue tr tm-&gt;when retrnsmt   uid  timeout inode
 *    2: 0100007F:C350 0100007F:1F40 01 00000000:00000000 00:00000000 00000000    33        0 5489047 1 ...
 * </pre>
 *
 * <p>A row names an owner as long as a program holds the socket: established (01), or half closed (04, 05). When the
 * program has closed it, the kernel goes on with it for a while, and says user 0, which is root, and inode 0. Not
 * thread-safe.
 */
final class SocketTable {
    private static final List<String> OPEN = List.of("01", "04", "05");
    private static final String LISTENING = "0A";
    private static final int LOCAL = 1;
    private static final int REMOTE = 2;
    private static final int STATE = 3;
    private static final int USER = 7;
    private static final int INODE = 9;
    private static final String MAPPED = "0000000000000000" + "FFFF0000";
    private static final String MAPPED_BIG_ENDIAN = "0000000000000000" + "0000FFFF";

    private final ByteOrder order;
    private final String port;
    private final Map<String, Long> owners = new HashMap<>();
    private boolean listening;

    /**
     * @param port the port whose connections are kept
     * @param order the order of bytes in this machine's words, in which the kernel writes addresses
     */
    SocketTable(int port, ByteOrder order) {
        this.order = order;
        this.port = String.format(Locale.ROOT, ":%04X", port);
    }

    /**
     * Adds the rows of a table; skips what isn't a row. Looks for the port first, since nearly all rows of a large
     * table are of no interest.
     */
    void addAll(String table) {
        for (int at = table.indexOf(port); at >= 0; at = table.indexOf(port, at + 1)) {
            if (isOfInterest(table, at + port.length())) {
                int end = table.indexOf('\n', at);
                add(table.substring(table.lastIndexOf('\n', at) + 1, end < 0 ? table.length() : end));
            }
        }
    }

    /** Returns whether the port is followed by the state of an open connection, or by the other end of none. */
    private static boolean isOfInterest(String table, int after) {
        for (String state : OPEN) {
            if (table.startsWith(state, after + 1) && table.startsWith(" ", after + 3)) {
                return true;
            }
        }
        return table.startsWith(" 00000000", after);
    }

    private void add(String line) {
        String[] fields = line.strip().split("\\s+");
        if (fields.length <= INODE) {
            return;
        }
        if (fields[STATE].equals(LISTENING) && fields[LOCAL].endsWith(port)) {
            listening = true;
        } else if (OPEN.contains(fields[STATE]) && fields[REMOTE].endsWith(port) && !fields[INODE].equals("0")) {
            try {
                owners.put(fields[LOCAL] + " " + fields[REMOTE], Long.parseLong(fields[USER]));
            } catch (NumberFormatException e) {
                // not a row after all
            }
        }
    }

    /** Returns whether the port is listened on here: if it isn't, these tables are of another network namespace. */
    boolean hasListener() {
        return listening;
    }

    /**
     * Returns the user who owns the socket at the other end of a connection; empty if there is no such socket here.
     *
     * @param there the address of the other end
     * @param here the address of this end, at the port
     */
    OptionalLong owner(InetSocketAddress there, InetSocketAddress here) {
        for (String prefix : prefixes(there)) {
            Long user = owners.get(prefix + written(there) + " " + prefix + written(here));
            if (user != null) {
                return OptionalLong.of(user);
            }
        }
        return OptionalLong.empty();
    }

    /** Returns what may stand before an address: a socket for IPv6 names an IPv4 address as ::ffff:a.b.c.d. */
    private List<String> prefixes(InetSocketAddress address) {
        if (!(address.getAddress() instanceof Inet4Address)) {
            return List.of("");
        }
        return List.of("", order == ByteOrder.LITTLE_ENDIAN ? MAPPED : MAPPED_BIG_ENDIAN);
    }

    /** Writes an address and port as the kernel does: each four bytes as one number of this machine, in hexadecimal. */
    private String written(InetSocketAddress address) {
        byte[] bytes = address.getAddress().getAddress();
        StringBuilder text = new StringBuilder();
        for (int word = 0; word < bytes.length; word += Integer.BYTES) {
            for (int i = 0; i < Integer.BYTES; i++) {
                int index = order == ByteOrder.LITTLE_ENDIAN ? word + Integer.BYTES - 1 - i : word + i;
                text.append(String.format(Locale.ROOT, "%02X", bytes[index]));
            }
        }
        return text.append(String.format(Locale.ROOT, ":%04X", address.getPort()))
                .toString();
    }
}
