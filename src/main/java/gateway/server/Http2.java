package gateway.server;

import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Session;
import org.eclipse.jetty.http2.api.Session;
import org.eclipse.jetty.http2.api.server.ServerSessionListener;
import org.eclipse.jetty.http2.frames.SettingsFrame;
import org.eclipse.jetty.http2.server.HTTP2ServerConnectionFactory;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.HttpConfiguration;

/**
 * HTTP/2, with answers whose header is as large as by HTTP/1.1.
 *
 * <p>Jetty encodes each header in a buffer for the largest one, and pools no buffer larger than 64 KB: with HTTP/1.1's
 * bound, allocating buffers took 80 % of a request's time, and gigabytes. So the bound is {@value #USUAL_HEADER_BYTES}
 * bytes until a connection has an answer with more. An answer beyond the bound would end the connection with all its
 * streams. For the same reason a client's own bound (SETTINGS_MAX_HEADER_LIST_SIZE), which is only advice (RFC 9113,
 * 10.5.1), is left to the client, which can refuse a single answer.
 */
final class Http2 extends HTTP2ServerConnectionFactory {
    private static final int USUAL_HEADER_BYTES = 64 * 1024;

    /** The size of a service's header from which the usual bound may be too low: the gateway adds fields of its own. */
    private static final int LARGE_HEADER_BYTES = USUAL_HEADER_BYTES - 8 * 1024;

    private static final String LARGE_HEADERS = "gateway.large-headers";

    Http2(HttpConfiguration http) {
        super(http);
        http.setMaxResponseHeaderSize(USUAL_HEADER_BYTES);
    }

    /**
     * Prepares a connection for an answer whose header has this size.
     *
     * @param bytes the size as HTTP/2 counts it (RFC 9113, 6.5.2)
     */
    static void expectHeader(HTTP2Connection connection, int bytes) {
        if (bytes > LARGE_HEADER_BYTES && connection instanceof ConnectionMetaData large) {
            large.setAttribute(LARGE_HEADERS, true); // from now on: nobody knows when the answer is encoded
            setBound(connection.getSession(), true);
        }
    }

    private static void setBound(HTTP2Session session, boolean large) {
        session.getGenerator()
                .getHpackEncoder()
                .setMaxHeaderListSize(large ? ClientConnector.RESPONSE_HEADER_BYTES : USUAL_HEADER_BYTES);
    }

    @Override
    protected ServerSessionListener newSessionListener(Connector connector, EndPoint endPoint) {
        return new HTTPServerSessionListener(endPoint) {
            /** Called when Jetty has lowered the bound to the client's. */
            @Override
            public void onSettings(Session session, SettingsFrame frame) {
                boolean large = endPoint.getConnection() instanceof ConnectionMetaData connection
                        && connection.getAttribute(LARGE_HEADERS) != null;
                setBound((HTTP2Session) session, large);
                super.onSettings(session, frame);
            }
        };
    }
}
