package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import gateway.util.Time;
import java.time.Duration;
import java.util.List;

/** How far backends are on the way to their whole share, which they get some time after they have become available. */
public final class WarmUp {
    /** What a backend has at least: a share of nothing would be no weight at all. */
    private static final double LEAST = 0.001;

    private final long length;
    private final Time time;
    private volatile Snapshot over; // whose backends have all been available for long

    /** @param length from no share to the whole one; zero for at once */
    public WarmUp(Duration length, Time time) {
        this.length = length.toNanos();
        this.time = time;
    }

    /** Returns whether all available backends have their whole share. */
    boolean isOver(Snapshot pool) {
        return length == 0 || over == pool || isOverNow(pool);
    }

    private boolean isOverNow(Snapshot pool) {
        long now = time.nanos();
        List<Backend> available = pool.available();
        for (int i = 0; i < available.size(); i++) {
            if (!isWarm(available.get(i), now)) {
                return false;
            }
        }
        over = pool;
        return true;
    }

    /** Returns whether a backend has its whole share. */
    private boolean isWarm(Backend backend, long now) {
        return now - backend.availableSince() >= length;
    }

    /** Returns the backends of these that have their whole share. */
    List<Backend> warm(List<Backend> backends) {
        long now = time.nanos();
        return backends.stream().filter(backend -> isWarm(backend, now)).toList();
    }

    /** Returns which part of its share a backend has by now: it grows evenly from {@value #LEAST} to 1. */
    double part(Backend backend) {
        return length == 0
                ? 1
                : Math.min(1, Math.max(LEAST, (double) (time.nanos() - backend.availableSince()) / length));
    }
}
