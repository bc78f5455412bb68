package gateway.proxy.upstream;

import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.logging.Logger;
import okhttp3.ConnectionPool;
import okhttp3.internal.concurrent.TaskRunner;
import okhttp3.internal.connection.ConnectionListener;

/**
 * Makes connection pools for one connection whose clean-up wakes no thread and closes nothing.
 *
 * <p>An ordinary pool schedules its clean-up task whenever a call ends. That wakes another thread, and the task would
 * close a connection that {@link Opening} has taken. These pools get a task runner that starts nothing; {@link
 * UpstreamPool} closes idle connections by its own timer. The constructor is internal to Kotlin but public in the class
 * file; {@code OkHttpInternalsTest} fails when an upgrade changes that.
 */
final class QuietConnectionPool {
    private QuietConnectionPool() {}

    /** Returns a pool of one connection; it never closes its connection by itself. */
    static ConnectionPool ofOne() {
        TaskRunner runner = new TaskRunner(new StartsNothing(), Logger.getLogger(QuietConnectionPool.class.getName()));
        return new ConnectionPool(1, 1, TimeUnit.HOURS, runner, ConnectionListener.Companion.getNONE());
    }

    private static final class StartsNothing implements TaskRunner.Backend {
        @Override
        public long nanoTime() {
            return System.nanoTime();
        }

        @Override
        public void coordinatorNotify(TaskRunner runner) {}

        @Override
        public void coordinatorWait(TaskRunner runner, long nanos) {}

        @Override
        public <T> BlockingQueue<T> decorate(BlockingQueue<T> queue) {
            return queue;
        }

        @Override
        public void execute(TaskRunner runner, Runnable task) {}
    }
}
