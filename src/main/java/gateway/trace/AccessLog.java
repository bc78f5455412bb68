package gateway.trace;

import gateway.settings.LogForm;
import gateway.util.Mailbox;
import gateway.lifecycle.Output;
import java.util.function.Consumer;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One line for each request. The request's thread only puts the story into a {@link Mailbox}; writing the line, and
 * waiting for whoever reads it, is that one's thread's. When the reader is too slow for too long, lines are dropped.
 */
public final class AccessLog implements Consumer<Story>, AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger("access");
    private static final int CAPACITY = 8192;

    private final Mailbox<Story> stories;

    /** @param form how lines are written */
    public AccessLog(LogForm form) {
        this(form == LogForm.JSON ? new JsonLine() : new TextLine(), AccessLog::write);
    }

    /** @param lines gets them, on the log's own thread */
    AccessLog(Function<Story, String> form, Consumer<String> lines) {
        this.stories = new Mailbox<>("access log lines", CAPACITY, story -> lines.accept(form.apply(story)), () -> {});
    }

    private static void write(String line) {
        Output.awaitRoom();
        LOG.info(line);
    }

    /** Starts writing. */
    public void start() {
        stories.start();
    }

    /** Has the request's line written, unless it is routine. */
    @Override
    public void accept(Story story) {
        if (!story.isRoutine()) {
            stories.give(story);
        }
    }

    /** How many lines were dropped. */
    public long dropped() {
        return stories.dropped();
    }

    /** Writes what is still to be written, for a second at most. */
    @Override
    public void close() {
        stories.close();
    }
}
