package gateway.http;

import jakarta.servlet.http.HttpServletResponse;
import java.util.function.Supplier;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpFields;

/** Access to an answer's header fields as Jetty sends them. */
public final class ResponseFields {
    private ResponseFields() {}

    /**
     * Returns the fields themselves, bypassing the servlet API, which inspects each name and would rewrite a {@code
     * Content-Type}. Only {@code Content-Length} must be set through the response, which has to know where the body
     * ends.
     */
    public static HttpFields.Mutable of(HttpServletResponse response) {
        return ServletContextResponse.getServletContextResponse(response)
                .getWrapped()
                .getHeaders();
    }

    /** Sets the supplier of the trailers, which makes the body chunked. To be called before any of the body is sent. */
    public static void trailers(HttpServletResponse response, Supplier<HttpFields> trailers) {
        ServletContextResponse.getServletContextResponse(response).getWrapped().setTrailersSupplier(trailers);
    }
}
