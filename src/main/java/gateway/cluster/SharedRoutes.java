package gateway.cluster;

import gateway.route.config.PutRoutes;
import gateway.settings.RedisSettings;
import gateway.util.Time;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the routes that operators put by the API the same at all gateways, through Redis, where they also outlive a
 * restart of all gateways. It works like {@link SharedList}, but with a thread and a connection of its own: a change of
 * the routes waits for the first checks of new services, and leases can't.
 */
final class SharedRoutes implements SyncLoop.Synced, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(SharedRoutes.class);

    private final Script sync = Script.named("routes.lua");
    private final PutRoutes routes;
    private final Time time;
    private final List<byte[]> keys;
    private final RedisClock clock = new RedisClock();
    private final PendingRoutes pending;
    private final SyncLoop loop;
    private String epoch = "";
    private long version;

    /** Notes the changes of the routes from now on, but doesn't use Redis before {@link #start}. */
    SharedRoutes(RedisSettings settings, PutRoutes routes, Time time) {
        this.routes = routes;
        this.time = time;
        this.loop = new SyncLoop("shared-routes", "routes", settings, this);
        this.pending = new PendingRoutes(() -> clock.millis(time.nanos()), loop::wake);
        String tag = "{" + settings.prefix() + "}:";
        this.keys = List.of(Redis.bytes(tag + "routes"), Redis.bytes(tag + "routes-state"));
        routes.journal(pending);
    }

    /** Starts syncing, in the background. */
    void start() {
        loop.start();
    }

    /** Waits for the first sync, until a second after the start at most. */
    void awaitFirst() {
        loop.awaitFirst();
    }

    /** Returns what has ended for good though the routes aren't closed; normally empty. */
    Optional<String> failed() {
        return loop.ended();
    }

    /** Syncs once, as the background does regularly; returns whether Redis answered. For tests. */
    boolean sync() {
        return loop.sync();
    }

    /** Has a failure logged only if a change waits for its end: the list of services, which has failed too, says the rest. */
    @Override
    public boolean outOfSync(String why) {
        return !pending.isEmpty();
    }

    @Override
    public boolean exchange(Redis redis) throws RedisFailure {
        List<PendingRoutes.Change> changes = pending.take();
        Answer answer;
        try {
            List<byte[]> arguments = List.of(
                    Redis.bytes(epoch),
                    Redis.bytes("" + version),
                    Redis.bytes(UUID.randomUUID().toString()),
                    Redis.bytes(SyncAnswer.json(changes)));
            answer = Answer.of(redis.run(new Redis.Call(sync, keys, arguments)));
        } catch (RedisFailure | RuntimeException | Error e) {
            pending.putBack(changes);
            throw e;
        }
        clock.heard(answer.now, time.nanos());
        boolean lost = !epoch.isEmpty() && !epoch.equals(answer.epoch);
        if (answer.routes != null) {
            Map<String, String> there = answer.routes;
            if (lost) {
                LOG.warn("Redis at {} has lost data: writing back the routes that it lacks", redis);
                routes.texts().forEach((name, text) -> {
                    if (!there.containsKey(name)) {
                        pending.writeBack(name, text);
                    }
                });
            }
            routes.take(there, pending::has);
        }
        epoch = answer.epoch;
        version = answer.version;
        return lost;
    }

    /**
     * The answer of {@code routes.lua}.
     *
     * @param routes the text of each route, by name; null if the gateway has them already
     */
    private record Answer(String epoch, long version, long now, Map<String, String> routes) {
        private static Answer of(Object answer) {
            List<?> fields = (List<?>) answer;
            return new Answer(
                    text(fields.get(0)), (Long) fields.get(1), (Long) fields.get(2), routes((List<?>) fields.get(3)));
        }

        private static Map<String, String> routes(List<?> pairs) {
            if (pairs == null) {
                return null;
            }
            Map<String, String> routes = new LinkedHashMap<>();
            for (int i = 0; i + 1 < pairs.size(); i += 2) {
                String text = text(pairs.get(i + 1));
                String route = text.substring(text.indexOf(' ') + 1);
                if (!route.isEmpty()) { // else it was deleted
                    routes.put(text(pairs.get(i)), route);
                }
            }
            return routes;
        }

        private static String text(Object bytes) {
            return new String((byte[]) bytes, StandardCharsets.UTF_8);
        }
    }

    /** Sends the last changes; the routes stay. */
    @Override
    public void close() {
        if (loop.end() && !pending.isEmpty()) {
            sync();
        }
        loop.close();
    }
}
