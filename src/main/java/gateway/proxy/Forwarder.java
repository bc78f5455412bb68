package gateway.proxy;

import gateway.health.OutlierDetection;
import gateway.http.Answer;
import gateway.http.Problem;
import gateway.net.NameLookup;
import gateway.proxy.upstream.UpstreamAnswer;
import gateway.proxy.upstream.UpstreamConnection;
import gateway.proxy.upstream.UpstreamConnection.Progress;
import gateway.proxy.upstream.UpstreamPool;
import gateway.proxy.upstream.UpstreamRequest;
import gateway.proxy.websocket.Tunnel;
import gateway.proxy.websocket.Tunnels;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import gateway.registry.Snapshot;
import gateway.route.Route;
import gateway.settings.Bounds;
import gateway.settings.Settings;
import gateway.util.Stalls;
import gateway.util.Threads;
import gateway.util.Time;
import gateway.util.Timer;
import java.io.IOException;
import java.util.concurrent.ExecutorService;

/**
 * Sends a request to a backend and passes the answer back. When an exchange brings no answer, {@link RetryRule} decides
 * whether the next backend is tried, {@link RetryBudget} how many retries run at once.
 */
public final class Forwarder implements AutoCloseable {
    private static final long RETRY_PATIENCE_MILLIS = 1000;

    private final FailureHandler failures;
    private final ServiceList services;
    private final UpstreamPool upstreams;
    private final Relay relay;
    private final Tunnels tunnels;
    private final ExecutorService uploads;
    private final RetryBudget budget = new RetryBudget(RETRY_PATIENCE_MILLIS);
    private final Bounds bounds;
    private final Time time;

    /**
     * @param names finds the addresses of backends
     * @param stalls silence while this process stood still is no backend's
     */
    public Forwarder(
            ServiceList services,
            OutlierDetection outliers,
            NameLookup names,
            Stalls stalls,
            Settings settings,
            Time time) {
        this.services = services;
        this.bounds = settings.bounds();
        this.time = time;
        this.upstreams = new UpstreamPool(services, settings, names, stalls, time);
        this.failures = new FailureHandler(upstreams, outliers, bounds.idleTimeout());
        this.relay = new Relay(bounds.idleTimeout());
        this.uploads = Threads.forWaiting("upload", bounds.inFlight());
        this.tunnels = new Tunnels(settings.webSocketIdleTimeout(), time);
    }

    /** Schedules the sweeps that end idle exchanges, connections and tunnels. */
    public void start(Timer timer) {
        timer.every(Exchange.CHECK_PAUSE, "idle timeouts", upstreams::checkDeadlines);
        timer.every(UpstreamPool.IDLE_PAUSE, "idle connections", upstreams::closeIdle);
        timer.every(Tunnels.PAUSE, "idle WebSockets", tunnels::endQuiet);
    }

    /**
     * Answers the request by a backend's answer, or breaks it off.
     *
     * @param sent the request as backends get it
     * @return what to answer instead, when nothing is under way for it any more; null if nothing is to be answered
     */
    Problem forward(ClientRequest request, UpstreamRequest sent, Answer answer) throws IOException {
        Route route = request.route;
        Snapshot list = route.pool().snapshot();
        request.trace.chosenFrom(list);
        if (request.webSocket
                && route.selection().has(list, request)
                && !(tunnels.haveRoom() && request.isPersistent())) {
            return Unavailable.noRoom();
        }
        Backend backend = route.selection().start(list, request);
        if (backend == null) {
            if (!route.selection().has(list, request)) {
                return Unavailable.noService(route);
            }
            request.trace.chosenFrom(list.without(list.available()));
            return Unavailable.allFull();
        }
        Retries retries = null;
        try {
            while (true) {
                Runnable onAnswer = retries == null ? null : retries::leaveBudget;
                long patience = route.config().timeout().toNanos();
                Exchange exchange = new Exchange(backend, request, request.client, patience, time, onAnswer);
                Failure failure = send(sent, exchange, request, answer, retries != null);
                if (failure == null) {
                    return null;
                }
                if (retries == null) {
                    retries = new Retries(request, services, budget, time);
                }
                backend = retries.next(exchange, failure);
                if (backend == null) {
                    return failure.problem(route);
                }
            }
        } finally {
            if (retries != null) {
                retries.leaveBudget();
            }
        }
    }

