package gateway.proxy;

import gateway.registry.Backend;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.List;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.PreEncodedHttpField;

/**
 * The idle lanes of one backend, last in, first out, so that few connections stay warm and the others grow old. Guarded
 * by its own monitor, held for some nanoseconds.
 */
final class BackendPool {
    /** Names the backend in each answer. */
    static final String HEADER = "X-Backend-Service";

    private final RawUrl url;
    private final HttpField header;
    private final ArrayDeque<UpstreamConnection> idle = new ArrayDeque<>();
    private boolean closed;

    BackendPool(Backend backend) {
        this.url = new RawUrl(backend.url());
        this.header = new PreEncodedHttpField(HEADER, backend.urlText());
    }

    RawUrl url() {
        return url;
    }

    /** {@link #HEADER} for this backend, as bytes. */
    HttpField header() {
        return header;
    }

    /** The lane that was used last, if it has been idle for less than this, nanoseconds; null if there is none. */
    synchronized UpstreamConnection take(long now, long youngerThan) {
        UpstreamConnection lane = idle.peekLast();
        return lane != null && now - lane.idleSince() < youngerThan ? idle.pollLast() : null;
    }

    /** Keeps the lane for the next exchange; false if there will be none, since the backend has left the list. */
    synchronized boolean giveBack(UpstreamConnection lane, long now) {
        if (closed) {
            return false;
        }
        lane.idleSince(now);
        idle.addLast(lane);
        return true;
    }

    /** Takes out the lanes that have been idle for this long, nanoseconds; 0 means all. */
    synchronized List<UpstreamConnection> takeIdle(long now, long olderThan) {
        List<UpstreamConnection> old = new ArrayList<>();
        while (!idle.isEmpty() && now - idle.peekFirst().idleSince() >= olderThan) {
            old.add(idle.pollFirst());
        }
        return old;
    }

    /** Keeps no lane any more. */
    synchronized void close() {
        closed = true;
    }
}
