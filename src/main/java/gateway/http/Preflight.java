package gateway.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * A browser's question whether a page of another origin may send a request (the Fetch standard, CORS-preflight request):
 * OPTIONS with the headers Origin and Access-Control-Request-Method.
 */
public final class Preflight {
    private Preflight() {}

    /** Returns whether a request with this method and these headers is one. */
    public static boolean isOne(String method, HttpFields fields) {
        return method.equals("OPTIONS")
                && fields.contains(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD)
                && fields.contains(HttpHeader.ORIGIN);
    }
}
