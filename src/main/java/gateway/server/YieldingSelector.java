package gateway.server;

import gateway.net.ChannelSelector;
import java.io.IOException;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;

/**
 * A selector that lets the requests it has found begin before it selects again. Virtual threads run in order: when the
 * selector's thread runs again, each request has been read, so that {@link ClientEndPoint} can leave its connection
 * selected, and one select finds everything that arrived meanwhile.
 *
 * <p>A carrier thread has its own queue, and runs threads that were woken elsewhere only when this queue is empty.
 * Under overload it never is, because the selector feeds it: requests that waited for a service stood still while new
 * ones were refused. So the selector regularly queues with those, by letting another thread wake it.
 */
public final class YieldingSelector extends ManagedSelector implements ChannelSelector {
    private static final long LONGEST_TURN_NANOS = TimeUnit.MILLISECONDS.toNanos(2);
    private static final long SHORTEST_PARK_NANOS = 1;

    private long turn = System.nanoTime();

    public YieldingSelector(SelectorManager manager, int id) {
        super(manager, id);
    }

    @Override
    public Selected select(SocketChannel channel, Waiting waiting) {
        return new SelectedChannel(this, channel, waiting);
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
