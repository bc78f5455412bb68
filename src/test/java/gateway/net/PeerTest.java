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
        assertEquals("fe80:0:0:0:0:0:0:1", Peer.text(Inet6Address.getByAddress("", bytes, 1)));
    }
}
