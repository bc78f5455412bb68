package gateway.proxy;

import gateway.balance.Balancer;
import gateway.balance.Selection;
import gateway.health.Health;
import gateway.http.Problem;
import gateway.net.ServiceSockets;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import gateway.registry.Snapshot;
import gateway.settings.Bounds;
import gateway.settings.Settings;
import gateway.util.Time;
import gateway.util.Timer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;

/**
 * Sends a request to a backend and its answer back. When the attempt brings no answer, {@link RetryRule} says whether
 * the next backend is tried, {@link RetryBudget} how many may be so at once.
 */
public final class Forwarder implements AutoCloseable {
    private static final long RETRY_PATIENCE_MILLIS = 1000;

    private final ServiceList services;
    private final Selection turn;
    private final Health health;
    private final UpstreamPool lanes;
    private final IdleTimeouts timeouts;
    private final Relay relay;
    private final Tunnels tunnels;
    private final RetryBudget budget = new RetryBudget(RETRY_PATIENCE_MILLIS);
    private final Duration upstreamTimeout;
    private final Bounds bounds;
    private final Time time;

    public Forwarder(ServiceList services, Balancer balancer, Health health, Settings settings, Time time) {
        this.services = services;
        this.turn = new Selection(balancer);
        this.health = health;
        this.upstreamTimeout = settings.upstreamTimeout();
        this.bounds = settings.bounds();
        this.time = time;
        this.lanes = new UpstreamPool(client(settings, time), services, time);
        this.timeouts = new IdleTimeouts(lanes, upstreamTimeout, time);
        this.relay = new Relay(time, bounds.idleTimeout(), balancer.name());
        this.tunnels = new Tunnels(settings.webSocketIdleTimeout(), time);
    }

