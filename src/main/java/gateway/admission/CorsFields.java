package gateway.admission;

import gateway.http.Token;
import gateway.route.Cors;
import java.util.Iterator;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * The header fields by which an answer tells browsers whether pages of another origin may read it (the Fetch standard,
 * CORS protocol). They are the gateway's alone: a service that allows any origin must not open a route that names some.
 * Only what it exposes beside is left to it, since it alone knows its own fields.
 */
final class CorsFields {
    /** An origin that means any. */
    private static final String ANY = "*";

    private static final String ALL = "Access-Control-";

    /** What the gateway adds to answers and a page may want to read. */
    private static final String OWN = "Retry-After, RateLimit, RateLimit-Policy, X-RateLimit-Limit, "
            + "X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-ID, Proxy-Status, X-Gateway, X-Backend-Service, "
            + "X-Load-Balancer";

    private static final HttpField EXPOSED = new PreEncodedHttpField(HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS, OWN);
    private static final HttpField FOR_ANY = new PreEncodedHttpField(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, ANY);
    private static final HttpField WITH_CREDENTIALS =
            new PreEncodedHttpField(HttpHeader.ACCESS_CONTROL_ALLOW_CREDENTIALS, "true");
    private static final HttpField BY_ORIGIN = new HttpField(HttpHeader.VARY, "Origin");

    /** The longest list of names of headers that is repeated to the page which asks for them. */
    private static final int LONGEST_LIST = 4096;

    private CorsFields() {}

    /** Returns whether pages of this origin may use the route. */
    static boolean allows(Cors cors, String origin) {
        return origin != null && (cors.origins().contains(ANY) || cors.origins().contains(origin));
    }

    /**
     * Puts into the answer what the route says.
     *
     * @param cors with at least one origin
     * @param isPreflight whether the request asks whether another may be sent
     */
    static void put(Cors cors, HttpFields request, boolean isPreflight, HttpFields.Mutable answer) {
        removeOthers(answer);
        boolean isForAny = cors.origins().contains(ANY);
        if (!isForAny) {
            answer.ensureField(BY_ORIGIN); // also without an origin, or a cache gives this answer to pages
        }
        String origin = request.get(HttpHeader.ORIGIN);
        if (!isForAny && !allows(cors, origin)) {
            answer.remove(HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS);
            return;
        }
        answer.add(isForAny ? FOR_ANY : new HttpField(HttpHeader.ACCESS_CONTROL_ALLOW_ORIGIN, origin));
        if (cors.credentials()) {
            answer.add(WITH_CREDENTIALS);
        }
        if (isPreflight) {
            permit(cors, request, answer);
        } else {
            answer.add(EXPOSED);
        }
    }

    /** Removes what the service says, but for what it exposes. */
    private static void removeOthers(HttpFields.Mutable answer) {
        for (Iterator<HttpField> all = answer.iterator(); all.hasNext(); ) {
            HttpField field = all.next();
            if (field.getHeader() != HttpHeader.ACCESS_CONTROL_EXPOSE_HEADERS
                    && field.getName().regionMatches(true, 0, ALL, 0, ALL.length())) {
                all.remove();
            }
        }
    }

    private static void permit(Cors cors, HttpFields request, HttpFields.Mutable answer) {
        String method = request.get(HttpHeader.ACCESS_CONTROL_REQUEST_METHOD);
        if (!cors.methods().isEmpty()) {
            answer.add(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, String.join(", ", cors.methods()));
        } else if (Token.is(method)) {
            answer.add(HttpHeader.ACCESS_CONTROL_ALLOW_METHODS, method);
        }
        List<String> asked = request.getCSV(HttpHeader.ACCESS_CONTROL_REQUEST_HEADERS, false);
        String headers = String.join(", ", cors.headers().isEmpty() ? asked : cors.headers());
        if (!headers.isEmpty()
                && headers.length() <= LONGEST_LIST
                && asked.stream().allMatch(Token::is)) {
            answer.add(HttpHeader.ACCESS_CONTROL_ALLOW_HEADERS, headers);
        }
        answer.add(
                HttpHeader.ACCESS_CONTROL_MAX_AGE, String.valueOf(cors.maxAge().toSeconds()));
    }
}
