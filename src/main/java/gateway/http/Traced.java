package gateway.http;

import jakarta.servlet.ServletRequest;

/** A request under the ids by which it is found again; what a {@link Problem} knows of the request that it answers. */
public interface Traced {
    /** Where the request carries it. */
    String ATTRIBUTE = "gateway.traced";

    /** The id of this request, 1 to 128 visible characters. */
    String requestId();

    /** The id of the trace that it is part of, 32 hexadecimal digits. */
    String traceId();

    /** Whether it is for a service, so that an answer of the gateway's own has to say so. */
    boolean isForService();

    /** The gateway itself answers it, with this. */
    void answeredBy(Problem problem);

    /** The request's; null if it was refused before it got any. */
    static Traced of(ServletRequest request) {
        return (Traced) request.getAttribute(ATTRIBUTE);
    }
}
