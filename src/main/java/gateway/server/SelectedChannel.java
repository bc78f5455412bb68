package gateway.server;

import gateway.net.ChannelSelector;
import java.nio.channels.CancelledKeyException;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SelectionKey;
import java.nio.channels.Selector;
import java.nio.channels.SocketChannel;
import org.eclipse.jetty.io.ManagedSelector;

/**
 * A channel of a service in a selector of the clients' connections. It stays selected for reading, so that a wait costs
 * no system call; only when something comes for which nobody waits it is taken out, until somebody does.
 */
final class SelectedChannel implements ChannelSelector.Selected, ManagedSelector.Selectable {
    private final ManagedSelector selector;
    private final SocketChannel channel;
    private final ChannelSelector.Waiting waiting;
    private SelectionKey key; // of the selector's thread; null until it is registered
    private volatile boolean ignored; // what came last, since nobody waited for it
    private volatile boolean full; // somebody waits for room

    SelectedChannel(ManagedSelector selector, SocketChannel channel, ChannelSelector.Waiting waiting) {
        this.selector = selector;
        this.channel = channel;
        this.waiting = waiting;
        selector.submit(this::register);
    }

    private void register(Selector in) {
        try {
            key = channel.register(in, interests(), this);
        } catch (ClosedChannelException e) {
            // nobody waits for it any more
        }
    }

    private int interests() {
        return (ignored ? 0 : SelectionKey.OP_READ) | (full ? SelectionKey.OP_WRITE : 0);
    }

    @Override
    public Runnable onSelected() {
        int ready = key.readyOps();
        if ((ready & SelectionKey.OP_WRITE) != 0 && full) {
            full = false;
            waiting.writable();
        }
        if ((ready & SelectionKey.OP_READ) != 0 && !waiting.readable()) {
            ignored = true;
            if (waiting.readable()) { // who has begun to wait just now may not have seen it
                ignored = false;
            }
        }
        return null;
    }

    @Override
    public void updateKey() {
        try {
            if (key != null && key.interestOps() != interests()) {
                key.interestOps(interests());
            }
        } catch (CancelledKeyException e) {
            // any thread may close the channel at any moment; what is thrown here ends the work of the whole selector
        }
    }

    @Override
    public void replaceKey(SelectionKey newKey) {
        key = newKey;
    }

    @Override
    public void awaitReadable() {
        if (ignored) {
            ignored = false;
            selector.submit(any -> updateKey());
        }
    }

    @Override
    public void awaitWritable() {
        full = true;
        selector.submit(any -> updateKey());
    }

    /** Wakes the selector, which then lets go of the channels that have been closed. */
    @Override
    public void remove() {
        selector.submit(any -> {});
    }
}
