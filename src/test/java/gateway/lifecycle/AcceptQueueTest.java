package gateway.lifecycle;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gateway.testing.RawClient;
import java.net.ConnectException;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.io.Content;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;
import org.eclipse.jetty.util.Callback;
import org.junit.jupiter.api.Test;

class AcceptQueueTest {
    /** The kernel resets what waits in the queue of a port that closes: twenty clients that thought themselves heard. */
    @Test
    void whoever_is_connected_when_the_port_closes_gets_an_answer_though_nobody_had_accepted_the_connection()
            throws Exception {
        Server server = new Server();
        ServerConnector connector = new ServerConnector(server, 1, 1);
        server.addConnector(connector);
        server.setHandler(new Handler.Abstract() {
            @Override
            public boolean handle(Request request, Response response, Callback callback) {
                Content.Sink.write(response, true, "heard", callback);
                return true;
            }
        });
        server.start();
        List<RawClient> clients = new ArrayList<>();
        try {
            int port = connector.getLocalPort();
            connector.setAccepting(false); // the acceptor takes one more, then rests
            for (int i = 0; i < 20; i++) {
                clients.add(new RawClient(port));
            }
            AcceptQueue.close(connector);
            for (RawClient client : clients) {
                assertEquals(
                        "heard",
                        client.send("GET / HTTP/1.1\r\nHost: x\r\n\r\n")
                                .answer()
                                .body());
            }
            assertThrows(ConnectException.class, () -> new RawClient(port).close());
        } finally {
            for (RawClient client : clients) {
                client.close();
            }
            server.stop();
        }
    }
}
