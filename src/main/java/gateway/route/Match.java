package gateway.route;

import gateway.http.PathPrefix;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * The requests that a route takes. Of the routes that match a request, that with the longest path takes it; then one
 * that names the host wins over one that doesn't; then one that names methods.
 *
 * @param path the prefix of the raw path, compared byte for byte
 * @param host the host without a port, in lower case; empty for any
 * @param methods the methods; empty for any
 */
public record Match(PathPrefix path, Optional<String> host, Set<String> methods) {
    /** Makes a match, with the host in lower case. */
    public Match {
        host = host.map(name -> name.toLowerCase(Locale.ROOT));
        methods = Set.copyOf(methods);
    }

    /** Returns a match of all requests below a path. */
    public static Match below(PathPrefix path) {
        return new Match(path, Optional.empty(), Set.of());
    }
}
