package gateway.admission;

import gateway.http.Problem;
import gateway.http.Refusals;
import gateway.route.Route;
import gateway.server.Admission;
import gateway.settings.Settings;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Function;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.HttpConnectionFactory;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.ServerConnector;

/** Keeps the load below what the gateway can carry: bounds what clients may use, and counts what was refused for it. */
public final class AdmissionControl implements Admission {
    private final Settings settings;
    private final Refusals problems = new Refusals();
    private final Refusals closed = new Refusals();
    private final Connections connections;
    private final ConcurrencyLimit inFlight;
    private final Pace registrations;
    private final HeaderDeadlines headers;
    private final List<ServerConnector> connectors = new CopyOnWriteArrayList<>();

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
                settings.clients().trustedProxies().trusted(),
                closed);
    }

    /** Sets no bounds of HTTP/2: these are set where its protocol is set up. */
    @Override
    public ServerConnector bound(ServerConnector connector) {
        return bound(connector, connections);
    }

    @Override
    public ServerConnector boundAdmin(ServerConnector connector) {
        return bound(connector, connections(settings, closed));
    }

    private ServerConnector bound(ServerConnector connector, Connections connections) {
        HttpConnectionFactory http = connector.getConnectionFactory(HttpConnectionFactory.class);
        http.getHttpConfiguration().setRequestHeaderSize(settings.bounds().header());
        connector.setIdleTimeout(settings.bounds().idleTimeout().toMillis());
        connector.addBean(connections);
        connectors.add(connector);
        return connector;
    }

    @Override
    public Handler.Singleton door(Function<Request, Route> routes) {
        return new Door(inFlight, routes);
    }

    /** Returns the stage that refuses requests for what their header alone says. */
    public RequestGuard guard() {
        return new RequestGuard(settings.bounds());
    }

    /** Schedules the sweeps that end connections whose header doesn't arrive in time. */
    public void start(Timer timer) {
        timer.every(
                HeaderDeadlines.PAUSE,
                "header deadlines",
                () -> headers.tick(connectors.stream()
                        .flatMap(connector -> connector.getConnectedEndPoints().stream())
                        .toList()));
    }

    /** Counts the problem that a request was answered with. */
    public void count(Problem problem) {
        problems.count(problem.slug());
    }

    /** Returns the limit on concurrent requests to services. */
    public ConcurrencyLimit inFlight() {
        return inFlight;
    }

    /** Returns the limit on registrations and renewals a second. */
    public Pace registrations() {
        return registrations;
    }

    /** Returns the open client connections. */
    public Connections connections() {
        return connections;
    }

    /** Returns the counts of problems that requests were answered with, by slug. */
    public Refusals problems() {
        return problems;
    }

    @Override
    public Refusals closed() {
        return closed;
    }
}
