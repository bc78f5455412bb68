package gateway.http;

import jakarta.servlet.ServletRequest;
import org.eclipse.jetty.server.Request;

/** A request's ids, by which it can be found again: what a {@link Problem} knows of the request that it answers. */
public interface Traced {
    /** The attribute in which a request carries it. */
    String ATTRIBUTE = "gateway.traced";

    /** Returns the id of this request, 1 to 128 visible characters. */
    String requestId();

    /** Returns the id of the trace that the request is part of, 32 hexadecimal digits. */
    String traceId();

    /** Returns whether the request is for a service, so that an answer of the gateway itself carries a Proxy-Status. */
    boolean isForService();

    /** Notes that the gateway itself answers the request with this problem. */
    void answeredBy(Problem problem);

    /** Returns the request's; null if it has none yet. */
    static Traced of(ServletRequest request) {
        return (Traced) request.getAttribute(ATTRIBUTE);
    }

    /** Returns the request's; null if it has none yet. */
    static Traced of(Request request) {
        return (Traced) request.getAttribute(ATTRIBUTE);
    }
}
