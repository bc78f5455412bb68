package gateway.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import gateway.registry.Backend;
import gateway.registry.BackendId;
import gateway.registry.Draining;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import java.time.Duration;
import java.util.Optional;

/**
 * The changes of one instance of a service that were requested at this gateway and are yet to be sent to Redis, in the
 * form that {@code sync.lua} reads. Only the last change of each kind counts; they are applied in the order of the
 * fields.
 *
 * <p>Each part has a number, by which Redis recognises a change that it has applied already though its answer was lost,
 * and the time of its request in milliseconds of Redis's clock, 0 if that is unknown.
 *
 * @param name the service's full name
 * @param url the instance's URL; empty for a removal of all instances
 * @param remove the instance was deregistered
 * @param offer the service is to be added unless its name or URL is in the list
 * @param put the instance was registered, or renewed its lease
 * @param drain the instance was drained or resumed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Change(String name, String url, Remove remove, Offer offer, Put put, DrainTo drain) {
    /** Stands for the URLs of all instances. */
    private static final String ALL = "";

    /** How the shared list says {@link Draining#MOVING_SESSIONS}, beside that the service is draining. */
    static final String MOVE = "move";

    record Remove(long number, long at) {}

    /** An offer, with the fields of a {@link Put} and how the service is draining. */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Offer(
            long number,
            long at,
            Long lease,
            String instance,
            String twin,
            Integer weight,
            String health,
            boolean draining,
            String sessions) {}

    /**
     * @param lease the lease in milliseconds; null without one
     * @param instance the instance's own id; null if it has none
     * @param twin the name that a service with this URL has if the settings list it
     * @param weight the one that the registration says; null if it says none
     * @param health the one that the registration says, as {@link HealthCheck#parse} reads it; null if it says none
     * @param weightNow the one that is known here, should Redis know none
     * @param healthNow the same of the way of checking; null for that of the route
     * @param anew whether it is a new backend, which isn't draining
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Put(
            long number,
            long at,
            Long lease,
            String instance,
            String twin,
            Integer weight,
            String health,
            Integer weightNow,
            String healthNow,
            @JsonIgnore boolean anew) {
        /** Returns this registration with what an earlier one says and this one doesn't. */
        Put after(Put earlier) {
            return earlier == null
                    ? this
                    : new Put(
                            number,
                            at,
                            lease,
                            instance,
                            twin,
                            weight == null ? earlier.weight : weight,
                            health == null ? earlier.health : health,
                            weightNow,
                            healthNow,
                            anew);
        }
    }

    /** @param sessions {@value #MOVE} if the clients that are bound to the instance are to move; else null */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record DrainTo(long number, long at, boolean draining, String sessions) {}

    static Change remove(BackendId id, long number, long at) {
        return new Change(id.name(), id.url(), new Remove(number, at), null, null, null);
    }

    static Change removeAll(String name, long number, long at) {
        return remove(all(name), number, at);
    }

    static Change offer(Service service, Draining draining, long number, long at) {
        Offer offer = new Offer(
                number,
                at,
                lease(service),
                service.instance().orElse(null),
                twin(service),
                service.weight().orElse(null),
                text(service.health()),
                draining != Draining.NO,
                sessions(draining));
        return new Change(service.id().name(), service.id().url(), null, offer, null, null);
    }

    /** @param backend what is known of it here */
    static Change put(Service service, Backend backend, boolean anew, long number, long at) {
        Put put = new Put(
                number,
                at,
                lease(service),
                service.instance().orElse(null),
                twin(service),
                service.weight().orElse(null),
                text(service.health()),
                backend.weight(),
                text(backend.health()),
                anew);
        return new Change(service.id().name(), service.id().url(), null, null, put, null);
    }

    static Change drain(BackendId id, Draining draining, long number, long at) {
        DrainTo drain = new DrainTo(number, at, draining != Draining.NO, sessions(draining));
        return new Change(id.name(), id.url(), null, null, null, drain);
    }

    private static String sessions(Draining draining) {
        return draining == Draining.MOVING_SESSIONS ? MOVE : null;
    }

    /** Returns the id under which a removal of all instances of a service is pending. */
    static BackendId all(String name) {
        return new BackendId(name, ALL);
    }

    private static Long lease(Service service) {
        return service.lease().map(Duration::toMillis).orElse(null);
    }

    private static String text(Optional<HealthCheck> health) {
        return health.map(HealthCheck::toString).orElse(null);
    }

    private static String twin(Service service) {
        return Service.configured(service.route(), service.url(), Optional.empty())
                .id()
                .name();
    }

    /** Returns which backend it concerns. */
    BackendId id() {
        return new BackendId(name, url);
    }

    /** Returns whether it concerns all instances of the service. */
    @JsonIgnore
    boolean isOfAll() {
        return url.equals(ALL);
    }

    /** Returns this change and a later one of the same instance as one. */
    Change then(Change later) {
        if (later.remove != null) {
            return later;
        }
        DrainTo drainBefore = later.put != null && later.put.anew ? null : drain;
        return new Change(
                name,
                url,
                remove,
                later.offer != null ? later.offer : offer,
                later.put != null ? later.put.after(put) : put,
                later.drain != null ? later.drain : drainBefore);
    }
}
