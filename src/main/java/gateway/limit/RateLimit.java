package gateway.limit;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a client may send another request. Implementations are thread-safe; each decision is one atomic step.
 */
public interface RateLimit extends AutoCloseable {
    /**
     * How much of its limit a client has used, and by which requests.
     *
     * @param decision what {@link #look} returns
     * @param used how many requests count now
     * @param ages how long ago these requests came, nanoseconds, oldest first; at most the {@value #MOST_AGES} oldest
     * @param own false if the client shares a window with others because there are too many clients
     * @param store where these times are kept, for people
     */
    record Standing(LimitDecision decision, int used, List<Long> ages, boolean own, String store) {}

    /**
     * The state of the store that gateways share.
     *
     * @param up whether the store can be reached, so that all gateways have one common limit
     * @param since when {@code up} last changed
     * @param words why the store can't be reached; empty if it can
     * @param shared how many decisions the shared store made
     * @param alone how many decisions this gateway made by its own memory
     * @param failures how often calls of the shared store failed
     */
    record Sharing(boolean up, Instant since, String words, long shared, long alone, long failures) {}

    /** The most request times that {@link #explain} returns. */
    int MOST_AGES = 1000;

    /**
     * A client that has requests that count now.
     *
     * @param used how many requests count
     * @param remaining how many more may follow at once
     * @param nextFreeNanos nanoseconds until the client may send another request; 0 if it may now
     * @param allFreeNanos nanoseconds until none of its requests counts any more
     */
    record Usage(ClientAddress client, int used, int remaining, long nextFreeNanos, long allFreeNanos) {}

    /** Decides on a request and, if it may pass, counts it. Refused requests don't count. */
    LimitDecision take(ClientAddress client);

    /**
     * Takes back the count of a request that was let through but of which no service got anything. Of the requests
     * that count, exactly this one no longer does.
     *
     * @param taken what {@link #take} returned for the request
     * @return how the client stands now; allowed, as the request was
     */
    default LimitDecision giveBack(ClientAddress client, LimitDecision taken) {
        return taken;
    }

    /** Returns what {@link #take} would return, without counting a request. */
    LimitDecision look(ClientAddress client);

    /** Returns what {@link #look} returns together with the requests that led to it. Counts nothing. */
    Standing explain(ClientAddress client);

    /**
     * Returns the clients nearest to their limit, fullest first, by the requests that passed this gateway. Walks all
     * clients, so it is no call for the path of a request.
     */
    default List<Usage> fullest(int most) {
        return List.of();
    }

    /** Returns the state of the shared store; empty if this gateway shares nothing. */
    default Optional<Sharing> sharing() {
        return Optional.empty();
    }

    /** Returns the rate that clients are held to; empty if there is no limit. */
    Optional<Rate> rate();

    /** Describes the algorithm, for people. */
    String algorithm();

    /** Forgets clients that have been idle for a whole window. To be called regularly. */
    default void forgetIdle() {}

    /** Returns how many clients this gateway remembers now. */
    default int clients() {
        return 0;
    }

    /** Starts background work, if there is any. To be called before the first request. */
    default void start() {}

    @Override
    default void close() {}
}
