package gateway.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/** What is still to come of a request's body when it is answered without being read. */
public final class UnreadBody {
    private UnreadBody() {}

    /**
     * Throws away what has come by now. If that isn't all, Jetty closes the connection after the answer, or the rest would
     * be taken for the next request. Called before the answer begins, this has it say so ({@code Connection: close}): a
     * client that isn't told sends its next request into a connection that is being closed (RFC 9112, 9.6).
     */
    public static void discard(Request request) {
        HttpFields fields = request.getHeaders();
        if (fields.contains(HttpHeader.CONTENT_LENGTH) || fields.contains(HttpHeader.TRANSFER_ENCODING)) {
            request.consumeAvailable();
        }
    }
}
