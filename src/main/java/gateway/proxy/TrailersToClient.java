package gateway.proxy;

import java.util.Set;
import java.util.function.Supplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * The trailers of a chunked answer (RFC 9110, 6.5), for a client that accepts them. Jetty wants to know before the body
 * that there may be some, and asks for them after it.
 */
final class TrailersToClient implements Supplier<HttpFields> {
    private HttpFields trailers = HttpFields.EMPTY;

    /** Takes the trailers that came after the body. Fields that frame a message don't pass. */
    void came(HttpFields lines) {
        HttpFields.Mutable passing = HttpFields.build();
        for (HttpField field : lines) {
            HttpHeader known = field.getHeader();
            if (known != HttpHeader.CONTENT_LENGTH && HeaderRules.passesToClient(known, field.getName(), Set.of())) {
                passing.add(field);
            }
        }
        trailers = passing;
    }

    @Override
    public HttpFields get() {
        return trailers.size() == 0 ? null : trailers;
    }
}
