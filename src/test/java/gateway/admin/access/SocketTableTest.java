package gateway.admin.access;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.net.Networks;
import java.net.InetSocketAddress;
import java.nio.ByteOrder;
import java.util.OptionalLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class SocketTableTest {
    private static final int PORT = 8000; // 1F40
    private static final String HEAD =
            "  sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode\n";
    private static final String REST = " 00000000:00000000 00:00000000 00000000 ";

    private static InetSocketAddress at(String address, int port) {
        return new InetSocketAddress(Networks.address(address).orElseThrow(), port);
    }

    private static SocketTable table(ByteOrder order, String... rows) throws Exception {
        SocketTable table = new SocketTable(PORT, order);
        StringBuilder text = new StringBuilder(HEAD);
        for (int i = 0; i < rows.length; i++) {
            text.append("   ").append(i).append(": ").append(rows[i]).append("        0 5489047 1 0 20 4 1 18 -1   \n");
        }
        table.addAll(text.toString());
        return table;
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "IPv4                      | 0100007F:C350 0100007F:1F40 01 | 127.0.0.1 | 33",
                "another loopback address  | 0200007F:C350 0100007F:1F40 01 | 127.0.0.2 | 33",
                "IPv4 by an IPv6 socket    | 0000000000000000FFFF00000100007F:C350 0000000000000000FFFF00000100007F:1F40 01 | 127.0.0.1 | 33",
                "IPv6                      | 00000000000000000000000001000000:C350 00000000000000000000000001000000:1F40 01 | ::1       | 33",
                "its client's port differs | 0100007F:C351 0100007F:1F40 01 | 127.0.0.1 | nobody",
                "its address differs       | 0200007F:C350 0100007F:1F40 01 | 127.0.0.1 | nobody",
                "to another port           | 0100007F:C350 0100007F:1F41 01 | 127.0.0.1 | nobody",
                "to another address        | 0100007F:C350 0200007F:1F40 01 | 127.0.0.1 | nobody",
                "the gateway's own end     | 0100007F:1F40 0100007F:C350 01 | 127.0.0.1 | nobody",
                "half closed               | 0100007F:C350 0100007F:1F40 04 | 127.0.0.1 | 33",
                "half closed a while ago   | 0100007F:C350 0100007F:1F40 05 | 127.0.0.1 | 33",
                "closed a while ago        | 0100007F:C350 0100007F:1F40 06 | 127.0.0.1 | nobody",
                "the addresses big-endian  | 7F000001:C350 7F000001:1F40 01 | 127.0.0.1 | nobody",
            })
    void the_owner_of_the_other_end_is_found(String what, String row, String client, String owner) throws Exception {
        InetSocketAddress here = at(client.contains(":") ? "::1" : "127.0.0.1", PORT);
        assertEquals(
                owner.equals("nobody") ? OptionalLong.empty() : OptionalLong.of(Long.parseLong(owner)),
                table(ByteOrder.LITTLE_ENDIAN, row + REST + "   33").owner(at(client, 50_000), here));
    }

    /** The kernel says then that it is user 0's, root's. */
    @ParameterizedTest(name = "in state {0}")
    @ValueSource(strings = {"01", "04", "05"})
    void a_socket_that_its_program_has_closed_is_nobodys(String state) throws Exception {
        SocketTable table = new SocketTable(PORT, ByteOrder.LITTLE_ENDIAN);
        String row = "1: 0100007F:C350 0100007F:1F40 " + state + REST + "    0        0 0 1 0\n";
        table.addAll(row);
        assertEquals(OptionalLong.empty(), table.owner(at("127.0.0.1", 50_000), at("127.0.0.1", PORT)));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "IPv4                   | 7F000001:C350 7F000001:1F40 01 | 127.0.0.1",
                "IPv4 by an IPv6 socket | 00000000000000000000FFFF7F000001:C350 00000000000000000000FFFF7F000001:1F40 01 | 127.0.0.1",
                "IPv6                   | 00000000000000000000000000000001:C350 00000000000000000000000000000001:1F40 01 | ::1",
            })
    void on_a_big_endian_machine_too(String what, String row, String address) throws Exception {
        assertEquals(
                OptionalLong.of(4_294_967_294L), // users are unsigned
                table(ByteOrder.BIG_ENDIAN, row + REST + "4294967294").owner(at(address, 50_000), at(address, PORT)));
    }

    @Test
    void whether_the_port_is_listened_on_is_known_and_what_is_no_row_is_skipped() throws Exception {
        assertEquals(
                false,
                table(ByteOrder.LITTLE_ENDIAN, ":1F40", "x", "0100007F:1F40").hasListener());
        assertEquals(
                false,
                table(ByteOrder.LITTLE_ENDIAN, "0100007F:1F41 00000000:0000 0A" + REST + "0")
                        .hasListener());
        assertEquals(
                true,
                table(ByteOrder.LITTLE_ENDIAN, "0100007F:1F40 00000000:0000 0A" + REST + "0")
                        .hasListener());
        assertEquals(
                true,
                table(
                                ByteOrder.LITTLE_ENDIAN,
                                "00000000000000000000000000000000:1F40 00000000000000000000000000000000:0000 0A" + REST
                                        + "0")
                        .hasListener());
    }
}
