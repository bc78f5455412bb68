package gateway.cluster;

import gateway.cluster.Sentinel.Master;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Executor;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Asks all sentinels of a Redis at the same time which server is the master, and believes the newest answer. A sentinel
 * that was stopped or cut off for a while names the old master until the others have told it better; asked alone, or
 * first, it would lead back there.
 *
 * <p>Jedis's own classes for sentinels won't do: they believe the first that answers, and hear of a failover by a message
 * alone, which may be lost.
 */
final class Sentinels implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Sentinels.class);

    /** How long a look may take: to connect, by TLS maybe, and to ask. */
    private static final Duration MOST = Sentinel.TIMEOUT.multipliedBy(2);

    /** How long to wait for the other sentinels after the first answer: one of them may be stopped. */
    private static final Duration GRACE = Duration.ofMillis(100);

    /** A sentinel, and whether it is being asked: one that is silent isn't asked by a second thread. */
    private record Asked(Sentinel sentinel, AtomicBoolean busy) {}

    /** The answers of one look. */
    private static final class Look {
        private final List<Master> answers = new ArrayList<>();
        private final Map<Sentinel, String> words = new LinkedHashMap<>();
        private int pending;

        private synchronized void begins(Sentinel sentinel, boolean isAsked) {
            RedisFailure silence = RedisFailure.timedOut(Sentinel.TIMEOUT);
            words.put(sentinel, sentinel.named(silence.getMessage()).getMessage()); // unless it answers
            pending += isAsked ? 1 : 0;
        }

        private synchronized void ended(Sentinel sentinel, Master answer, RedisFailure failure) {
            if (failure == null) {
                answers.add(answer);
            } else {
                words.put(sentinel, failure.getMessage());
            }
            pending--;
            notifyAll();
        }

        /** Waits until all have answered; or for so long, but no longer than a moment after the first answer. */
        private synchronized List<Master> await() throws RedisFailure {
            long end = System.nanoTime() + MOST.toNanos();
            boolean first = true;
            while (pending > 0) {
                if (first && !answers.isEmpty()) {
                    first = false;
                    end = Math.min(end, System.nanoTime() + GRACE.toNanos());
                }
                long left = end - System.nanoTime();
                if (left <= 0) {
                    break;
                }
                try {
                    TimeUnit.NANOSECONDS.timedWait(this, left);
                } catch (InterruptedException e) {
                    Thread.currentThread().interrupt();
                    throw new RedisFailure(Redis.CLOSED);
                }
            }
            return List.copyOf(answers);
        }

        private synchronized String words() {
            return String.join("; ", words.values());
        }
    }

    private final String name;
    private final List<Asked> sentinels;
    private final Executor background;
    private Master known; // guarded by this
    private volatile boolean closed;

    /**
     * @param name the master's name at the sentinels
     * @param background runs the asking, one task for each sentinel
     */
    Sentinels(String name, List<Sentinel> sentinels, Executor background) {
        this.name = name;
        this.sentinels = sentinels.stream()
                .map(sentinel -> new Asked(sentinel, new AtomicBoolean()))
                .toList();
        this.background = background;
    }

    /**
     * Asks which server is the master; returns within two seconds, mostly at once.
     *
     * @throws RedisFailure if no sentinel knows; it says what each answered
     */
    Master master() throws RedisFailure {
        Look look = new Look();
        for (Asked asked : sentinels) {
            boolean isFree = asked.busy.compareAndSet(false, true);
            look.begins(asked.sentinel, isFree);
            if (isFree) {
                try {
                    background.execute(() -> ask(asked, look));
                } catch (RejectedExecutionException e) { // this was closed meanwhile
                    throw new RedisFailure(Redis.CLOSED);
                } catch (Error e) { // there may be no more threads
                    asked.busy.set(false);
                    throw e;
                }
            }
        }
        List<Master> answers = look.await();
        if (answers.isEmpty()) {
            throw new RedisFailure(look.words());
        }
        return newest(answers);
    }

    private void ask(Asked asked, Look look) {
        Master answer = null;
        RedisFailure failure = null;
        try {
            answer = asked.sentinel.master();
        } catch (RedisFailure e) {
            failure = e;
        } catch (RuntimeException | Error e) { // who waits must not wait in vain
            asked.sentinel.close();
            failure = asked.sentinel.named(e.toString());
        }
        if (closed) {
            asked.sentinel.close();
        }
        asked.busy.set(false); // before it is told, since the next look may come at once
        look.ended(asked.sentinel, answer, failure);
    }

    /**
     * Returns the newest answer; or what is known already if that is newer, unless more than half of all sentinels say
     * otherwise: they may have been set up anew.
     */
    private synchronized Master newest(List<Master> answers) {
        Master newest = answers.stream().max(Master.BY_AGE).orElseThrow();
        boolean most = answers.size() * 2 > sentinels.size();
        if (known != null && newest.epoch() < known.epoch() && !most) {
            return known;
        }
        if (known != null && !newest.node().equals(known.node())) {
            LOG.info("Redis Sentinel: the master {} is {} now, not {}", name, newest.node(), known.node());
        }
        known = newest;
        return newest;
    }

    /** Returns the master's name at the sentinels. */
    String name() {
        return name;
    }

    /** Closes the connections; those to sentinels that are being asked just now are closed when that ends. */
    @Override
    public void close() {
        closed = true;
        for (Asked asked : sentinels) {
            if (asked.busy.compareAndSet(false, true)) {
                asked.sentinel.close();
            }
        }
    }
}
