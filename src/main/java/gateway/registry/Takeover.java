package gateway.registry;

import gateway.util.Time;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Applies the list that all gateways share to this gateway's list. Used under the list's lock. */
final class Takeover {
    private final Map<String, Backend> byName;
    private final Function<Service, Backend> add;
    private final Capacity capacity;
    private final Time time;

    /**
     * @param byName the list to change
     * @param add adds a service to the list and returns its backend
     */
    Takeover(Map<String, Backend> byName, Function<Service, Backend> add, Capacity capacity, Time time) {
        this.byName = byName;
        this.add = add;
        this.capacity = capacity;
        this.time = time;
    }

    /** Does what {@link ServiceList#apply} promises. */
    Listed.Taken services(List<Listed> shared, Predicate<String> newerHere) {
        Map<String, Listed> theirs = shared.stream()
                .collect(Collectors.toMap(listed -> listed.service().name(), listed -> listed));
        List<Backend> left = new ArrayList<>();
        List<Backend> came = new ArrayList<>();
        byName.values()
                .removeIf(backend ->
                        !theirs.containsKey(backend.name()) && !newerHere.test(backend.name()) && left.add(backend));
        int leftOut = 0;
        for (Listed listed : shared) {
            Service service = listed.service();
            if (newerHere.test(service.name())) {
                continue;
            }
            Backend backend = byName.get(service.name());
            if (backend == null && !capacity.hasRoomBeside(byName.size())) {
                leftOut++;
                continue;
            }
            if (backend == null || !backend.url().equals(service.url())) {
                backend = add.apply(service);
                came.add(backend);
            }
            backend.draining(listed.draining());
            backend.lease(service.lease(), listed.left(), time.nanos());
        }
        capacity.leftOut(leftOut);
        return new Listed.Taken(came, left);
    }

    /** Does what {@link ServiceList#leases} promises. */
    void leases(Map<String, Duration> left, Predicate<String> newerHere) {
        left.forEach((name, duration) -> {
            Backend backend = byName.get(name);
            if (backend != null && !newerHere.test(name)) {
                backend.lease(backend.lease(), duration, time.nanos());
            }
        });
    }
}
