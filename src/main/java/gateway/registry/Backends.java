package gateway.registry;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.TreeMap;
import java.util.function.Predicate;

/**
 * The backends of a list, ordered by name and URL, so that round robin keeps its order when a service leaves and comes
 * back. Used under the list's lock.
 */
final class Backends {
    private final TreeMap<BackendId, Backend> all = new TreeMap<>();

    /** Returns the backend with this name and URL; null if there is none. */
    Backend get(BackendId id) {
        return all.get(id);
    }

    /** Returns whether this very backend is in the list. */
    boolean has(Backend backend) {
        return all.get(backend.id()) == backend;
    }

    void put(Backend backend) {
        all.put(backend.id(), backend);
    }

    void remove(Backend backend) {
        all.remove(backend.id(), backend);
    }

    /** Removes the backends that match, and returns them. */
    List<Backend> removeIf(Predicate<Backend> condition) {
        List<Backend> removed = new ArrayList<>();
        all.values().removeIf(backend -> condition.test(backend) && removed.add(backend));
        return removed;
    }

    /** Returns the instances of a service, by URL; by its full name. */
    List<Backend> of(String name) {
        return all.tailMap(new BackendId(name, "")).values().stream()
                .takeWhile(backend -> backend.id().name().equals(name))
                .toList();
    }

    /** Returns the backends of a route, by name and URL. */
    List<Backend> ofRoute(String route) {
        boolean first = route.equals(Service.DEFAULT_ROUTE);
        return (first ? all : all.tailMap(new BackendId(BackendId.fullName(route, ""), "")))
                .values().stream()
                        .takeWhile(backend -> first || backend.route().equals(route))
                        .filter(backend -> backend.route().equals(route))
                        .toList();
    }

    /** Returns all backends; a view. */
    Collection<Backend> all() {
        return all.values();
    }

    /** Returns how many backends need room: those that are about to leave or are configured need none. */
    int size() {
        return (int) all.values().stream().filter(this::needsRoom).count();
    }

    boolean needsRoom(Backend backend) {
        return !backend.leaving() && !backend.configured();
    }
}
