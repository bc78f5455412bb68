package gateway.tls;

import static java.nio.charset.StandardCharsets.US_ASCII;
import static org.junit.jupiter.api.Assertions.assertEquals;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.List;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NamingSocketsTest {
    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "shop, shop",
        "my_shop, my_shop",
        "shop.example., shop.example",
        "shop.example, shop.example",
        "127.0.0.1, ",
        "::1, ",
    })
    void a_server_is_told_any_name_but_no_address(String host, String told) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
                Socket below = new Socket(server.getInetAddress(), server.getLocalPort());
                SSLSocket socket =
                        (SSLSocket) new NamingSockets(SSLContext.getDefault().getSocketFactory())
                                .createSocket(below, host, server.getLocalPort(), true)) {
            List<String> names = socket.getSSLParameters().getServerNames() == null
                    ? List.of()
                    : socket.getSSLParameters().getServerNames().stream()
                            .map(name -> new String(name.getEncoded(), US_ASCII))
                            .toList();
            assertEquals(told == null ? List.of() : List.of(told), names);
        }
    }
}
