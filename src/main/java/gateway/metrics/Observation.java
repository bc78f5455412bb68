package gateway.metrics;

import gateway.settings.LogForm;
import gateway.util.Time;
import gateway.util.Timer;
import gateway.admission.Guard;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.registry.ServiceList;
import gateway.trace.AccessLog;
import gateway.trace.History;
import gateway.trace.Stories;
import gateway.trace.Story;
import gateway.trace.StoryEnds;
import gateway.trace.Traffic;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.server.RequestLog;

/** All who watch requests: what is remembered, counted, measured and logged of each when it has ended. */
public final class Observation implements AutoCloseable {
    private final Stories stories = new Stories();
    private final Traffic traffic = new Traffic();
    private final History history;
    private final Exposition metrics;
    private final Optional<AccessLog> accessLog;
    private final RequestLog requestLog;

    /**
     * @param decisions counts what the limit let through and refused
     * @param guard counts what the bounds refused, and all other problems
     * @param logForm how the access log is written; empty means there is none
     */
    public Observation(
            ServiceList services,
            RateLimit limit,
            LimitHandler decisions,
            Guard guard,
            Optional<LogForm> logForm,
            Time time) {
        Metrics counts = new Metrics();
        accessLog = logForm.map(AccessLog::new);
        history = new History(traffic, services, time);
        metrics = new Exposition(
                counts,
                services,
                decisions,
                limit,
                guard,
                () -> accessLog.map(AccessLog::dropped).orElse(0L));
        List<Consumer<Story>> listeners = new ArrayList<>(List.of(stories, traffic, counts, guard::count));
        accessLog.ifPresent(listeners::add);
        requestLog = new StoryEnds(time, listeners);
    }

    /** What Jetty is to call when it is done with a request. */
    public RequestLog requestLog() {
        return requestLog;
    }

    /** The last requests. */
    public Stories stories() {
        return stories;
    }

    /** How requests have ended so far. */
    public Traffic traffic() {
        return traffic;
    }

    /** The last minutes. */
    public History history() {
        return history;
    }

    /** All of it for machines. */
    public Exposition metrics() {
        return metrics;
    }

    /** Starts the log, and has the timer call what ends the steps of the history. */
    public void start(Timer timer) {
        accessLog.ifPresent(AccessLog::start);
        timer.every(History.STEP, "history", history::tick);
    }

    /** Writes what is still to be logged. */
    @Override
    public void close() {
        metrics.close();
        accessLog.ifPresent(AccessLog::close);
    }
}
