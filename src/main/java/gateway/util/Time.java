package gateway.util;

import java.time.Instant;

/** Where the gateway gets the time from. An argument everywhere, so that tests own one and never sleep. */
public interface Time {
    /** Nanoseconds from an arbitrary origin; never goes back. For durations, windows and deadlines. */
    long nanos();

    /** The wall clock. For timestamps that people and other machines read. */
    Instant now();

    /** The machine's own clocks. */
    static Time system() {
        return new Time() {
            @Override
            public long nanos() {
                return System.nanoTime();
            }

            @Override
            public Instant now() {
                return Instant.now();
            }
        };
    }
}