    /** OkHttp with everything off that it would do by itself. Reading and writing are timed by {@link IdleTimeouts}. */
    private static OkHttpClient client(Settings settings, Time time) {
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .connectTimeout(settings.connectTimeout())
                .callTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .fastFallback(false)
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY)
                .socketFactory(new ServiceSockets(settings.serviceAddresses()))
                .addNetworkInterceptor(new Wire(time));
        settings.backendTrust().ifPresent(trust -> client.sslSocketFactory(trust.sockets(), trust.manager()));
        return client.build();
    }

    /** Has the timer call what ends silent attempts and tunnels and closes idle connections. */
    public void watchedBy(Timer timer) {
        timer.every(IdleTimeouts.PAUSE, "idle timeouts", timeouts::tick);
        timer.every(UpstreamPool.PAUSE, "idle connections", lanes::tick);
        timer.every(Tunnels.PAUSE, "idle WebSockets", tunnels::tick);
    }

    /**
     * Answers the request by a backend's answer, or breaks it off.
     *
     * @return what to answer instead, when nothing is under way for it any more; null if nothing is to be answered
     */
    Problem forward(ClientRequest request, HttpServletResponse response) throws IOException {
        Snapshot list = services.snapshot();
        request.trace().chosenFrom(list);
        if (list.available().isEmpty()) {
            return NotForwarded.noService();
        }
        if (request.isWebSocket() && !(tunnels.haveRoom() && request.isPersistent())) {
            return NotForwarded.noRoom();
        }
        Backend backend = turn.start(list.available());
        if (backend == null) {
            request.trace().chosenFrom(list.without(list.available()));
            return NotForwarded.allFull();
        }
        Exchange first = request.attempt(backend, time.nanos());
        Failed failed = send(request, response, first, false);
        return failed == null ? null : retry(request, response, first, failed);
    }

    private Problem retry(ClientRequest request, HttpServletResponse response, Exchange first, Failed failed)
            throws IOException {
        List<Backend> tried = new ArrayList<>(List.of(first.backend()));
        boolean bodyConsumed = first.isBodyConsumed();
        for (int retries = 0; RetryRule.allows(failed, request.isIdempotent(), bodyConsumed, retries); retries++) {
            if (candidates(tried, failed).isEmpty() || !budget.tryAcquire(underWay())) {
                break;
            }
            Once release = new Once(budget::release);
            try {
                List<Backend> candidates = candidates(tried, failed); // again: waiting takes time
                if (candidates.isEmpty()) {
                    break;
                }
                request.trace().chosenFrom(services.snapshot());
                Backend backend = turn.start(candidates);
                if (backend == null) {
                    break;
                }
                Exchange attempt = request.attempt(backend, time.nanos());
                attempt.onAnswer(release); // what streams for long is no retry any more
                failed = send(request, response, attempt, true);
                if (failed == null) {
                    return null;
                }
                tried.add(attempt.backend());
                bodyConsumed = attempt.isBodyConsumed();
            } finally {
                release.run();
            }
        }
        return failed.problem();
    }

    private int underWay() {
        return services.all().stream().mapToInt(Backend::inFlight).sum();
    }

    /** The available backends that haven't failed this request; a stale connection is no reason against its backend. */
    private List<Backend> candidates(List<Backend> tried, Failed failed) {
        List<Backend> available = services.available();
        List<Backend> untried =
                available.stream().filter(backend -> !tried.contains(backend)).toList();
        return untried.isEmpty() && failed.kind() == Failed.Kind.STALE_CONNECTION ? available : untried;
    }

    /**
     * Sends the request to a backend that has counted it already; null when it has been answered or nobody waits for an answer any more.
     *
     * @param fresh whether to use a new connection: after a stale one, a second would prove nothing
     */
    private Failed send(ClientRequest request, HttpServletResponse response, Exchange attempt, boolean fresh)
            throws IOException {
        Backend backend = attempt.backend();
        BackendPool backendLanes = lanes.of(backend);
        UpstreamConnection lane;
        try {
            lane = lanes.lease(backendLanes, attempt, fresh, request.isOnceOnly());
        } catch (RuntimeException | Error e) { // too little memory, perhaps
            backend.finished();
            throw e;
        }
        boolean warm = lane.isWarm();
        boolean reusable = false;
        try {
            attempt.waitForBackend(time.nanos());
            relay(lane, backendLanes, request, response, attempt);
            health.answered(backend);
            reusable = lane.mayServeAgain(attempt.connection(), request.method());
            request.trace().add(attempt.hop(warm, null, time.nanos()));
            return null;
        } catch (IOException e) {
            Failed failed = Failed.of(e, attempt, warm, upstreamTimeout);
            request.trace()
                    .add(attempt.hop(warm, failed, time.nanos())); // before the client is told, by an end perhaps
            return failed(failed, request, response, attempt);
        } catch (RuntimeException | Error e) {
            request.trace().add(attempt.brokenHop(warm, time.nanos()));
            if (response.isCommitted()) {
                request.trace().brokenOff();
                ClientFailure.breakOff(request, response);
            }
            throw e;
        } finally {
            boolean intact = attempt.ended();
            Tunnel tunnel = attempt.tunnel();
            if (tunnel == null) {
                lanes.endLease(backendLanes, lane, reusable && intact);
                backend.finished();
            } else {
                backend.switched();
                tunnel.onEnd(() -> {
                    lanes.endLease(backendLanes, lane, false);
                    backend.switchedFinished();
                });
            }
        }
    }

    private void relay(
            UpstreamConnection lane,
            BackendPool lanes,
            ClientRequest request,
            HttpServletResponse response,
            Exchange attempt)
            throws IOException {
        try (Response answer = request.exchange(lane, lanes.url(), attempt, bounds, time::nanos)) {
            try {
                relay.pass(answer, lanes.header(), attempt, request, response);
                if (Wire.status(answer) == 101) { // Framing lets none through that isn't a WebSocket's
                    tunnels.open(attempt, request, response);
                }
            } catch (IOException | RuntimeException | Error e) {
                attempt.breakOff(); // before closing, which would else read the rest
                throw e;
            }
        }
    }

    /** Draws the consequences of a failed attempt; null if the client needn't or can't be told any more. */
    private Failed failed(Failed failed, ClientRequest request, HttpServletResponse response, Exchange attempt)
            throws IOException {
        if (attempt.isClientGone()) {
            attempt.waitForClient(time.nanos(), bounds.idleTimeout().toNanos()); // who may not even take the answer
            ClientFailure.end(attempt, request, response);
            return null;
        }
        if (failed.kind() == Failed.Kind.STALE_CONNECTION) {
            lanes.dropIdle(lanes.of(attempt.backend()));
        } else {
            health.failed(attempt.backend(), failed.health(), failed.words());
        }
        if (response.isCommitted()) {
            request.trace().brokenOff();
            ClientFailure.breakOff(request, response);
            return null;
        }
        return failed;
    }

    /** Ends all WebSockets, and lets none begin: nobody knows when they would end by themselves. */
    public void endTunnels() {
        tunnels.close();
    }

    @Override
    public void close() {
        tunnels.close();
        lanes.close();
    }
}
