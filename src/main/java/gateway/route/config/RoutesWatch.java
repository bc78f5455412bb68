package gateway.route.config;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.route.RouteConfig;
import gateway.route.Routes;
import gateway.settings.InvalidSettings;
import gateway.util.ContentWatch;
import gateway.util.Hangup;
import gateway.util.Timer;
import java.time.Duration;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches the file of routes and takes what is new in it, or at SIGHUP at once. A content is taken only if two looks find
 * the same: half a file may be a file, too. While the file can't be used, or isn't there, the routes stay as they are.
 */
public final class RoutesWatch implements AutoCloseable {
    /** The pause between calls of {@link #look}. */
    static final Duration PAUSE = Duration.ofMillis(300);

    private static final Logger LOG = LoggerFactory.getLogger(RoutesWatch.class);

    private final RoutesFile file;
    private final Routes routes;
    private final EventListener events;
    private final ContentWatch content;
    private List<RouteConfig> used;
    private Runnable noHangup = () -> {};

    /**
     * Gives the routes of the file to those in use.
     *
     * @param events is told of each later content, whether it is taken or not
     * @throws InvalidSettings if the file can't be read, or something in it can't be used
     */
    public RoutesWatch(RoutesFile file, Routes routes, EventListener events) {
        this.file = file;
        this.routes = routes;
        this.events = events;
        this.content = new ContentWatch(file.path()); // before reading, so that no change is missed
        this.used = file.read();
        routes.file(used);
    }

    /** Begins to watch. */
    public void start(Timer timer) {
        warnOfUnreachable();
        timer.housekeeping(PAUSE, "routes file", this::look);
        noHangup = Hangup.run(this::reload);
    }

    /** Takes the file's content if it has changed since it was last taken, but not since the last look. */
    synchronized void look() {
        if (content.look() == ContentWatch.Look.STILL) {
            take();
        }
    }

    /** Takes the file's content as it is. */
    synchronized void reload() {
        content.look();
        take();
    }

    private void take() {
        try {
            List<RouteConfig> found = file.read();
            if (content.look() == ContentWatch.Look.CHANGED) { // while it was being read
                return;
            }
            content.settle();
            String changes = Changes.words(used, found);
            routes.file(found);
            used = found;
            LOG.info("routes taken from {}: {}", file.path(), changes);
            events.happened(
                    EventKind.RELOADED, Subject.GATEWAY, "routes taken from " + file.path() + ": " + changes, Who.FILE);
            warnOfUnreachable();
        } catch (InvalidSettings e) {
            if (content.look() != ContentWatch.Look.CHANGED) {
                content.settle();
                List<String> problems = e.getMessage().lines().toList();
                String words = "routes not taken, the " + used.size() + " in use stay: " + problems.get(0)
                        + (problems.size() > 1 ? " (and " + (problems.size() - 1) + " more; --check shows all)" : "");
                LOG.warn("{}", words);
                events.happened(EventKind.REFUSED, Subject.GATEWAY, words, Who.FILE);
            }
        }
    }

    private void warnOfUnreachable() {
        List<String> words = routes.unreachable();
        if (!words.isEmpty()) {
            LOG.warn("{}", String.join("; ", words));
        }
    }

    @Override
    public void close() {
        noHangup.run();
    }
}
