package gateway.util;

import java.time.Instant;

/** The gateway's clock. It is passed as an argument everywhere, so that tests set the time and never sleep. */
public interface Time {
    /** Returns nanoseconds from an arbitrary origin, which never go back: for durations, windows and deadlines. */
    long nanos();

    /** Returns the wall clock's time: for timestamps that people and other machines read. */
    Instant now();

    /** Returns the machine's clocks. */
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
