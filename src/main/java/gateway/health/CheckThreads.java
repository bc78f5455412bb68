package gateway.health;

import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.util.Threads;
import java.time.Duration;
import java.util.concurrent.Executor;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;

/**
 * The threads of the checks. Virtual ones, where Java has them: each check runs at once, and however many services
 * hang, their checks take no platform threads.
 *
 * <p>Elsewhere there are two pools of {@value #MOST} threads, each of which runs its checks in the order in which they
 * fell due. The second takes those of services whose last check took long, so that the checks of all others don't wait
 * for them. So of n services that hang, each is checked every n / {@value #MOST} timeouts (or every interval, if that is
 * longer): 1,000 of them every 31 s. A prompt service waits for them only once, when so many begin to hang at the same
 * time, and then for at most that long.
 */
final class CheckThreads implements AutoCloseable {
    /** The most platform threads of a pool. */
    private static final int MOST = 32;

    private static final String NAME = "health-check";

    private final ExecutorService prompt;
    private final ExecutorService slow;
    private final Duration tooLong;

    /** @param timeout how long a check may take */
    CheckThreads(Duration timeout) {
        this(timeout, Threads.areVirtual());
    }

    CheckThreads(Duration timeout, boolean virtual) {
        this.prompt = virtual ? Threads.forWaiting(NAME, Integer.MAX_VALUE) : pool(NAME);
        this.slow = virtual ? prompt : pool(NAME + "-slow");
        this.tooLong = timeout.dividedBy(2);
    }

    /** Makes one that runs all checks by this executor, and closes it. */
    CheckThreads(Duration timeout, ExecutorService all) {
        this.prompt = all;
        this.slow = all;
        this.tooLong = timeout.dividedBy(2);
    }

    private static ExecutorService pool(String name) {
        ThreadPoolExecutor pool = new ThreadPoolExecutor(
                MOST, MOST, 10, TimeUnit.SECONDS, new LinkedBlockingQueue<>(), Threads.daemons(name));
        pool.allowCoreThreadTimeOut(true);
        return pool;
    }

    /** Returns what runs the next check of this backend. Give it one check of a backend at a time. */
    Executor of(Backend backend) {
        boolean tookLong = backend.checks()
                .last()
                .map(Check::latency)
                .filter(latency -> latency.compareTo(tooLong) >= 0)
                .isPresent();
        return tookLong ? slow : prompt;
    }

    @Override
    public void close() {
        prompt.shutdownNow();
        slow.shutdownNow();
    }
}
