package gateway.admin.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.net.Networks;
import gateway.testing.FakeTime;
import gateway.util.Time;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.ByteOrder;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Who is at the other end of a connection, by what the kernel says. */
class PeerUserTest {
    private static final String LISTENER = "0: 00000000:1F40 00000000:0000 0A 0:0 0:0 0 1000 0 1\n";
    private static final InetSocketAddress HERE = at("127.0.0.1", 8000);
    private static final InetSocketAddress THERE = at("127.0.0.1", 50_000);

    @TempDir
    private Path proc;

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(Networks.address(address).orElseThrow(), port);
    }

    private PeerUser.Kind kind(String own, String tcp, String tcp6) throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("net"));
        if (own != null) {
            Files.writeString(
                    proc.resolve("self/status"), "Name:\tjava\nUid:\t7\t7\t7\t" + own + "\nGid:\t1\t1\t1\t1\n");
        }
        Files.writeString(proc.resolve("net/tcp"), tcp);
        if (tcp6 != null) {
            Files.writeString(proc.resolve("net/tcp6"), tcp6);
        }
        return new PeerUser(proc, ByteOrder.LITTLE_ENDIAN, Time.system()).of(THERE, HERE);
    }

    @ParameterizedTest(name = "a gateway of {0} and a client of {1}: {2}")
    @CsvSource({
        "1000, 1000, OPERATOR",
        "1000, 0,    OPERATOR",
        "1000, 33,   OTHER",
        "0,    0,    OPERATOR",
        "0,    1000, OTHER",
        "0,    33,   OTHER",
    })
    void the_gateways_own_user_and_root_are_operators_and_nobody_else(String own, String user, PeerUser.Kind kind)
            throws IOException {
        String row = "1: 0100007F:C350 0100007F:1F40 01 0:0 0:0 0 " + user + " 0 1\n";
        assertEquals(kind, kind(own, LISTENER + row, ""));
        String mapped = "0000000000000000FFFF0000";
        String row6 = "1: " + mapped + "0100007F:C350 " + mapped + "0100007F:1F40 01 0:0 0:0 0 " + user + " 0 1\n";
        assertEquals(kind, kind(own, LISTENER, row6), "by a socket for IPv6");
    }

    @Test
    void a_client_that_has_closed_is_nobody_though_the_kernel_says_root() throws IOException {
        String row = "1: 0100007F:C350 0100007F:1F40 04 0:0 0:0 0 0 0 0\n";
        assertEquals(PeerUser.Kind.NOBODY, kind("1000", LISTENER + row, null));
        assertEquals(PeerUser.Kind.NOBODY, kind("1000", LISTENER, null), "and when it is forgotten");
    }

    @Test
    void where_the_gateway_itself_is_not_in_the_tables_it_cannot_be_told() throws IOException {
        String row = "1: 0100007F:C350 0100007F:1F41 01 0:0 0:0 0 33 0 1\n";
        assertEquals(PeerUser.Kind.UNKNOWN, kind("1000", row, ""));
    }

    @Test
    void what_once_could_be_told_is_never_taken_for_unknown_again() throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("self/status"), "Uid:\t7\t7\t7\t1000\n");
        Files.writeString(proc.resolve("net/tcp"), LISTENER);
        PeerUser users = new PeerUser(proc, ByteOrder.LITTLE_ENDIAN, Time.system());
        assertEquals(PeerUser.Kind.NOBODY, users.of(THERE, HERE));
        Files.writeString(proc.resolve("net/tcp"), "");
        assertEquals(PeerUser.Kind.NOBODY, users.of(THERE, HERE), "it no longer listens, since it drains");
        Files.delete(proc.resolve("net/tcp"));
        assertEquals(PeerUser.Kind.NOBODY, users.of(THERE, HERE), "the table is gone");
    }

    @Test
    void a_table_that_is_there_and_cannot_be_read_lets_nobody_in() throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("net/tcp")); // no file: reading fails, as with too many open files
        Files.writeString(proc.resolve("self/status"), "Uid:\t7\t7\t7\t1000\n");
        PeerUser users = new PeerUser(proc, ByteOrder.LITTLE_ENDIAN, Time.system());
        assertEquals(PeerUser.Kind.NOBODY, users.of(THERE, HERE));
    }

    @Test
    void each_question_is_answered_by_a_reading_that_began_after_it() throws IOException {
        Files.createDirectories(proc.resolve("self"));
        Files.createDirectories(proc.resolve("net"));
        Files.writeString(proc.resolve("self/status"), "Uid:\t7\t7\t7\t1000\n");
        Files.writeString(proc.resolve("net/tcp"), LISTENER);
        PeerUser users = new PeerUser(proc, ByteOrder.LITTLE_ENDIAN, new FakeTime());
        assertEquals(PeerUser.Kind.NOBODY, users.of(THERE, HERE));
        Files.writeString(proc.resolve("net/tcp"), LISTENER + "1: 0100007F:C350 0100007F:1F40 01 0:0 0:0 0 1000 0 1\n");
        assertEquals(PeerUser.Kind.OPERATOR, users.of(THERE, HERE), "though no time has passed");
    }

    @Test
    void without_linux_it_cannot_be_told() throws IOException {
        assertEquals(PeerUser.Kind.UNKNOWN, kind(null, LISTENER, null), "no user of its own");
        PeerUser nowhere = new PeerUser(proc.resolve("none"), ByteOrder.LITTLE_ENDIAN, Time.system());
        assertEquals(PeerUser.Kind.UNKNOWN, nowhere.of(THERE, HERE));
    }

    @EnabledOnOs(OS.LINUX)
    @ParameterizedTest(name = "to {0}")
    @CsvSource({"127.0.0.1", "::1"})
    void a_connection_of_ones_own_is_recognised(String address) throws IOException {
        PeerUser users = new PeerUser(Time.system());
        try (ServerSocket server = new ServerSocket()) {
            try {
                server.bind(at(address, 0));
            } catch (SocketException e) {
                assumeTrue(false, "this machine has no " + address);
            }
            Socket served;
            InetSocketAddress there;
            InetSocketAddress here;
            try (Socket client = new Socket(server.getInetAddress(), server.getLocalPort())) {
                served = server.accept();
                there = (InetSocketAddress) served.getRemoteSocketAddress();
                here = (InetSocketAddress) served.getLocalSocketAddress();
                assertEquals(PeerUser.Kind.OPERATOR, users.of(there, here));
                client.shutdownOutput();
                assertEquals(PeerUser.Kind.OPERATOR, users.of(there, here), "half closed, but held");
            }
            try (served) {
                assertEquals(PeerUser.Kind.NOBODY, users.of(there, here), "closed");
            }
        }
    }
}
