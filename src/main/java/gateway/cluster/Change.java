package gateway.cluster;

import com.fasterxml.jackson.annotation.JsonIgnore;
import com.fasterxml.jackson.annotation.JsonInclude;
import gateway.registry.Service;
import java.time.Duration;

/**
 * The changes of one service that were requested at this gateway and are yet to be sent to Redis, in the form that
 * {@code sync.lua} reads. Only the last change of each kind counts; they are applied in the order of the fields.
 *
 * <p>Each part has a number, by which Redis recognises a change that it has applied already though its answer was lost,
 * and the time of its request in milliseconds of Redis's clock, 0 if that is unknown.
 *
 * @param remove the service was deregistered
 * @param offer the service is to be added unless its name or URL is in the list
 * @param put the service was registered, or renewed its lease
 * @param drain the service was drained or resumed
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record Change(String name, Remove remove, Offer offer, Put put, DrainTo drain) {
    record Remove(long number, long at) {}

    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Offer(long number, long at, String url, Long lease, String twin, boolean draining) {}

    /**
     * @param lease the lease in milliseconds; null without one
     * @param twin the name that a service with this URL has if the settings list it
     * @param anew whether it is a new backend, which isn't draining
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Put(
            long number,
            long at,
            String url,
            Long lease,
            String twin,
            @JsonIgnore boolean anew) {}

    record DrainTo(long number, long at, boolean draining) {}

    static Change remove(String name, long number, long at) {
        return new Change(name, new Remove(number, at), null, null, null);
    }

    static Change offer(Service service, boolean draining, long number, long at) {
        Offer offer = new Offer(number, at, service.url().toString(), lease(service), twin(service), draining);
        return new Change(service.name(), null, offer, null, null);
    }

    static Change put(Service service, boolean anew, long number, long at) {
        Put put = new Put(number, at, service.url().toString(), lease(service), twin(service), anew);
        return new Change(service.name(), null, null, put, null);
    }

    static Change drain(String name, boolean draining, long number, long at) {
        return new Change(name, null, null, null, new DrainTo(number, at, draining));
    }

    private static Long lease(Service service) {
        return service.lease().map(Duration::toMillis).orElse(null);
    }

    private static String twin(Service service) {
        return Service.configured(service.url()).name();
    }

    /** Returns this change and a later one of the same service as one. */
    Change then(Change later) {
        if (later.remove != null) {
            return later;
        }
        DrainTo drainBefore = later.put != null && later.put.anew ? null : drain;
        return new Change(
                name,
                remove,
                later.offer != null ? later.offer : offer,
                later.put != null ? later.put : put,
                later.drain != null ? later.drain : drainBefore);
    }
}
