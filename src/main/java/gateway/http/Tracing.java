package gateway.http;

import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/** Opens the record of a request, also of one that the server refuses before any handler gets it. */
public interface Tracing {
    /**
     * Opens the record of a request, attaches it to the request, and adds the request's id to the answer.
     *
     * @param answer the answer's fields
     */
    Traced open(Request request, HttpFields.Mutable answer);
}
