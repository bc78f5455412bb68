package gateway.proxy;

import java.util.Set;
import java.util.function.Supplier;
import okhttp3.Headers;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * What follows a chunked answer (RFC 9110, 6.5), for a client that said it takes trailers: Jetty has to be told before
 * the body that there may be some, and asks for them after it.
 */
final class TrailersToClient implements Supplier<HttpFields> {
    private HttpFields trailers = HttpFields.EMPTY;

    /** The body has ended and these came behind it. Of those that frame a message none passes. */
    void came(Headers headers) {
        HttpFields.Mutable passing = HttpFields.build();
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            HttpHeader known = HttpHeader.CACHE.get(name);
            if (known != HttpHeader.CONTENT_LENGTH && HeaderRules.passesToClient(known, name, Set.of())) {
                passing.add(new HttpField(known, name, HeaderRules.utf8AsBytes(headers.value(i))));
            }
        }
        trailers = passing;
    }

    @Override
    public HttpFields get() {
        return trailers.size() == 0 ? null : trailers;
    }
}