    /**
     * Sends the request to a backend, which has counted it already, and passes the answer on.
     *
     * @param fresh whether to open a connection: after a stale one, a second would prove nothing
     * @return why the client has no answer yet; null if it has one, or waits for none any more
     */
    private Failure send(UpstreamRequest sent, Exchange exchange, ClientRequest request, Answer answer, boolean fresh)
            throws IOException {
        UpstreamConnection connection = null;
        Tunnel tunnel = null;
        Upload upload = null;
        boolean whole = false;
        try {
            if (!request.hasBody) {
                exchange.clientIsIdle();
            }
            connection = upstreams.lease(exchange.backend, exchange, fresh, request.hasBody || !request.idempotent);
            upload = request.hasBody ? Upload.of(request, exchange, bounds, uploads, time) : null;
            try (UpstreamAnswer theirs = connection.send(sent, upload)) {
                if (theirs.status() == 101) { // Framing accepts no 101 but a WebSocket's
                    tunnel = tunnels.between(request.jetty, connection.switched());
                }
                relay.pass(theirs, connection, exchange, request, upload, answer);
                if (tunnel != null) {
                    exchange.becomeTunnel();
                    open(tunnel, exchange, request, answer);
                }
            } catch (IOException e) {
                if (upload != null) {
                    upload.throwGatewayFailure();
                }
                throw e;
            }
            exchange.backend.vitals().answered();
            whole = upload == null || upload.end();
            exchange.countAnswer();
            request.trace.add(exchange.outcome(connection.isReused(), null));
            if (!whole) {
                relay.endEarly(exchange, request, upload, answer);
            }
            return null;
        } catch (IOException e) {
            Upload.abandon(upload);
            Failure failure =
                    Failure.of(e, exchange, connection, request.route.config().timeout());
            request.trace.add(exchange.outcome(connection.isReused(), failure)); // before an end tells the client
            return failures.handle(failure, exchange, request, answer);
        } catch (RuntimeException | Error e) { // perhaps out of memory
            Upload.abandon(upload);
            exchange.countAnswer();
            request.trace.add(exchange.gatewayFailed(connection != null && connection.isReused()));
            if (answer.isCommitted()) {
                request.trace.brokenOff();
                ClientFailure.breakOff(request, answer);
            }
            throw e;
        } finally {
            if (connection != null && connection.progress() != Progress.CONNECTING) {
                request.trace.reachedService();
            }
            end(exchange, connection, whole, tunnel);
        }
    }

    private void open(Tunnel tunnel, Exchange exchange, ClientRequest request, Answer answer) throws IOException {
        try {
            tunnels.open(tunnel, request.jetty, answer);
        } catch (IOException e) {
            throw exchange.clientFailed(e);
        }
    }

    /**
     * @param connection null if it couldn't be leased
     * @param whole whether the whole answer has been passed on
     * @param tunnel what the exchange has become; null if it was a request and its answer
     */
    private void end(Exchange exchange, UpstreamConnection connection, boolean whole, Tunnel tunnel) {
        if (!whole && tunnel == null) {
            exchange.breakOff(); // nothing may wait for it any more, as a writer that holds the lock of TLS could
        }
        boolean intact = exchange.end();
        Backend backend = exchange.backend;
        if (tunnel != null) {
            backend.load().switched();
            tunnel.onEnd(() -> {
                try {
                    upstreams.release(connection, false);
                } finally {
                    backend.load().switchedFinished();
                }
            });
            return;
        }
        try {
            if (connection != null) {
                upstreams.release(connection, whole && intact);
            }
        } finally {
            backend.load().finished();
        }
    }

    /** Ends all WebSockets, and lets none begin: nobody knows when they would end by themselves. */
    public void endTunnels() {
        tunnels.close();
    }

    /** Breaks off the requests under way: once the server has stopped, nothing wakes those that wait for a service. */
    public void breakOff() {
        upstreams.abandonAll();
    }

    @Override
    public void close() {
        tunnels.close();
        uploads.shutdown();
        upstreams.close();
    }
}
