package gateway.route;

import gateway.http.PathPrefix;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * The paths of the gateway's own API and pages, which go before routes at the main port: a route can't hide how it is
 * operated. With an admin port they are there, and routes go first at the main port.
 */
public final class OwnPaths {
    /** The overview, without what is below it. */
    private static final String OVERVIEW = "/";

    /** Each with all that is below it. */
    private static final List<PathPrefix> ALL = List.of(
            new PathPrefix("/health"),
            new PathPrefix("/stats"),
            new PathPrefix("/metrics"),
            new PathPrefix("/services"),
            new PathPrefix("/routes"),
            new PathPrefix("/gateways"),
            new PathPrefix("/config"),
            new PathPrefix("/limits"),
            new PathPrefix("/requests"),
            new PathPrefix("/events"),
            new PathPrefix("/dashboard"),
            new PathPrefix("/docs"),
            new PathPrefix("/openapi.json"),
            new PathPrefix("/webjars"));

    private final boolean first;

    /** By their lengths, so that a request's path is compared with few of them: each is one segment. */
    private final List<List<String>> byLength;

    /** @param first whether they go before routes */
    public OwnPaths(boolean first) {
        this.first = first;
        int longest = ALL.stream().mapToInt(own -> own.text().length()).max().orElse(0);
        this.byLength = IntStream.rangeClosed(0, longest)
                .mapToObj(length -> ALL.stream()
                        .map(PathPrefix::text)
                        .filter(own -> own.length() == length)
                        .toList())
                .toList();
    }

    /** Returns whether a raw path is the gateway's own and goes before routes. */
    public boolean has(String path) {
        if (!first) {
            return false;
        }
        int slash = path.indexOf('/', 1);
        int length = slash < 0 ? path.length() : slash;
        if (length < byLength.size()) {
            List<String> alike = byLength.get(length);
            for (int i = 0; i < alike.size(); i++) {
                if (path.startsWith(alike.get(i))) {
                    return true;
                }
            }
        }
        return path.equals(OVERVIEW);
    }

    /** Returns whether some of them lie below a prefix, or it below one of them. */
    boolean areBelow(String prefix) {
        PathPrefix route = new PathPrefix(prefix);
        return above(route).isPresent() || !below(route).isEmpty();
    }

    /** Returns which of them has all that is below this prefix. */
    Optional<PathPrefix> above(PathPrefix prefix) {
        return all().filter(own -> own.covers(prefix.text())).findFirst();
    }

    /** Returns those that lie below this prefix. */
    List<String> below(PathPrefix prefix) {
        Stream<String> overview = first && prefix.text().isEmpty() ? Stream.of(OVERVIEW) : Stream.of();
        return Stream.concat(overview, all().map(PathPrefix::text).filter(prefix::covers))
                .toList();
    }

    private Stream<PathPrefix> all() {
        return first ? ALL.stream() : Stream.of();
    }
}
