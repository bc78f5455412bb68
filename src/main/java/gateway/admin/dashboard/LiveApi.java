package gateway.admin.dashboard;

import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.admin.view.EventView;
import gateway.admin.view.PointView;
import gateway.admin.view.StepsView;
import gateway.admin.view.TraceView;
import gateway.events.Event;
import gateway.events.EventLog;
import gateway.http.ProblemType;
import gateway.lifecycle.Drain;
import gateway.metrics.Observation;
import gateway.trace.History;
import gateway.trace.History.Point;
import gateway.trace.OutcomeCounts;
import gateway.trace.Span;
import gateway.trace.Traces;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.concurrent.locks.ReentrantLock;

/**
 * {@code GET /dashboard/events}: the gateway's state as Server-Sent Events. Each viewer's own thread looks for news at
 * most four times a second; so nothing is computed without viewers, and a slow viewer doesn't delay the others.
 */
public final class LiveApi {
    private static final ObjectMapper JSON = new ObjectMapper();
    private static final int MOST_TRACES = 100;
    private static final int MOST_EVENTS = 100;
    private static final Duration SOONEST = Duration.ofMillis(250);
    private static final Duration LATEST = Duration.ofSeconds(1);

    private final LiveView view;
    private final Traces traces;
    private final OutcomeCounts counts;
    private final History history;
    private final EventLog events;
    private final int mostViewers;
    private final Drain drain;
    private final Time time;
    private final AtomicInteger viewers = new AtomicInteger();
    private final ReentrantLock stateLock = new ReentrantLock();
    private byte[] state = {}; // guarded by stateLock, like the next
    private long stateAt;
    private volatile boolean closed;

    /**
     * @param events what happened lately
     * @param mostViewers the most viewers at a time
     */
    public LiveApi(LiveView view, Observation seen, EventLog events, int mostViewers, Drain drain, Time time) {
        this.view = view;
        this.traces = seen.traces();
        this.counts = seen.outcomes();
        this.history = seen.history();
        this.events = events;
        this.mostViewers = mostViewers;
        this.drain = drain;
        this.time = time;
    }

    /**
     * Sends events until the viewer leaves or the gateway stops. With {@code ?route=}, its text is a part of the name,
     * path or host of the routes that the viewer looks for.
     */
    public void events(Context ctx) throws IOException {
        if (viewers.incrementAndGet() > mostViewers) {
            viewers.decrementAndGet();
            ctx.res().setHeader("Retry-After", "10");
            ProblemType.TOO_MANY_VIEWERS
                    .problem("There are " + mostViewers
                            + " viewers of the dashboard, the most that GATEWAY_MAX_VIEWERS allows; close one")
                    .send(ctx.req(), ctx.res());
            return;
        }
        try {
            ctx.res().setContentType("text/event-stream");
            ctx.res().setHeader("Cache-Control", "no-store");
            String part = ctx.queryParam("route");
            watch(ctx.res().getOutputStream(), part == null ? "" : part);
        } catch (IOException e) {
            // the viewer has left, which ends the stream
        } finally {
            viewers.decrementAndGet();
        }
    }

    /** Answers {@code HEAD /dashboard/events}, which has no body and so ends at once. */
    public void head(Context ctx) {
        ctx.res().setContentType("text/event-stream");
    }

    private void watch(OutputStream out, String part) throws IOException {
        Point last = sendHistory(out);
        long seen = 0;
        long told = 0;
        while (!isOver()) {
            long count = counts.count(); // read before the traces: requests that end meanwhile are news, too
            Traces.Batch batch = traces.since(seen, MOST_TRACES);
            seen = batch.seen();
            if (!batch.traces().isEmpty()) {
                send(out, "hops", batch.traces().stream().map(TraceView::of).toList());
            }
            last = sendPoints(out, last);
            told = tell(out, told);
            write(out, "state", state(part));
            out.flush();
            awaitNews(count);
        }
    }

    /** Sends all steps, and returns the last one; null if there is none. */
    private Point sendHistory(OutputStream out) throws IOException {
        List<Point> points = history.since(0);
        send(out, "history", StepsView.of(Span.QUARTER_HOUR, points));
        return points.isEmpty() ? null : points.get(points.size() - 1);
    }

    /**
     * Sends the steps that have ended since this one, and returns the last. If the wall clock was set back meanwhile, this
     * sends all steps anew, at times that fit the clock.
     */
    private Point sendPoints(OutputStream out, Point before) throws IOException {
        Point last = before;
        for (Point point : history.since(last == null ? 0 : last.number() + 1)) {
            if (last != null && point.timeMillis() <= last.timeMillis()) {
                return sendHistory(out);
            }
            send(out, "point", PointView.of(point));
            last = point;
        }
        return last;
    }

    /** Sends what has happened since the event with this number, and returns the number of the newest. */
    private long tell(OutputStream out, long told) throws IOException {
        List<Event> news = events.newest(told, event -> true, MOST_EVENTS);
        if (news.isEmpty()) {
            return told;
        }
        List<EventView> oldestFirst =
                new ArrayList<>(news.stream().map(EventView::of).toList());
        Collections.reverse(oldestFirst);
        send(out, "events", oldestFirst);
        return news.get(0).number();
    }

    /** Returns the state as bytes; that of all routes is computed once for all viewers within a quarter of a second. */
    private byte[] state(String part) throws IOException {
        stateLock.lock();
        try {
            if (!part.isEmpty()) {
                return JSON.writeValueAsBytes(view.state(part));
            }
            long now = time.nanos();
            if (state.length == 0 || now - stateAt >= SOONEST.toNanos()) {
                state = JSON.writeValueAsBytes(view.state(part));
                stateAt = now;
            }
            return state;
        } finally {
            stateLock.unlock();
        }
    }

    /** Returns after a quarter of a second if requests have ended meanwhile, else after a whole one. */
    private void awaitNews(long count) {
        long start = System.nanoTime();
        do {
            LockSupport.parkNanos(SOONEST.toNanos());
        } while (counts.count() == count && System.nanoTime() - start < LATEST.toNanos() && !isOver());
    }

    private boolean isOver() {
        return closed || drain.isDraining() || Thread.currentThread().isInterrupted();
    }

    private static void send(OutputStream out, String event, Object data) throws IOException {
        write(out, event, JSON.writeValueAsBytes(data));
    }

    private static void write(OutputStream out, String event, byte[] data) throws IOException {
        out.write(("event: " + event + "\ndata: ").getBytes(StandardCharsets.UTF_8));
        out.write(data);
        out.write('\n');
        out.write('\n');
    }

    /** Ends all streams within a quarter of a second. */
    public void close() {
        closed = true;
    }
}
