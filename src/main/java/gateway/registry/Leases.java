package gateway.registry;

import gateway.util.Durations;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes services whose lease has ended without renewal: they may no longer exist. */
public final class Leases {
    /** The pause between calls of {@link #tick}; so a service may leave that much late. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final ServiceList services;

    public Leases(ServiceList services) {
        this.services = services;
    }

    /** Removes the services whose lease has ended. */
    public void tick() {
        for (Backend gone : services.removeExpired()) {
            LOG.warn(
                    "{} left the list: its lease of {} was not renewed",
                    gone,
                    Durations.text(gone.lease().orElseThrow()));
        }
    }
}
