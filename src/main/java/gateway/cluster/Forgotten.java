package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.cluster.Redis.Call;
import gateway.settings.RedisSettings;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import java.util.function.BiConsumer;

/**
 * Has all gateways forget the requests of a client when an operator has one do so: each refuses by its own memory a client
 * whose requests there fill a limit, without asking Redis. Gateways learn of it within a quarter of a second; those that
 * can't reach Redis, when they can again.
 */
final class Forgotten implements SyncLoop.Synced, AutoCloseable {
    /** The most that wait for Redis; of more, the oldest are dropped. */
    private static final int MOST_PENDING = 1000;

    /**
     * A client to be forgotten.
     *
     * @param left what Redis has not been told yet
     */
    private record Note(String route, ClientAddress client, List<Call> left) {}

    private final Script script = Script.named("forgotten.lua");
    private final String self = UUID.randomUUID().toString();
    private final List<byte[]> keys;
    private final SyncLoop loop;
    private final Deque<Note> pending = new ArrayDeque<>(); // guarded by itself
    private volatile BiConsumer<String, ClientAddress> learned = (route, client) -> {};
    private long known = -1;

    Forgotten(RedisSettings settings) {
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
     * @param left calls that Redis has not answered; they are repeated until it does
     */
    void tell(String route, ClientAddress client, List<Call> left) {
        synchronized (pending) {
            pending.addLast(new Note(route, client, left));
            while (pending.size() > MOST_PENDING) {
                pending.removeFirst();
            }
        }
        loop.wake();
    }

    @Override
    public boolean exchange(Redis redis) throws RedisFailure {
        List<Note> mine;
        synchronized (pending) {
            mine = List.copyOf(pending);
        }
        List<byte[]> arguments = new ArrayList<>(List.of(Redis.bytes("" + known)));
        for (Note note : mine) {
            for (Call call : note.left) {
                redis.run(call);
            }
            arguments.add(Redis.bytes(self + " " + note.route + " " + Long.toHexString(note.client.key())));
        }
        List<?> answer = (List<?>) redis.run(new Call(script, keys, arguments));
        synchronized (pending) {
            pending.removeAll(mine);
        }
        known = (Long) answer.get(0);
        for (Object text : (List<?>) answer.get(1)) {
            String[] note = new String((byte[]) text, StandardCharsets.UTF_8).split(" ");
            if (!note[0].equals(self)) {
                learned.accept(note[1], new ClientAddress(Long.parseUnsignedLong(note[2], 16)));
            }
        }
        return false;
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
