package gateway.route;

import java.time.Duration;
import java.util.List;
import java.util.Set;

/**
 * Which pages of other origins may use a route (the Fetch standard's CORS protocol).
 *
 * @param origins as browsers send them, like {@code https://app.example}, or {@code *} for any; none: the gateway says
 * nothing of its own, and services may
 * @param methods the methods that such a page may use beyond GET, HEAD and POST; empty for those that it asks for
 * @param headers the headers that such a page may send; empty for those that it asks for
 * @param credentials whether cookies may be sent along; not with {@code *}
 * @param maxAge how long a browser may remember the answer to its preflight
 */
public record Cors(
        Set<String> origins, List<String> methods, List<String> headers, boolean credentials, Duration maxAge) {
    /** How long browsers may remember unless the route says otherwise. */
    public static final Duration USUAL_MAX_AGE = Duration.ofMinutes(10);

    /** No page of another origin is named. */
    public static final Cors NONE = new Cors(Set.of(), List.of(), List.of(), false, USUAL_MAX_AGE);
}
