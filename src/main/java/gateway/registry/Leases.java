package gateway.registry;

import gateway.util.Stalls;
import gateway.util.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Removes services whose lease has ended without renewal: they may no longer exist. */
public final class Leases {
    /** The pause between calls of {@link #tick}; so a service may leave that much late. */
    public static final Duration PAUSE = Duration.ofMillis(100);

    private static final Logger LOG = LoggerFactory.getLogger(Leases.class);

    private final ServiceList services;
    private final Stalls stalls;
    private final Time time;
    private long lastTick;

    /** @param stalls after each, all leases start again: nobody could renew meanwhile */
    public Leases(ServiceList services, Stalls stalls, Time time) {
        this.services = services;
        this.stalls = stalls;
        this.time = time;
        this.lastTick = time.nanos();
    }

    /** Removes the services whose lease has ended. */
    public void tick() {
        if (stalls.endedSince(lastTick)) {
            services.renewAll();
        }
        lastTick = time.nanos();
        for (Backend gone : services.removeExpired()) {
            LOG.warn("{} left the list: {}", gone, Departures.expiry(gone));
        }
    }
}
