package gateway.admission;

import gateway.http.PathPrefix;
import gateway.http.Refusals;
import gateway.settings.Settings;
import gateway.trace.Trace;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.server.ServerConnector;

/** What keeps the gateway from taking on more than it can carry: the bounds towards clients, and what they refused. */
public final class AdmissionControl {
    private final Settings settings;
    private final Refusals problems = new Refusals();
    private final Refusals closed = new Refusals();
    private final Connections connections;
    private final ConcurrencyLimit inFlight;
    private final Pace registrations;
    private final HeaderDeadlines headers;
    private final List<ServerConnector> guarded = new CopyOnWriteArrayList<>();

    public AdmissionControl(Settings settings, Time time) {
        this.settings = settings;
        this.connections = connections(settings, closed);
        this.inFlight = new ConcurrencyLimit(settings.bounds().inFlight());
        this.registrations = new Pace(settings.bounds().registrations(), time);
        this.headers = new HeaderDeadlines(
                settings.bounds().headerTimeout(), settings.bounds().idleTimeout(), problems, closed, time);
    }

    private static Connections connections(Settings settings, Refusals closed) {
        return new Connections(
                settings.bounds().connections(),
                settings.bounds().connectionsPerClient(),
                settings.clients().forwardedBy().trusted(),
                closed);
    }

    /** Has the bounds hold for what comes by this connector; returns it. HTTP/2 is told its own, when it is set up. */
    public ServerConnector over(ServerConnector connector) {
        return over(connector, connections);
    }

    /** The same for operators', whose connections are counted apart: they get in however many clients there are. */
    public ServerConnector overOperators(ServerConnector connector) {
        return over(connector, connections(settings, closed));
    }

    private ServerConnector over(ServerConnector connector, Connections connections) {
        HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
        http.getHttpConfiguration().setRequestHeaderSize(settings.bounds().header());
        connector.setIdleTimeout(settings.bounds().idleTimeout().toMillis());
        connector.addBean(connections);
        guarded.add(connector);
        return connector;
    }

    /**
     * Stands before the server's handlers, and refuses requests for services while there are enough under way.
     *
     * @param services what is below this is for a service
     */
    public void atDoorOf(Server server, PathPrefix services) {
        server.insertHandler(new Door(inFlight, services));
    }

    /** What looks at each other request before anything is done for it. */
    public BoundsHandler handler() {
        return new BoundsHandler(settings.bounds());
    }

    /** Has the timer call what ends connections that wait for a header for too long. */
    public void watchedBy(Timer timer) {
        timer.every(
                HeaderDeadlines.PAUSE,
                "header deadlines",
                () -> headers.tick(guarded.stream()
                        .flatMap(connector -> connector.getConnectedEndPoints().stream())
                        .toList()));
    }

    /** Counts the problem that a request was answered with, if it was with one. */
    public void count(Trace ended) {
        if (ended.problem() != null) {
            problems.count(ended.problem().slug());
        }
    }

    /** Requests for services that are under way. */
    public ConcurrencyLimit inFlight() {
        return inFlight;
    }

    /** How many services may register or renew each second. */
    public Pace registrations() {
        return registrations;
    }

    /** Connections that clients have open. */
    public Connections connections() {
        return connections;
    }

    /** The problems that were answered with, by slug. */
    public Refusals problems() {
        return problems;
    }

    /** The connections that were closed without an answer, by why. */
    public Refusals closed() {
        return closed;
    }
}
