package gateway.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.VirtualThreads;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/**
 * A program for a JVM with one carrier of virtual threads: a selector's thread that always has found another request, and
 * one that waits for what a thread outside brings. Ends with 0 if that one got its turn.
 */
final class OneCarrier {
    private OneCarrier() {}

    public static void main(String[] arguments) throws Exception {
        Executor virtual = VirtualThreads.getDefaultVirtualThreadsExecutor();
        CountDownLatch answer = new CountDownLatch(1);
        CountDownLatch waiting = new CountDownLatch(1);
        CountDownLatch busy = new CountDownLatch(1);
        CountDownLatch turn = new CountDownLatch(1);
        virtual.execute(() -> {
            waiting.countDown();
            try {
                answer.await();
                turn.countDown();
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        });
        waiting.await();
        YieldingSelector selector = new YieldingSelector(new NoConnections(virtual), 0);
        virtual.execute(() -> {
            try (Selector none = Selector.open()) {
                for (int found = 0; turn.getCount() > 0; found++) {
                    virtual.execute(() -> {}); // a request that is handled
                    selector.nioSelect(none, true);
                    if (found == 1000) {
                        busy.countDown();
                    }
                }
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        });
        busy.await();
        answer.countDown();
        System.exit(turn.await(20, TimeUnit.SECONDS) ? 0 : 1);
    }

    private static final class NoConnections extends SelectorManager {
        NoConnections(Executor executor) {
            super(executor, new ScheduledExecutorScheduler());
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector selector, SelectionKey key) {
            throw new UnsupportedOperationException();
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment) {
            throw new UnsupportedOperationException();
        }
    }
}
