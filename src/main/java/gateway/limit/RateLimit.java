package gateway.limit;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** May this client ask again? Implementations are safe for any number of threads; each decision is one atomic step. */
public interface RateLimit extends AutoCloseable {
    /**
     * What a client may do.
     *
     * @param allowed whether this request may pass (for {@link #look}: whether one would)
     * @param remaining requests that may still follow at once, 0 or more
     * @param resetNanos nanoseconds until one more is free than now; 0 if all are
     */
    record Decision(boolean allowed, int remaining, long resetNanos) {}

    /**
     * Where a client stands, and why.
     *
     * @param decision what {@link #look} says
     * @param used requests that count now
     * @param ages how long ago these were, nanoseconds, oldest first; of more than {@value #MOST_AGES} the oldest
     * @param own whether the client has a window of its own, rather than sharing one because there are too many clients
     * @param store where these times are kept, in words
     */
    record Standing(Decision decision, int used, List<Long> ages, boolean own, String store) {}

    /**
     * How it stands with what gateways share.
     *
     * @param up whether it can be reached, so that the limit is one for all gateways
     * @param since since when it can, or can't
     * @param words why it can't; empty if it can
     * @param shared decisions of the shared store
     * @param alone decisions of this gateway's memory
     * @param failures how often the shared store failed
     */
    record Sharing(boolean up, Instant since, String words, long shared, long alone, long failures) {}

    /** How many request times {@link #explain} gives at most. */
    int MOST_AGES = 1000;

    /**
     * A client with requests that count.
     *
     * @param used how many requests count
     * @param remaining how many more may follow at once
     * @param nextFreeNanos nanoseconds until it may ask again; 0 if it may now
     * @param allFreeNanos nanoseconds until none counts any more
     */
    record Usage(ClientAddress client, int used, int remaining, long nextFreeNanos, long allFreeNanos) {}

    /** Decides on a request now and, if it may pass, counts it. Refused requests aren't counted. */
    Decision take(ClientAddress client);

    /** What {@link #take} would say, without taking. */
    Decision look(ClientAddress client);

    /** What {@link #look} says, with its grounds. Takes nothing. */
    Standing explain(ClientAddress client);

    /** The clients nearest their limit by what passed here, fullest first. Goes through all of them: for people, not for requests. */
    default List<Usage> fullest(int most) {
        return List.of();
    }

    /** How it stands with what gateways share; empty if this one is alone. */
    default Optional<Sharing> sharing() {
        return Optional.empty();
    }

    /** The rate that is held; empty if there is no limit. */
    Optional<Rate> rate();

    /** How it is done, in words. */
    String algorithm();

    /** Forgets clients that have been idle for a whole window. To be called now and then. */
    default void forgetIdle() {}

    /** Clients that this gateway remembers now. */
    default int clients() {
        return 0;
    }

    /** Begins what it does in the background, if anything. To be called before requests come. */
    default void start() {}

    @Override
    default void close() {}
}
