package gateway.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** Handles the rest of a request's body that the answer doesn't need. */
public final class UnreadBody {
    private UnreadBody() {}

    /**
     * Discards the part of the body that has arrived. If that isn't all, Jetty closes the connection after the answer,
     * or the rest would be taken for the next request. If this is called before the answer begins, the answer says so
     * ({@code Connection: close}); a client that doesn't know sends its next request into a closing connection (RFC
     * 9112, 9.6).
     */
    public static void discard(Request request) {
        HttpFields fields = request.getHeaders();
        if (fields.contains(HttpHeader.CONTENT_LENGTH) || fields.contains(HttpHeader.TRANSFER_ENCODING)) {
            request.consumeAvailable();
        }
    }
}
