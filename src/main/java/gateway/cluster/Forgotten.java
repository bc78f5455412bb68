package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.settings.RedisSettings;
import gateway.util.Durations;
import gateway.util.Time;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Has all gateways forget the requests of a client when an operator has one do so: each refuses by its own memory a client
 * whose requests there fill a limit, without asking Redis. Gateways learn of it within a quarter of a second; those that
 * can't reach Redis, when they can again.
 *
 * <p>What Redis doesn't do for one client, though it answers, holds up no other; after a while it is given up, and the
 * log says what was lost.
 */
final class Forgotten implements SyncLoop.Synced, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Forgotten.class);

    /** The most that wait for Redis; of more, the oldest are dropped. */
    private static final int MOST_PENDING = 1000;

    /**
     * For how long a call is repeated that fails while Redis answers others: longer than a cluster needs to put another
     * node in the place of a lost one.
     */
    private static final Duration PATIENCE = Duration.ofMinutes(1);

    /** A client to be forgotten. */
    private static final class Note {
        final String route;
        final ClientAddress client;
        private final List<Call> left; // what Redis has not been told yet; used by syncs alone, like the next
        private OptionalLong failingSince = OptionalLong.empty();
        private String failure = "";

        Note(String route, ClientAddress client, List<Call> left) {
            this.route = route;
            this.client = client;
            this.left = new ArrayList<>(left);
        }

        /** Keeps of the calls those that failed. */
        void made(List<Object> outcomes) {
            for (int i = outcomes.size() - 1; i >= 0; i--) {
                if (outcomes.get(i) instanceof RedisFailure failed) {
                    failure = failed.getMessage();
                } else {
                    left.remove(i);
                }
            }
        }

        /** Returns whether other gateways may be told: Redis has forgotten the client, or is not going to. */
        boolean isDue(long now) {
            return left.isEmpty() || hasFailed(now);
        }

        private boolean hasFailed(long now) {
            return failingSince.isPresent() && now - failingSince.getAsLong() >= PATIENCE.toNanos();
        }

        /** Notes whether Redis has answered anything: only then the failure is that of these calls. */
        void redisAnswers(boolean answers, long now) {
            if (!answers || left.isEmpty()) {
                failingSince = OptionalLong.empty();
            } else if (failingSince.isEmpty()) {
                failingSince = OptionalLong.of(now);
            }
        }

        void logLoss() {
            if (!left.isEmpty()) {
                LOG.warn(
                        "Redis goes on counting the requests of {} on the route {}, which were to be forgotten: {}; gave up"
                                + " after {}",
                        client,
                        route,
                        failure,
                        Durations.text(PATIENCE));
            }
        }
    }

    private final Script script = Script.named("forgotten.lua");
    private final String self = UUID.randomUUID().toString();
    private final List<byte[]> keys;
    private final SyncLoop loop;
    private final Time time;
    private final Deque<Note> pending = new ArrayDeque<>(); // guarded by itself, like the next
    private boolean dropping;
    private volatile BiConsumer<String, ClientAddress> learned = (route, client) -> {};
    private long known = -1;

    /** @param time the clock for how long a call may fail */
    Forgotten(RedisSettings settings, Time time) {
        this.time = time;
        String tag = "{" + settings.prefix() + "}:";
        this.keys = List.of(Redis.bytes(tag + "forgotten"), Redis.bytes(tag + "forgotten-count"));
        this.loop = new SyncLoop("shared-forgotten", "forgotten clients", settings, this);
    }

    /** Sets what is called with the route and the client that another gateway has forgotten. */
    void onLearned(BiConsumer<String, ClientAddress> action) {
        learned = action;
    }

    void start() {
        loop.start();
    }

    /**
     * Tells the other gateways.
     *
     * @param left calls that Redis has not answered; they are repeated until it does, or answers others for a minute
     */
    void tell(String route, ClientAddress client, List<Call> left) {
        synchronized (pending) {
            pending.addLast(new Note(route, client, left));
            while (pending.size() > MOST_PENDING) {
                drop(pending.removeFirst());
            }
        }
        loop.wake();
    }

    private void drop(Note oldest) {
        if (!dropping) {
            LOG.warn(
                    "more than {} clients to be forgotten wait for Redis: dropped the oldest, from {} on the route {} on;"
                            + " other gateways may go on refusing them",
                    MOST_PENDING,
                    oldest.client,
                    oldest.route);
        }
        dropping = true;
    }

    @Override
    public boolean exchange(Redis redis) throws RedisFailure {
        List<Note> mine;
        synchronized (pending) {
            mine = List.copyOf(pending);
        }
        tellRedis(redis, mine);
        long now = time.nanos();
        List<Note> due = mine.stream().filter(note -> note.isDue(now)).toList();
        List<?> answer = tellOthers(redis, due, mine, now);
        synchronized (pending) {
            pending.removeAll(due);
            dropping &= !pending.isEmpty();
        }
        due.forEach(Note::logLoss);
        known = (Long) answer.get(0);
        for (Object text : (List<?>) answer.get(1)) {
            String[] note = new String((byte[]) text, StandardCharsets.UTF_8).split(" ");
            if (!note[0].equals(self)) {
                learned.accept(note[1], new ClientAddress(Long.parseUnsignedLong(note[2], 16)));
            }
        }
        return false;
    }

    /** Makes the calls that are left, together: a node of a cluster that is silent costs one timeout, then it rests. */
    private static void tellRedis(Redis redis, List<Note> notes) {
        List<Call> calls = notes.stream().flatMap(note -> note.left.stream()).toList();
        if (calls.isEmpty()) {
            return;
        }
        List<Object> outcomes = redis.runAll(calls);
        int from = 0;
        for (Note note : notes) {
            int to = from + note.left.size();
            note.made(outcomes.subList(from, to));
            from = to;
        }
    }

    private List<?> tellOthers(Redis redis, List<Note> due, List<Note> all, long now) throws RedisFailure {
        List<byte[]> arguments = new ArrayList<>(List.of(Redis.bytes("" + known)));
        for (Note note : due) {
            arguments.add(Redis.bytes(self + " " + note.route + " " + Long.toHexString(note.client.key())));
        }
        boolean answers = false;
        try {
            List<?> answer = (List<?>) redis.run(new Call(script, keys, arguments));
            answers = true;
            return answer;
        } finally {
            for (Note note : all) {
                note.redisAnswers(answers, now);
            }
        }
    }

    /** Has a failure logged only if a client waits for it: the limit, which has failed too, says the rest. */
    @Override
    public boolean outOfSync(String words) {
        synchronized (pending) {
            return !pending.isEmpty();
        }
    }

    /** Syncs once, as the background does regularly; returns whether Redis answered. For tests. */
    boolean sync() {
        return loop.sync();
    }

    /** Returns what has ended for good though this isn't closed; normally empty. */
    Optional<String> failed() {
        return loop.ended();
    }

    @Override
    public void close() {
        loop.end();
        loop.close();
    }
}
