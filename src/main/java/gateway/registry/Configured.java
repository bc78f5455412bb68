package gateway.registry;

import gateway.util.Time;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;

/** Takes the services that routes' configurations list into the list. Used under the list's lock. */
final class Configured {
    private final Backends backends;
    private final Function<Service, Backend> add;
    private final Time time;

    /** @param add adds a service to the list and returns its backend */
    Configured(Backends backends, Function<Service, Backend> add, Time time) {
        this.backends = backends;
        this.add = add;
        this.time = time;
    }

    /**
     * What has changed.
     *
     * @param added the new backends
     * @param routes the routes whose services have changed
     */
    record Change(List<Backend> added, Set<String> routes) {}

    /** Does what {@link ServiceList#configure} promises. */
    Change take(Collection<Service> listed) {
        Set<String> taken = new HashSet<>(); // of each route, the names and URLs
        for (Backend backend : backends.all()) {
            taken.add(backend.id().name());
            taken.add(urlOf(backend.route(), backend.id()));
        }
        Change change = new Change(new ArrayList<>(), new HashSet<>());
        for (Service service : listed) {
            BackendId id = service.id();
            Backend known = backends.get(id);
            if (known != null && known.configured()) {
                if (known.update(service, time.now())) {
                    change.routes().add(service.route());
                }
            } else if (taken.add(id.name()) && taken.add(urlOf(service.route(), id))) {
                Backend added = add.apply(service);
                added.configured(true);
                change.added().add(added);
                change.routes().add(service.route());
            }
        }
        return change;
    }

    private static String urlOf(String route, BackendId id) {
        return route + " " + id.url();
    }
}
