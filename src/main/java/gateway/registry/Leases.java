package gateway.registry;

import gateway.util.Durations;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets services go whose lease has ended: no renewal came, so nobody knows whether they are still there. */
public final class Leases {
    /** How often {@link #tick} is to be called, and so how late a service may leave. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final ServiceList services;

    public Leases(ServiceList services) {
        this.services = services;
    }

    /** Removes the services whose lease has ended by now. */
    public void tick() {
        for (Backend gone : services.removeExpired()) {
            LOG.warn(
                    "{} left the list: its lease of {} was not renewed",
                    gone,
                    Durations.text(gone.lease().orElseThrow()));
        }
    }
}
