package gateway.testing;

import gateway.server.YieldingSelector;
import java.nio.channels.SelectableChannel;
import java.nio.channels.SelectionKey;
import org.eclipse.jetty.io.Connection;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;
import org.eclipse.jetty.util.component.LifeCycle;
import org.eclipse.jetty.util.thread.QueuedThreadPool;
import org.eclipse.jetty.util.thread.ScheduledExecutorScheduler;

/** A selector as the gateway has for its clients, without any clients. */
public final class TestSelector implements AutoCloseable {
    private final QueuedThreadPool threads = new QueuedThreadPool(4);
    private final ScheduledExecutorScheduler scheduler = new ScheduledExecutorScheduler();
    private final SelectorManager selectors = new NoClients();
    private YieldingSelector selector;

    private TestSelector() {}

    public static TestSelector start() throws Exception {
        TestSelector started = new TestSelector();
        started.threads.start();
        started.scheduler.start();
        started.selectors.start();
        return started;
    }

    public YieldingSelector selector() {
        return selector;
    }

    @Override
    public void close() {
        LifeCycle.stop(selectors);
        LifeCycle.stop(scheduler);
        LifeCycle.stop(threads);
    }

    private final class NoClients extends SelectorManager {
        private NoClients() {
            super(threads, scheduler, 1);
        }

        @Override
        protected ManagedSelector newSelector(int id) {
            selector = new YieldingSelector(this, id);
            return selector;
        }

        @Override
        protected EndPoint newEndPoint(SelectableChannel channel, ManagedSelector in, SelectionKey key) {
            throw new AssertionError("there are no clients");
        }

        @Override
        public Connection newConnection(SelectableChannel channel, EndPoint endPoint, Object attachment) {
            throw new AssertionError("there are no clients");
        }
    }
}
