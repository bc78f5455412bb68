package gateway.registry;

import java.util.Optional;
import java.util.function.Predicate;

/**
 * Which instances of a service a request is about.
 *
 * @param route the route that is meant; empty for all
 * @param name the service's name
 * @param instance the id or URL of the one that is meant; empty for all
 */
public record Meant(Optional<String> route, String name, Optional<String> instance) implements Predicate<Backend> {
    /** Returns instances of a service in all routes. */
    public static Meant everywhere(String name, Optional<String> instance) {
        return new Meant(Optional.empty(), name, instance);
    }

    @Override
    public boolean test(Backend backend) {
        return backend.name().equals(name)
                && (route.isEmpty() || route.get().equals(backend.route()))
                && (instance.isEmpty() || backend.isMeantBy(instance.get()));
    }
}
