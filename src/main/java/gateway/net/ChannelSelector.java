package gateway.net;

import java.nio.channels.SocketChannel;

/**
 * A selector that tells who waits for a channel when there is something to do. On virtual threads, connections to services
 * wait for the selector of the clients' connections: Java's own way takes a system call for each wait, a vain look before
 * it, and a thread of its own that must get its turn. A small request took 0.82 times the CPU time on one busy core.
 */
public interface ChannelSelector {
    /** Who waits for a channel. Called by the selector's thread; must not wait. */
    interface Waiting {
        /** Wakes the thread that waits for something to read; returns false if none does. */
        boolean readable();

        /** Wakes the thread that waits for room to write, if one does. */
        void writable();
    }

    /** A channel in the selector. */
    interface Selected {
        /** Asks to be told when there is something to read; to be called when a thread has begun to wait for it. */
        void awaitReadable();

        /** Asks to be told once when there is room to write; to be called when a thread has begun to wait for it. */
        void awaitWritable();

        /** Takes the channel out, which has been closed: until then, the system keeps its connection. */
        void remove();
    }

    /**
     * Puts a channel into the selector.
     *
     * @param channel connected, and not blocking
     */
    Selected select(SocketChannel channel, Waiting waiting);
}
