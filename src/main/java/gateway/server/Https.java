package gateway.server;

import gateway.tls.ServerCertificate;
import java.util.List;
import org.eclipse.jetty.alpn.server.ALPNServerConnectionFactory;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.SecureRequestCustomizer;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;

/** TLS, and within it HTTP/2 or HTTP/1.1 as client and gateway agree by ALPN. */
final class Https {
    private static final List<String> PROTOCOLS = List.of("TLSv1.3", "TLSv1.2");

    /** With forward secrecy and authenticated encryption alone, the stronger ones first. */
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

    /** Requests at the same time on one HTTP/2 connection, as RFC 9113, 6.5.2 asks for at least. */
    private static final int STREAMS = 100;

    /**
     * What a client may send ahead of who reads it, for a stream and for a connection, bytes: with all streams stalled, so
     * much is held. Jetty's own are four times these.
     */
    private static final int STREAM_WINDOW = 128 * 1024;

    private static final int CONNECTION_WINDOW = 256 * 1024;

    /**
     * The largest header of an answer, bytes. Jetty takes a buffer of this size to encode each, and keeps none that is
     * larger than 64 KB: with HTTP/1.1's 256 KB, making them anew took 80 % of a request's time, and gigabytes.
     */
    private static final int RESPONSE_HEADER_BYTES = 64 * 1024;

    private final SslContextFactory.Server tls = new SslContextFactory.Server();

    Https(ServerCertificate identity) {
        tls.setSslContext(identity.context());
        tls.setIncludeProtocols(PROTOCOLS.toArray(String[]::new));
        tls.setIncludeCipherSuites(SUITES.toArray(String[]::new));
        tls.setUseCipherSuitesOrder(true);
        tls.setRenegotiationAllowed(false);
        tls.setNeedClientAuth(!identity.clientCas().isEmpty());
    }

    /** Shows this to connections that are opened from now on. Sessions of before can't be resumed: they knew another. */
    void take(ServerCertificate identity) {
        try {
            tls.reload(factory -> factory.setSslContext(identity.context()));
        } catch (Exception e) {
            throw new IllegalStateException("TLS could not be set up anew", e);
        }
    }

    /**
     * What a connection speaks, in the order of its layers.
     *
     * @param requestHeader the largest header of a request, bytes
     */
    List<ConnectionFactory> protocols(HttpConfiguration http, int requestHeader) {
        http.addCustomizer(new SecureRequestCustomizer(false)); // by whatever name or address it was asked for
        http.addCustomizer(new HostOfAuthority());
        HttpConfiguration framed = new HttpConfiguration(http);
        framed.setRequestHeaderSize(requestHeader);
        framed.setMaxResponseHeaderSize(RESPONSE_HEADER_BYTES);
        HTTP2ServerConnectionFactory http2 = new HTTP2ServerConnectionFactory(framed);
        http2.setMaxConcurrentStreams(STREAMS);
        http2.setInitialStreamRecvWindow(STREAM_WINDOW);
        http2.setInitialSessionRecvWindow(CONNECTION_WINDOW);
        http2.setConnectProtocolEnabled(false); // a WebSocket needs a connection of its own here
        HttpConnectionFactory http1 = new HttpConnectionFactory(http);
        ALPNServerConnectionFactory alpn = new ALPNServerConnectionFactory("h2", "http/1.1");
        alpn.setDefaultProtocol("http/1.1"); // of who doesn't say
        return List.of(new SslConnectionFactory(tls, alpn.getProtocol()), alpn, http2, http1);
    }
}
