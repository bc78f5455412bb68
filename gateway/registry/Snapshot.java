package gateway.registry;

import java.util.Collection;
import java.util.List;

/**
 * The list of services at one moment; immutable.
 *
 * @param all all backends, by name
 * @param available those that may be chosen, by name
 * @param unavailable the others, by name
 */
public record Snapshot(List<Backend> all, List<Backend> available, List<Unavailable> unavailable) {
    /**
     * A backend that couldn't be chosen, and why, as it was at that moment.
     *
     * @param status the word that people are shown
     * @param reason why it has that status
     */
    public record Unavailable(Backend backend, String status, String reason) {}

    static Snapshot of(Collection<Backend> backends) {
        List<Backend> all = List.copyOf(backends);
        return new Snapshot(
                all,
                all.stream().filter(Backend::available).toList(),
                all.stream()
                        .filter(backend -> !backend.available())
                        .map(backend -> new Unavailable(backend, backend.statusWord(), backend.reason()))
                        .toList());
    }
}
