package gateway.registry;

import java.util.Collection;
import java.util.List;
import java.util.stream.Stream;

/**
 * The list of services at one moment; immutable.
 *
 * @param all all backends, by name
 * @param available the backends that may be chosen, by name
 * @param unavailable the other backends, by name
 * @param even whether the available ones have the same weight
 */
public record Snapshot(List<Backend> all, List<Backend> available, List<Unavailable> unavailable, boolean even) {
    private static final String FULL = "full";

    /**
     * A backend that couldn't be chosen at that moment, and why.
     *
     * @param status the status for people
     * @param reason why it has that status
     */
    public record Unavailable(Backend backend, String status, String reason) {}

    /** Returns this list with these available backends moved to the unavailable ones because they were full. */
    public Snapshot without(List<Backend> full) {
        return of(
                all,
                available.stream().filter(backend -> !full.contains(backend)).toList(),
                Stream.concat(
                                unavailable.stream(),
                                full.stream()
                                        .map(backend ->
                                                new Unavailable(backend, FULL, "has as many requests as it may have")))
                        .toList());
    }

    /** Returns whether there are backends of which none may be chosen. */
    public boolean isDown() {
        return available.isEmpty() && !all.isEmpty();
    }

    static Snapshot of(Collection<Backend> backends) {
        List<Backend> all = List.copyOf(backends);
        return of(
                all,
                all.stream().filter(Backend::available).toList(),
                all.stream()
                        .filter(backend -> !backend.available())
                        .map(backend -> new Unavailable(backend, backend.statusWord(), backend.reason()))
                        .toList());
    }

    private static Snapshot of(List<Backend> all, List<Backend> available, List<Unavailable> unavailable) {
        return new Snapshot(
                all,
                available,
                unavailable,
                available.stream().mapToInt(Backend::weight).distinct().count() <= 1);
    }
}
