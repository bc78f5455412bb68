package gateway.limit;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.route.Limit;
import gateway.trace.LimitDecision;
import java.time.Instant;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;

/**
 * Decides whether a route's client may send another request: by one limit, or by several that hold at the same time.
 * Then a request counts in all of them or in none, and what is said is said of the tightest, see {@link LimitDecision}.
 * Implementations are thread-safe; each decision is one atomic step.
 */
public interface RateLimit {
    /**
     * How much of one limit a client has used, and by which requests.
     *
     * @param decision what {@link #look} would return with this limit alone
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

    /** The most request times of each limit that {@link #explain} returns. */
    int MOST_AGES = 1000;

    /**
     * A client, or whatever else a limit counts by, that has requests that count now.
     *
     * @param limit which of the limits this is about, from 0; of several with the same key the tightest
     * @param used how many requests count
     * @param remaining how many more may follow at once
     * @param nextFreeNanos nanoseconds until the client may send another request; 0 if it may now
     * @param allFreeNanos nanoseconds until none of its requests counts any more
     */
    record Usage(ClientAddress client, int limit, int used, int remaining, long nextFreeNanos, long allFreeNanos) {
        /** Puts those farthest from their limit first. */
        static final Comparator<Usage> LESS_USED_FIRST = Comparator.comparingDouble(
                        (Usage usage) -> (double) usage.used / (usage.used + usage.remaining))
                .thenComparingLong(Usage::allFreeNanos)
                .thenComparingLong(usage -> usage.client().key());
    }

    /** Decides on a request and, if it may pass, counts it. Refused requests don't count. */
    LimitDecision take(LimitKey key);

    /**
     * Takes back the count of a request that was let through but of which no service got anything. Of the requests
     * that count, exactly this one no longer does.
     *
     * @param taken what {@link #take} returned for the request
     * @return how the client stands now; allowed, as the request was
     */
    default LimitDecision giveBack(LimitKey key, LimitDecision taken) {
        return taken;
    }

    /**
     * Forgets the requests of a client, which then has a whole budget again: here, and wherever else they are counted.
     * What counts for all clients of the route together stays.
     */
    default void forget(ClientAddress client) {
        forgetHere(client);
    }

    /** Forgets the requests of a client in this gateway's memory alone. */
    default void forgetHere(ClientAddress client) {}

    /** Returns what {@link #take} would return, without counting a request. */
    LimitDecision look(LimitKey key);

    /** Returns how the client stands with each limit, in their order. Counts nothing. */
    List<Standing> explain(LimitKey key);

    /**
     * Returns the clients nearest to a limit, fullest first, by the requests that passed this gateway. Walks all
     * clients, so it is no call for the path of a request.
     */
    default List<Usage> fullest(int most) {
        return List.of();
    }

    /** Returns the state of the shared store; empty if this gateway shares nothing. */
    default Optional<Sharing> sharing() {
        return Optional.empty();
    }

    /** Returns the limits, in the order of their numbers; empty if there is none. */
    List<Limit> limits();

    /** Describes the algorithm, for people. */
    String algorithm();

    /** Returns how many clients this gateway remembers now. */
    default int clients() {
        return 0;
    }
}
