package gateway.proxy;

import java.io.IOException;
import java.nio.channels.Selector;
import org.eclipse.jetty.io.ManagedSelector;
import org.eclipse.jetty.io.SelectorManager;

/**
 * Lets the requests that it has found begin before it looks for more. For virtual threads, whose turns come in order:
 * by the time the selector's own comes again, each request has been read, so that {@link ClientEndPoint} can leave its
 * connection selected; and what arrived meanwhile is found in one go.
 */
final class YieldingSelector extends ManagedSelector {
    YieldingSelector(SelectorManager manager, int id) {
        super(manager, id);
    }

    @Override
    protected int nioSelect(Selector selector, boolean now) throws IOException {
        Thread.yield();
        return super.nioSelect(selector, now);
    }
}
