package gateway.server;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http2.HTTP2Connection;
import org.eclipse.jetty.http2.HTTP2Stream;
import org.eclipse.jetty.io.QuietException;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;

/**
 * Ends the upload of an HTTP/2 request that was answered before its end in the way that leaves the answer valid: by
 * NO_ERROR (RFC 9113, 8.1). Jetty means to do so, but doesn't recognize the case behind the exception that it wraps it
 * in, and says CANCEL, for which some clients throw the answer away.
 */
final class Http2UnreadBody implements HttpConfiguration.Customizer {
    @Override
    public Request customize(Request request, HttpFields.Mutable answer) {
        if (request.getConnectionMetaData().getConnection() instanceof HTTP2Connection http2) {
            HTTP2Stream stream = http2.getSession().getStream(Integer.parseInt(request.getId()));
            if (stream != null && !stream.isRemotelyClosed()) {
                request.addHttpStreamWrapper(Ending::new);
            }
        }
        return request;
    }

    private static final class Ending extends HttpStream.Wrapper {
        Ending(HttpStream wrapped) {
            super(wrapped);
        }

        @Override
        public void failed(Throwable failure) {
            boolean unread = failure instanceof QuietException && failure.getCause() == HttpStream.CONTENT_NOT_CONSUMED;
            super.failed(unread ? HttpStream.CONTENT_NOT_CONSUMED : failure);
        }
    }
}
