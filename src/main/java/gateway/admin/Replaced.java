package gateway.admin;

import gateway.registry.Backend;
import gateway.registry.Registered;
import java.util.List;
import java.util.stream.Stream;

/**
 * An instance whose place another has taken by registering.
 *
 * @param instance its id: the one that it gave itself, or else its URL
 * @param url where it was
 */
record Replaced(String name, String instance, String url) {
    /** Returns what a registration has replaced; null for nothing. */
    static List<Replaced> by(Registered registered) {
        Backend backend = registered.backend();
        List<Replaced> all = Stream.concat(
                        Stream.concat(registered.before().stream(), registered.twin().stream())
                                .map(gone -> new Replaced(gone.name(), gone.instance(), gone.urlText())),
                        registered.displaced().stream().map(id -> new Replaced(backend.name(), id, backend.urlText())))
                .toList();
        return all.isEmpty() ? null : all;
    }
}
