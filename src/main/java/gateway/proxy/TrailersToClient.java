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
    private static final int MOST_BYTES = 7 * 1024;
    private static final int FIELD_BYTES = 32;

    private HttpFields trailers = HttpFields.EMPTY;

    /**
     * Takes the trailers that came after the body. Fields that frame a message don't pass; nor do trailers that are too
     * large for Jetty's buffer, which would end the connection: the answer is whole without them.
     */
    void came(HttpFields lines) {
        HttpFields.Mutable passing = HttpFields.build();
        int size = 0;
        for (HttpField field : lines) {
            HttpHeader known = field.getHeader();
            if (known != HttpHeader.CONTENT_LENGTH && HeaderRules.passesToClient(known, field.getName(), Set.of())) {
                passing.add(field);
                size += field.getName().length() + field.getValue().length() + FIELD_BYTES;
            }
        }
        trailers = size <= MOST_BYTES ? passing : HttpFields.EMPTY;
    }

    @Override
    public HttpFields get() {
        return trailers.size() == 0 ? null : trailers;
    }
}
