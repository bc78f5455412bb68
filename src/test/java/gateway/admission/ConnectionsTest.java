package gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.http.Refusals;
import gateway.net.Networks;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.channels.SocketChannel;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ConnectionsTest {
    private final Refusals closed = new Refusals();
    private final Connections connections = new Connections(5, 2, Networks.parse("198.51.100.0/24"), closed);
    private final List<SocketChannel> channels = new ArrayList<>();

    @AfterEach
    void close() throws IOException {
        for (SocketChannel channel : channels) {
            channel.close();
        }
    }

    private SocketChannel channel() throws IOException {
        channels.add(SocketChannel.open());
        return channels.get(channels.size() - 1);
    }

    private boolean admit(String address) throws IOException {
        return connections.admit(channel(), InetAddress.getByName(address));
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "an IPv4 address, 192.0.2.7, 192.0.2.7, 2",
        "two of one /64, 2001:db8::1, 2001:db8::2, 2",
        "an IPv4-mapped one, 192.0.2.7, ::ffff:192.0.2.7, 2",
        "two addresses, 192.0.2.7, 192.0.2.8, 3",
        "two /64, 2001:db8::1, 2001:db8:0:1::1, 3",
        "this machine, 127.0.0.1, 127.0.0.1, 3",
        "this machine by IPv6, ::1, ::1, 3",
        "a trusted proxy, 198.51.100.7, 198.51.100.7, 3",
    })
    void one_address_may_have_so_many(String what, String first, String second, int expected) throws IOException {
        int open = (admit(first) ? 1 : 0) + (admit(first) ? 1 : 0) + (admit(second) ? 1 : 0);
        assertEquals(expected, open);
        assertEquals(open, connections.open(), "what was refused isn't open");
        assertEquals(expected == 3 ? Map.of() : Map.of(Connections.TOO_MANY_OF_CLIENT, 1L), closed.counts());
    }

    @Test
    void all_together_may_have_so_many_whoever_they_are() throws IOException {
        for (int i = 0; i < 5; i++) {
            assertTrue(admit("127.0.0.1"));
        }
        assertFalse(admit("127.0.0.1"));
        assertFalse(admit("192.0.2.7"));
        assertEquals(5, connections.open());
        assertEquals(Map.of(Connections.TOO_MANY, 2L), closed.counts());
    }

    @Test
    void a_trusted_proxy_that_leaves_takes_no_client_of_its_own_network_along() throws IOException {
        Connections some = new Connections(9, 2, Networks.parse("2001:db8::1"), closed);
        InetAddress client = InetAddress.getByName("2001:db8::2");
        SocketChannel proxys = channel();
        assertTrue(some.admit(proxys, InetAddress.getByName("2001:db8::1")));
        assertTrue(some.admit(channel(), client));
        assertTrue(some.admit(channel(), client));
        some.onClosed(proxys);
        assertEquals(2, some.open(client));
        assertFalse(some.admit(channel(), client));
    }

    @Test
    void one_that_ends_makes_room_and_is_forgotten() throws IOException {
        InetAddress address = InetAddress.getByName("192.0.2.7");
        SocketChannel first = channel();
        assertTrue(connections.admit(first, address));
        assertTrue(admit("192.0.2.7"));
        assertFalse(admit("192.0.2.7"));
        connections.onClosed(first);
        connections.onClosed(first); // twice is once
        assertEquals(1, connections.open(address));
        assertTrue(admit("192.0.2.7"));
        connections.onAcceptFailed(channels.get(1), new IOException("on purpose"));
        connections.onClosed(channels.get(3));
        assertEquals(0, connections.open(address));
        assertEquals(0, connections.open());
    }
}
