package gateway.route;

import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.ServiceList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/**
 * Knows which URLs are healthy when the routes change, and by which check: whoever gives a route another name, or lists a
 * service in a second one, needn't wait for a check to which the answer is known.
 */
final class KnownHealth {
    private final ServiceList services;
    private final RouteTable after;
    private final Map<ServiceUrl, Set<HealthCheck>> healthy = new HashMap<>();

    KnownHealth(ServiceList services, Routes.Change change) {
        this.services = services;
        this.after = change.after();
        for (Backend backend : services.all()) {
            HealthCheck check = check(backend, change.before());
            if (backend.state().status() == Backend.Status.HEALTHY && check != null) {
                healthy.computeIfAbsent(backend.url(), url -> new HashSet<>()).add(check);
            }
        }
    }

    private static HealthCheck check(Backend backend, RouteTable table) {
        Route route = table.get(backend.route());
        return backend.health().orElse(route == null ? null : route.config().health());
    }

    /** Admits a backend whose URL is healthy already, by the check that it is going to have; returns whether it is so. */
    boolean admits(Backend backend) {
        boolean known = healthy.getOrDefault(backend.url(), Set.of()).contains(check(backend, after));
        return known && services.admit(backend, "healthy in another route");
    }
}
