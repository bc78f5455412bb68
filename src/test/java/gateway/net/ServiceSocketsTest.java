package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import org.junit.jupiter.api.Test;

class ServiceSocketsTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final ServiceSockets ANYWHERE = new ServiceSockets(new ServiceAddresses(Networks.NONE));
    private static final ServiceSockets ELSEWHERE =
            new ServiceSockets(new ServiceAddresses(Networks.parse("192.0.2.0/24")));

    @Test
    void they_connect_and_send_at_once() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, HERE)) {
            try (Socket socket = ANYWHERE.createSocket()) {
                socket.connect(new InetSocketAddress(HERE, server.getLocalPort()), 1000);
                assertTrue(socket.isConnected());
                assertTrue(socket.getTcpNoDelay());
            }
            try (Socket socket = ANYWHERE.createSocket("127.0.0.1", server.getLocalPort(), HERE, 0)) {
                assertTrue(socket.isConnected());
            }
            try (Socket socket = ANYWHERE.createSocket(HERE, server.getLocalPort())) {
                assertTrue(socket.isConnected());
            }
        }
    }

    @Test
    void they_connect_to_no_other_place_by_whatever_way() throws Exception {
        try (ServerSocket server = new ServerSocket(0, 5, HERE);
                Socket socket = ELSEWHERE.createSocket()) {
            int port = server.getLocalPort();
            InetSocketAddress address = new InetSocketAddress(HERE, port);
            String words = "leads to 127.0.0.1, which is outside the networks in GATEWAY_SERVICE_NETWORKS";
            assertEquals(
                    words,
                    assertThrows(ServiceSockets.Forbidden.class, () -> socket.connect(address, 1000))
                            .getMessage());
            assertThrows(ServiceSockets.Forbidden.class, () -> socket.connect(address));
            assertThrows(ServiceSockets.Forbidden.class, () -> ELSEWHERE.createSocket("127.0.0.1", port));
            assertThrows(ServiceSockets.Forbidden.class, () -> ELSEWHERE.createSocket(HERE, port));
            assertThrows(ServiceSockets.Forbidden.class, () -> ELSEWHERE.createSocket(HERE, port, HERE, 0));
            assertThrows(ServiceSockets.Forbidden.class, () -> ELSEWHERE.createSocket("localhost", port, HERE, 0));
        }
    }
}
