package gateway.trace;

import gateway.lifecycle.Output;
import gateway.settings.LogForm;
import gateway.util.AsyncQueue;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Logs one line for each request. The request's thread only puts its trace into an {@link AsyncQueue}, whose own thread
 * formats and writes the line; so a slow reader of the log holds up no request. If that reader stays too slow, lines
 * are dropped and counted.
 */
public final class AccessLog implements Consumer<Trace>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final int CAPACITY = 8192;

    private final AsyncQueue<Trace> traces;

    /** @param form the format of the lines */
    public AccessLog(LogForm form) {
        this(form == LogForm.JSON ? new JsonLine() : new TextLine(), AccessLog::write);
    }

    /** @param lines receives each formatted line, on the log's own thread */
    AccessLog(Function<Trace, String> form, Consumer<String> lines) {
        this.traces =
                new AsyncQueue<>("access log lines", CAPACITY, trace -> lines.accept(form.apply(trace)), () -> {});
    }

    private static void write(String line) {
        Output.awaitRoom();
        LOG.info(line);
    }

    /** Starts the thread that writes the lines. */
    public void start() {
        traces.start();
    }

    /** Queues the request's line, unless the request is routine. */
    @Override
    public void accept(Trace trace) {
        if (!trace.isRoutine()) {
            traces.add(trace);
        }
    }

    /** Returns what has ended for good though the log isn't closed; normally empty. */
    public Optional<String> failed() {
        return traces.failed();
    }

    /** Returns how many lines have been dropped. */
    public long dropped() {
        return traces.dropped();
    }

    /** Writes the lines that are still queued, for a second at most. */
    @Override
    public void close() {
        traces.close();
    }
}
