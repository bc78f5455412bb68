package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import java.lang.reflect.Proxy;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PeerTest {
    /** A request on a connection whose other end is this; null for one that has gone, as Jetty has it. */
    private static Request from(SocketAddress remote) {
        ConnectionMetaData connection = fake(ConnectionMetaData.class, "getRemoteSocketAddress", remote);
        return fake(Request.class, "getConnectionMetaData", connection);
    }

    private static <T> T fake(Class<T> type, String method, Object answer) {
        return type.cast(
                Proxy.newProxyInstance(type.getClassLoader(), new Class<?>[] {type}, (self, called, arguments) -> {
                    assertEquals(method, called.getName());
                    return answer;
                }));
    }

    @Test
    void the_peer_is_the_other_end() throws Exception {
        InetAddress address = InetAddress.getByName("192.0.2.7");
        assertEquals(address, Peer.address(from(new InetSocketAddress(address, 4711))));
    }

    @Test
    void who_has_gone_was_not_this_machine() {
        // It was once taken for loopback: whoever left at the right moment would have been an operator.
        InetAddress gone = Peer.address(from(null));
        assertFalse(gone.isLoopbackAddress());
        assertEquals("0.0.0.0", Peer.text(gone));
        assertEquals(gone, Peer.address(from(InetSocketAddress.createUnresolved("localhost", 1))));
    }

    @Test
    void no_zone_is_shown() throws Exception {
        byte[] bytes = InetAddress.getByName("fe80::1").getAddress();
        assertEquals("fe80::1", Peer.text(Inet6Address.getByAddress("", bytes, 1)));
    }

    /** Java's own text of ::1 is 0:0:0:0:0:0:0:1, which nobody looks for in a log. */
    @ParameterizedTest(name = "{0}: {2}")
    @CsvSource({
        "loopback, ::1, ::1",
        "any address, ::, ::",
        "zeros in the middle, 2001:DB8:0:0:0:0:0:7, 2001:db8::7",
        "leading zeros, 2001:0db8:0001:0002:0003:0004:0005:0006, 2001:db8:1:2:3:4:5:6",
        "the longest run of zeros, 2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "the first of two runs, 2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "a single zero, 2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "zeros at the end, 2001:db8:1:2:0:0:0:0, 2001:db8:1:2::",
        "IPv4, 192.0.2.7, 192.0.2.7",
        "IPv4 in IPv6, ::ffff:192.0.2.7, 192.0.2.7",
    })
    void ipv6_is_shown_as_rfc_5952_has_it(String what, String address, String shown) throws Exception {
        assertEquals(shown, Peer.text(InetAddress.getByName(address)));
    }

    @Test
    void ipv4_is_shown_as_such_even_if_java_takes_it_for_ipv6() throws Exception {
        byte[] mapped = new byte[16];
        mapped[10] = mapped[11] = (byte) 0xff;
        System.arraycopy(new byte[] {(byte) 192, 0, 2, 7}, 0, mapped, 12, 4);
        assertEquals("192.0.2.7", Peer.text(Inet6Address.getByAddress("", mapped, -1)));
    }
}
