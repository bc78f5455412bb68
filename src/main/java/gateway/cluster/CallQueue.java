package gateway.cluster;

import gateway.util.Loop;
import gateway.util.Threads;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ExecutorService;

/**
 * Batches the calls that requests make to Redis. A request puts its call into a queue and waits; a few sender threads
 * take all queued calls, send them in one round trip, and wake the waiting requests. So the busier a gateway is, the
 * fewer packets a decision costs.
 *
 * <p>The timeout is Redis's: it begins when a batch is on its way, and is over only if the answers still aren't here after
 * the socket has been read once more. What a request waits for its turn, or for this gateway's processor, is no silence of
 * Redis. But no request waits longer than is set, whatever the sockets do, because each request ends its own wait.
 */
final class CallQueue implements AutoCloseable {
    /** The most calls in one batch. */
    private static final int BATCH = 128;

    /**
     * How many batches may be under way at a time. A virtual sender thread runs after the requests that are ready, and
     * so finds many calls in the queue; a platform thread is woken by the first. With 64 connections on one core a
     * request cost 65 µs by memory; with Redis 94 by two virtual threads, 86 by one, 100 by one platform thread, 130 by
     * two.
     */
    static final int ROUNDS = Threads.areVirtual() ? 2 : 1;

    /** The most queued calls: more than any Redis answers within a timeout. */
    private static final int CAPACITY = 8192;

    private final Redis redis;
    private final Duration maxWait;
    private final BlockingQueue<QueuedCall> queue = new ArrayBlockingQueue<>(CAPACITY);
    private final ExecutorService senders = Threads.forWaiting("redis-decisions", ROUNDS);

    /** @param maxWait how long a request waits at most, should this gateway itself be slow */
    CallQueue(Redis redis, Duration maxWait) {
        this.redis = redis;
        this.maxWait = maxWait;
    }

    void start() {
        for (int i = 0; i < ROUNDS; i++) {
            senders.execute(this::send);
        }
    }

    /**
     * Runs a script in Redis and waits for its result. If it gives up, the call stays in the queue, unless it is withdrawn:
     * for the request passed by another decision, and is to count in Redis. Only when more calls wait than go into a
     * batch, those come first for which a request still waits.
     */
    Object ask(QueuedCall call) throws RedisFailure {
        if (!tell(call)) {
            throw new RedisFailure("too many requests wait for an answer");
        }
        return call.await(maxWait);
    }

    /** Has a script run in Redis, without a wait; returns whether there was room for it. */
    boolean tell(QueuedCall call) {
        return queue.offer(call);
    }

    /** Has all that are queued wait no longer: Redis was found gone. */
    void giveUp(RedisFailure why) {
        List<QueuedCall> waiting = new ArrayList<>();
        queue.drainTo(waiting);
        waiting.forEach(queued -> queued.complete(why));
    }

    private void send() {
        while (!senders.isShutdown()) {
            try {
                List<QueuedCall> batch = new ArrayList<>(BATCH);
                batch.add(queue.take());
                queue.drainTo(batch, BATCH - 1);
                boolean crowded = !queue.isEmpty();
                batch.removeIf(queued -> !queued.isWanted(crowded));
                answer(batch);
            } catch (InterruptedException e) {
                // closed
            } catch (RuntimeException | Error e) { // keep the thread; those who wait give up by themselves
                Loop.survived("redis-decisions", e);
            }
        }
    }

    private void answer(List<QueuedCall> batch) {
        if (batch.isEmpty()) {
            return;
        }
        List<Object> outcomes;
        try {
            outcomes = redis.runAll(batch.stream().map(QueuedCall::call).toList());
        } catch (RuntimeException | Error e) { // keep the thread: without it all requests would wait in vain
            RedisFailure failure = new RedisFailure(e.toString());
            outcomes = batch.stream().<Object>map(any -> failure).toList();
        }
        for (int i = 0; i < batch.size(); i++) {
            batch.get(i).complete(outcomes.get(i));
        }
    }

    @Override
    public void close() {
        senders.shutdownNow();
    }
}
