package gateway.redis;

import gateway.Threads;
import gateway.redis.Redis.Call;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;

/**
 * The way of requests to Redis. Who asks puts the call in a queue and waits; a few threads take what waits there, send it
 * together in one round trip, and wake those who asked. So the busier a gateway is, the fewer packets a decision costs, and
 * nobody waits longer than the timeout, whatever the sockets do: it is the asker's own wait that ends.
 */
final class Decisions implements AutoCloseable {
    /** What is sent together at most. */
    private static final int BATCH = 128;

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
    private final List<Thread> senders = new ArrayList<>();

    /**
     * @param timeout how long an asker waits
     * @param threads how many rounds may be under way at a time
     */
    Decisions(Redis redis, Duration timeout, int threads) {
        this.redis = redis;
        this.timeout = timeout;
        ThreadFactory factory = Threads.daemons("redis-decisions");
        for (int i = 0; i < threads; i++) {
            senders.add(factory.newThread(this::send));
        }
    }

    void start() {
        senders.forEach(Thread::start);
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
        senders.forEach(Thread::interrupt);
    }
}
