package gateway.listen;

import gateway.Settings;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/** What the gateway speaks on its main port: plain HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 in it. */
public final class Listening {
    private final Optional<Https> https;

    /** @throws gateway.BadSettings if the certificate, its key or the clients' CAs can't be used */
    public Listening(Settings settings) {
        this.https = settings.tls().map(tls -> new Https(Identity.read(tls)));
    }

    /** What a connection speaks, in the order of its layers. */
    public ConnectionFactory[] protocols(HttpConfiguration http) {
        List<ConnectionFactory> protocols =
                https.map(tls -> tls.protocols(http)).orElse(List.of(new HttpConnectionFactory(http)));
        return protocols.toArray(ConnectionFactory[]::new);
    }
}
