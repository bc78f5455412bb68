package gateway.server;

import java.io.IOException;
import java.nio.channels.Selector;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;

/**
 * Lets the requests that it has found begin before it looks for more. For virtual threads, whose turns come in order:
 * by the time the selector's own comes again, each request has been read, so that {@link ClientEndPoint} can leave its
 * connection selected; and what arrived meanwhile is found in one go.
 *
 * <p>A carrier has a queue of its own, and looks at what other threads woke only when that is empty. Under more load than
 * can be carried it never is, as this thread feeds it: requests that waited for a service stood still while new ones were
 * refused. So now and then this one gets in line with those, by being woken by another thread, too.
 */
public final class YieldingSelector extends ManagedSelector {
    private static final long LONGEST_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SHORTEST_PARK_NANOS = 1;

    private long turn = System.nanoTime();

    public YieldingSelector(SelectorManager manager, int id) {
        super(manager, id);
    }

    @Override
    protected int nioSelect(Selector selector, boolean now) throws IOException {
        long time = System.nanoTime();
        if (time - turn < LONGEST_TURN_NANOS) {
            Thread.yield();
        } else {
            LockSupport.parkNanos(SHORTEST_PARK_NANOS);
            turn = System.nanoTime();
        }
        return super.nioSelect(selector, now);
    }
}
