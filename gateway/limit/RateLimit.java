package gateway.limit;

import gateway.Rate;
import java.util.Optional;

/** May this client ask again? Implementations are safe for any number of threads; each decision is one atomic step. */
public interface RateLimit {
    /**
     * What a client may do.
     *
     * @param allowed whether this request may pass (for {@link #look}: whether one would)
     * @param remaining requests that may still follow at once, 0 or more
     * @param resetNanos nanoseconds until one more is free than now; 0 if all are
     */
    record Decision(boolean allowed, int remaining, long resetNanos) {}

    /** Decides on a request now and, if it may pass, counts it. Refused requests aren't counted. */
    Decision take(ClientAddress client);

    /** What {@link #take} would say, without taking. */
    Decision look(ClientAddress client);

    /** The rate that is held; empty if there is no limit. */
    Optional<Rate> rate();

    /** How it is done, in words. */
    String algorithm();

    /** Forgets clients that have been idle for a whole window. To be called now and then. */
    default void forgetIdle() {}

    /** Clients remembered now. */
    default int clients() {
        return 0;
    }
}
