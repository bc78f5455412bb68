package gateway.health;

import gateway.events.EventKind;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Makes backends healthy and unhealthy. Each change is logged once, with the reason; checks and requests are not. */
final class StatusChanges {
    private static final Logger LOG = LoggerFactory.getLogger(StatusChanges.class);

    private final ServiceList services;
    private final EventKind kind;

    /** @param kind the event that it is when a backend becomes unhealthy */
    StatusChanges(ServiceList services, EventKind kind) {
        this.services = services;
        this.kind = kind;
    }

    void admit(Backend backend, String reason) {
        if (services.admit(backend, reason)) {
            backend.vitals().clear();
            LOG.info("{} is healthy: {}", backend, reason);
        }
    }

    /**
     * Makes a backend unhealthy, unless it is already or it is the last available one.
     *
     * @param evenIfLast whether to do so though it is the last
     * @return whether its status changed
     */
    boolean eject(Backend backend, String reason, boolean evenIfLast) {
        boolean flipped = services.eject(backend, reason, evenIfLast, kind);
        if (flipped) {
            backend.vitals().clear();
            LOG.warn("{} is unhealthy: {}", backend, reason);
        }
        return flipped;
    }
}
