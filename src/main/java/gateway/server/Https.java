package gateway.server;

import gateway.tls.ServerCertificate;
import java.util.List;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS towards clients, and in it HTTP/2 or HTTP/1.1, whichever client and gateway agree on by ALPN. */
final class Https {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** Only suites with forward secrecy and authenticated encryption, the strongest first. */
    private static final List<String> SUITES = List.of(
            "TLS_AES_256_GCM_SHA384",
            "TLS_CHACHA20_POLY1305_SHA256",
            "TLS_AES_128_GCM_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_RSA_WITH_AES_256_GCM_SHA384",
            "TLS_ECDHE_ECDSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_RSA_WITH_CHACHA20_POLY1305_SHA256",
            "TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256",
            "TLS_ECDHE_RSA_WITH_AES_128_GCM_SHA256");

    /** The most concurrent requests on one HTTP/2 connection, the least that RFC 9113, 6.5.2 recommends. */
    private static final int STREAMS = 100;

    /**
     * The HTTP/2 flow-control windows of a stream and of a connection, bytes: how much of unread bodies is buffered.
     * Jetty's defaults are four times as large.
     */
    private static final int STREAM_WINDOW = 128 * 1024;

    private static final int CONNECTION_WINDOW = 256 * 1024;

    private final SslContextFactory.Server tls = new SslContextFactory.Server();

    Https(ServerCertificate certificate) {
        tls.setSslContext(certificate.context());
        tls.setIncludeProtocols(PROTOCOLS.toArray(String[]::new));
        tls.setIncludeCipherSuites(SUITES.toArray(String[]::new));
        tls.setUseCipherSuitesOrder(true);
        tls.setRenegotiationAllowed(false);
        tls.setNeedClientAuth(!certificate.clientCas().isEmpty());
    }

    /** Uses this certificate for new connections. Older TLS sessions, which had another, can't be resumed. */
    void use(ServerCertificate certificate) {
        try {
            tls.reload(factory -> factory.setSslContext(certificate.context()));
        } catch (Exception e) {
            throw new IllegalStateException("TLS could not be set up with the new certificate", e);
        }
    }

    /**
     * Returns the protocols of a connection, the outermost first.
     *
     * @param requestHeader the largest request header, bytes
     */
    List<ConnectionFactory> protocols(HttpConfiguration http, int requestHeader) {
        http.addCustomizer(new SecureRequestCustomizer(false)); // whatever host name the client asked for
        http.addCustomizer(new Http2Fields());
        http.addCustomizer(new Http2UnreadBody());
        HttpConfiguration framed = new HttpConfiguration(http);
        framed.setRequestHeaderSize(requestHeader);
        Http2 http2 = new Http2(framed);
        http2.setMaxConcurrentStreams(STREAMS);
        http2.setInitialStreamRecvWindow(STREAM_WINDOW);
        http2.setInitialSessionRecvWindow(CONNECTION_WINDOW);
        http2.setConnectProtocolEnabled(false); // WebSockets work over HTTP/1.1 only
        Http1 http1 = new Http1(http);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol("http/1.1"); // for a client without ALPN
        return List.of(new SslConnectionFactory(tls, alpn.getProtocol()), alpn, http2, http1);
    }
}
