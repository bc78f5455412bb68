package gateway.proxy.upstream;

import gateway.registry.Backend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * The idle connections of one backend, last in, first out, so that few stay in use and the others grow old. Guarded by
 * its own monitor, held for some nanoseconds.
 */
final class BackendPool {
    final BackendUrl url;

    /** {@link UpstreamPool#BACKEND_HEADER} for this backend, as bytes. */
    final HttpField header;

    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private boolean closed;

    BackendPool(Backend backend) {
        this.url = new BackendUrl(backend.url());
        this.header = new PreEncodedHttpField(UpstreamPool.BACKEND_HEADER, backend.urlText());
    }

    /** Takes the connection that was used last, if it has been idle for less than this, nanoseconds; else null. */
    synchronized UpstreamConnection take(long now, long youngerThan) {
        UpstreamConnection last = idle.peekLast();
        return last != null && now - last.idleSince < Math.min(youngerThan, last.mostIdle()) ? idle.pollLast() : null;
    }

    /** Takes out the connections that have been idle for this long, nanoseconds, the longest first; 0 means all. */
    synchronized List<UpstreamConnection> takeIdle(long now, long olderThan) {
        List<UpstreamConnection> old = new ArrayList<>();
        while (!idle.isEmpty() && now - idle.peekFirst().idleSince >= olderThan) {
            old.add(idle.pollFirst());
        }
        return old;
    }

    /** Puts back what {@link #takeIdle} has taken out; false if the backend has left the list. */
    synchronized boolean putBack(List<UpstreamConnection> old) {
        if (!closed) {
            for (int i = old.size() - 1; i >= 0; i--) {
                idle.addFirst(old.get(i));
            }
        }
        return !closed;
    }

    /** Keeps the connection for the next exchange; false if there will be none, since the backend has left the list. */
    synchronized boolean giveBack(UpstreamConnection connection, long now) {
        if (closed) {
            return false;
        }
        connection.idleSince = now;
        idle.addLast(connection);
        return true;
    }

    /** Keeps no connection any more. */
    synchronized void close() {
        closed = true;
    }
}
