package gateway.metrics;

import gateway.admission.AdmissionControl;
import gateway.events.EventLog;
import gateway.limit.LimitHandler;
import gateway.registry.ServiceList;
import gateway.route.Routes;
import gateway.settings.LogForm;
import gateway.tls.CertificateInUse;
import gateway.trace.AccessLog;
import gateway.trace.History;
import gateway.trace.OutcomeCounts;
import gateway.trace.Trace;
import gateway.trace.TraceEnds;
import gateway.trace.Traces;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.RequestLog;
import org.eclipse.jetty.server.Response;

/**
 * What is seen of the gateway: the events, and everything that observes requests when they end: the recent traces, the
 * counts, the history, the metrics and the access log.
 */
public final class Observation implements RequestLog, AutoCloseable {
    private final Traces traces = new Traces();
    private final Metrics counts = new Metrics();
    private final CertificateInUse certificate;
    private final EventLog events;
    private final History history;
    private final Exposition metrics;
    private final Optional<AccessLog> accessLog;
    private final TraceEnds ends;

    /**
     * @param routes each has counts of its own
     * @param limiter counts what the limit let through and refused
     * @param admission counts what the bounds refused, and all other problems
     * @param certificate the server certificate, whose end is a metric
     * @param events what has happened
     * @param logForm how the access log is written; empty means there is none
     */
    public Observation(
            ServiceList services,
            Routes routes,
            LimitHandler limiter,
            AdmissionControl admission,
            CertificateInUse certificate,
            EventLog events,
            Optional<LogForm> logForm,
            Time time) {
        this.certificate = certificate;
        this.events = events;
        accessLog = logForm.map(AccessLog::new);
        counts.count(routes);
        history = new History(counts, services, time);
        metrics = new Exposition(
                counts,
                services,
                limiter,
                admission,
                certificate,
                () -> accessLog.map(AccessLog::dropped).orElse(0L));
        List<Consumer<Trace>> listeners = new ArrayList<>(List.of(traces, counts));
        accessLog.ifPresent(listeners::add);
        ends = new TraceEnds(time, listeners, admission::count);
    }

    /** Called by Jetty when it is done with a request. */
    @Override
    public void log(Request request, Response response) {
        ends.log(request, response);
    }

    /** Returns the server certificate in use, if there is one. */
    public CertificateInUse certificate() {
        return certificate;
    }

    /** Returns what has happened lately. */
    public EventLog events() {
        return events;
    }

    /** Returns the traces of the last requests. */
    public Traces traces() {
        return traces;
    }

    /** Returns the counts of requests by outcome. */
    public OutcomeCounts outcomes() {
        return counts;
    }

    /** Returns the history of the last minutes. */
    public History history() {
        return history;
    }

    /** Returns the metrics for {@code /metrics}. */
    public Exposition metrics() {
        return metrics;
    }

    /** Returns what of it has ended for good though it isn't closed; normally nothing. */
    public List<String> failed() {
        return accessLog.flatMap(AccessLog::failed).stream().toList();
    }

    /** Starts the access log, and schedules the steps of the history. */
    public void start(Timer timer) {
        accessLog.ifPresent(AccessLog::start);
        timer.housekeeping(History.STEP, "history", history::tick);
    }

    /** Closes the metrics, and writes the lines that are still to be logged. */
    @Override
    public void close() {
        metrics.close();
        accessLog.ifPresent(AccessLog::close);
    }
}
