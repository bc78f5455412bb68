package gateway.cluster;

import gateway.cluster.Redis.Call;
import gateway.util.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.locks.LockSupport;

/**
 * The way of requests to Redis. Who asks puts the call in a queue and waits; a few threads take what waits there, send it
 * together in one round trip, and wake those who asked. So the busier a gateway is, the fewer packets a decision costs, and
 * nobody waits longer than the timeout, whatever the sockets do: it is the asker's own wait that ends.
 */
final class Decisions implements AutoCloseable {
    /** What is sent together at most. */
    private static final int BATCH = 128;

    /**
     * How many rounds may be under way at a time. Virtual threads run after the requests that are ready, and so find many
     * waiting; a thread of the system's is woken by the first. With 64 connections on one core a request cost 65 µs by
     * memory; with Redis 94 by two virtual threads, 86 by one, 100 by one of the system's, 130 by two of them.
     */
    static final int ROUNDS = Threads.areVirtual() ? 2 : 1;

    /** What waits at most; more than any Redis decides within a timeout is no use. */
    private static final int WAITING = 8192;

    /** An asker's place. */
    private static final class Place {
        private final Call call;
        private final Thread asker = Thread.currentThread();
        private volatile Object outcome;
        private volatile boolean left;

        private Place(Call call) {
            this.call = call;
        }

        private void complete(Object result) {
            outcome = result;
            LockSupport.unpark(asker);
        }
    }

    private final Redis redis;
    private final Duration timeout;
    private final BlockingQueue<Place> waiting = new ArrayBlockingQueue<>(WAITING);
    private final ExecutorService senders = Threads.forWaiting("redis-decisions", ROUNDS);

    /** @param timeout how long an asker waits */
    Decisions(Redis redis, Duration timeout) {
        this.redis = redis;
        this.timeout = timeout;
    }

    void start() {
        for (int i = 0; i < ROUNDS; i++) {
            senders.execute(this::send);
        }
    }

    /** Has Redis run a script; waits for it, but no longer than the timeout. */
    Object ask(Call call) throws RedisFailure {
        // The real clock, not an argument: what is measured is a real wait
        long deadline = System.nanoTime() + timeout.toNanos();
        Place place = new Place(call);
        if (!waiting.offer(place)) {
            throw new RedisFailure("too many wait for an answer");
        }
        Object outcome = place.outcome;
        while (outcome == null) {
            long left = deadline - System.nanoTime();
            if (left <= 0 || Thread.currentThread().isInterrupted()) {
                place.left = true;
                throw RedisFailure.silent(timeout);
            }
            LockSupport.parkNanos(this, left);
            outcome = place.outcome;
        }
        if (outcome instanceof RedisFailure failure) {
            throw failure;
        }
        return outcome;
    }

    private void send() {
        List<Place> places = new ArrayList<>(BATCH);
        try {
            while (true) {
                places.add(waiting.take());
                waiting.drainTo(places, BATCH - 1);
                places.removeIf(place -> place.left);
                answer(places);
                places.clear();
            }
        } catch (InterruptedException e) {
            // closed
        }
    }

    private void answer(List<Place> places) {
        if (places.isEmpty()) {
            return;
        }
        List<Object> outcomes;
        try {
            outcomes = redis.runAll(places.stream().map(place -> place.call).toList());
        } catch (RuntimeException | Error e) { // never lose the thread: all who ask would wait in vain
            RedisFailure failure = new RedisFailure(e.toString());
            outcomes = places.stream().<Object>map(any -> failure).toList();
        }
        for (int i = 0; i < places.size(); i++) {
            places.get(i).complete(outcomes.get(i));
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }
}
