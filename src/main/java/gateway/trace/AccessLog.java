package gateway.trace;

import gateway.lifecycle.Output;
import gateway.settings.LogForm;
import gateway.util.AsyncQueue;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request. The request's thread only puts the trace into a {@link AsyncQueue}; writing the line, and
 * waiting for whoever reads it, is that one's thread's. When the reader is too slow for too long, lines are dropped.
 */
public final class AccessLog implements Consumer<Trace>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final int CAPACITY = 8192;

    private final AsyncQueue<Trace> traces;

    /** @param form how lines are written */
    public AccessLog(LogForm form) {
        this(form == LogForm.JSON ? new JsonLine() : new TextLine(), AccessLog::write);
    }

    /** @param lines gets them, on the log's own thread */
    AccessLog(Function<Trace, String> form, Consumer<String> lines) {
        this.traces =
                new AsyncQueue<>("access log lines", CAPACITY, trace -> lines.accept(form.apply(trace)), () -> {});
    }

    private static void write(String line) {
        Output.awaitRoom();
        LOG.info(line);
    }

    /** Starts writing. */
    public void start() {
        traces.start();
    }

    /** Has the request's line written, unless it is routine. */
    @Override
    public void accept(Trace trace) {
        if (!trace.isRoutine()) {
            traces.give(trace);
        }
    }

    /** How many lines were dropped. */
    public long dropped() {
        return traces.dropped();
    }

    /** Writes what is still to be written, for a second at most. */
    @Override
    public void close() {
        traces.close();
    }
}
