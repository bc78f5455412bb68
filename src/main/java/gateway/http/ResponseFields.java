package gateway.http;

import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpFields;

/** An answer's header fields as Jetty will send them. */
public final class ResponseFields {
    private ResponseFields() {}

    /**
     * The fields themselves, without the servlet API around them, which looks at each one's name, and would put a
     * {@code Content-Type} into a form of its own. {@code Content-Length} alone must be set through the response, which
     * has to know where the body ends.
     */
    public static HttpFields.Mutable of(HttpServletResponse response) {
        return ServletContextResponse.getServletContextResponse(response)
                .getWrapped()
                .getHeaders();
    }

    /** Has what this supplies sent behind the body, which is then chunked; to be called before any of it is sent. */
    public static void trailers(HttpServletResponse response, Supplier<HttpFields> trailers) {
        ServletContextResponse.getServletContextResponse(response).getWrapped().setTrailersSupplier(trailers);
    }
}
