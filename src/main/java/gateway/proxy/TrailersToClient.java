package gateway.proxy;

import java.util.List;
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

    /**
     * Takes the trailers that came after the body. Fields that frame a message don't pass.
     *
     * @param lines names and values, one after the other
     */
    void came(List<String> lines) {
        HttpFields.Mutable passing = HttpFields.build();
        for (int i = 0; i < lines.size(); i += 2) {
            String name = lines.get(i);
            HttpHeader known = HttpHeader.CACHE.get(name);
            if (known != HttpHeader.CONTENT_LENGTH && HeaderRules.passesToClient(known, name, Set.of())) {
                passing.add(new HttpField(known, name, lines.get(i + 1)));
            }
        }
        trailers = passing;
    }

    @Override
    public HttpFields get() {
        return trailers.size() == 0 ? null : trailers;
    }
}
