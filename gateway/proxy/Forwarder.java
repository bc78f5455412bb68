package gateway.proxy;

import gateway.Durations;
import gateway.Problem;
import gateway.Settings;
import gateway.Time;
import gateway.Timer;
import gateway.balance.Balancer;
import gateway.health.FailureWords;
import gateway.health.Health;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.net.ProtocolException;
import java.net.Proxy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import okhttp3.Call;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Response;

/**
 * Sends a request to a backend and its answer back; to the next backend if the first surely didn't get it. See
 * {@link RetryRule} for when, {@link RetryBudget} for how often.
 */
public final class Forwarder implements AutoCloseable {
    private static final long RETRY_PATIENCE_MILLIS = 250;

    private final ServiceList services;
    private final Balancer balancer;
    private final Health health;
    private final Lanes lanes;
    private final Deadlines deadlines;
    private final Relay relay;
    private final RetryBudget budget = new RetryBudget(RETRY_PATIENCE_MILLIS);
    private final Duration upstreamTimeout;
    private final Time time;

    public Forwarder(ServiceList services, Balancer balancer, Health health, Settings settings, Time time) {
        this.services = services;
        this.balancer = balancer;
        this.health = health;
        this.upstreamTimeout = settings.upstreamTimeout();
        this.time = time;
        this.lanes = new Lanes(client(settings.connectTimeout(), time), services, time);
        this.deadlines = new Deadlines(lanes, upstreamTimeout, time);
        this.relay = new Relay(time, balancer.name());
    }

    /** OkHttp with everything off that it would do by itself. Reading and writing are timed by {@link Deadlines}. */
    private static OkHttpClient client(Duration connectTimeout, Time time) {
        return new OkHttpClient.Builder()
                .connectTimeout(connectTimeout)
                .callTimeout(Duration.ZERO)
                .readTimeout(Duration.ZERO)
                .writeTimeout(Duration.ZERO)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .fastFallback(false)
                .protocols(List.of(Protocol.HTTP_1_1))
                .proxy(Proxy.NO_PROXY)
                .addNetworkInterceptor(new Wire(time))
                .build();
    }

    /** Has the timer call what ends late attempts and closes idle connections. */
    public void watchedBy(Timer timer) {
        timer.every(Deadlines.PAUSE, "deadlines", deadlines::tick);
        timer.every(Lanes.PAUSE, "idle connections", lanes::tick);
    }

    /** Answers the request, by a backend's answer or a problem, or breaks the connection off. */
    void forward(ClientRequest request, HttpServletResponse response) throws IOException {
        List<Backend> tried = List.of();
        Failed failed = null;
        for (int retries = 0; ; retries++) {
            List<Backend> candidates = candidates(tried, failed);
            if (candidates.isEmpty()) {
                problem(failed, response).send(request.servletRequest(), response);
                return;
            }
            Backend backend = balancer.choose(candidates);
            Attempt attempt = request.attempt(backend, time.nanos());
            failed = retries == 0
                    ? send(request, response, attempt, false)
                    : sendAgain(request, response, attempt, failed);
            if (failed == null) {
                return;
            }
            if (!RetryRule.allows(failed, request.isIdempotent(), attempt.isBodyTouched(), retries)) {
                failed.problem().send(request.servletRequest(), response);
                return;
            }
            tried = with(tried, backend);
        }
    }

    /** The available backends that haven't failed this request; a stale connection is no reason against its backend. */
    private List<Backend> candidates(List<Backend> tried, Failed failed) {
        List<Backend> available = services.available();
        if (tried.isEmpty()) {
            return available;
        }
        List<Backend> untried =
                available.stream().filter(backend -> !tried.contains(backend)).toList();
        return untried.isEmpty() && failed.kind() == Failed.Kind.STALE_CONNECTION ? available : untried;
    }

    private static List<Backend> with(List<Backend> tried, Backend backend) {
        List<Backend> more = new ArrayList<>(tried);
        more.add(backend);
        return more;
    }

    private static Problem problem(Failed failed, HttpServletResponse response) {
        if (failed != null) {
            return failed.problem();
        }
        response.setHeader("Retry-After", "1");
        return new Problem(
                503,
                "no-service-available",
                "No service available",
                "No registered service is healthy; GET /services says why, POST /services registers one");
    }

    /** A retry within the budget, on a new connection: a second stale one would prove nothing. */
    private Failed sendAgain(ClientRequest request, HttpServletResponse response, Attempt attempt, Failed before)
            throws IOException {
        int underWay = services.all().stream().mapToInt(Backend::inFlight).sum();
        if (!budget.tryAcquire(underWay)) {
            before.problem().send(request.servletRequest(), response);
            return null;
        }
        try {
            return send(request, response, attempt, true);
        } finally {
            budget.release();
        }
    }

    /** Sends the request; null when it has been answered or nobody waits for an answer any more. */
    private Failed send(ClientRequest request, HttpServletResponse response, Attempt attempt, boolean fresh)
            throws IOException {
        Backend backend = attempt.backend();
        BackendLanes backendLanes = lanes.of(backend);
        Lane lane = lanes.lease(backendLanes, attempt, fresh, !request.isIdempotent());
        boolean reused = lane.hasConnection();
        boolean whole = false;
        backend.started();
        try {
            Call call = lane.client().newCall(request.forBackend(backendLanes.url(), attempt, time::nanos));
            attempt.call(call);
            answer(call, request, response, attempt);
            health.answered(backend);
            whole = true;
            return null;
        } catch (IOException e) {
            return failed(e, request, response, attempt, reused);
        } finally {
            backend.finished();
            if (whole) {
                lanes.giveBack(backendLanes, lane);
            } else {
                lanes.drop(lane);
            }
        }
    }

    private void answer(Call call, ClientRequest request, HttpServletResponse response, Attempt attempt)
            throws IOException {
        Response answer = call.execute();
        try (answer) {
            relay.pass(answer, attempt, request, response);
        } catch (IOException e) {
            call.cancel(); // before closing, which would else read the rest
            if (!response.isCommitted()) {
                relay.takeBack(answer, response);
            }
            throw e;
        }
    }

    private Failed failed(
            IOException e, ClientRequest request, HttpServletResponse response, Attempt attempt, boolean reused)
            throws IOException {
        if (attempt.isClientGone()) {
            ClientFailure.end(e, request, response);
            return null;
        }
        Failed failed = classify(e, attempt, reused);
        if (failed.kind() == Failed.Kind.STALE_CONNECTION) {
            lanes.dropIdle(lanes.of(attempt.backend()));
        } else {
            health.failed(attempt.backend(), healthFailure(failed, e), failed.words());
        }
        if (response.isCommitted()) {
            ClientFailure.breakOff(request, response);
            return null;
        }
        return failed;
    }

    private Failed classify(IOException e, Attempt attempt, boolean reused) {
        Backend backend = attempt.backend();
        if (attempt.isTimedOut()) {
            return new Failed(Failed.Kind.TIMED_OUT, backend, "was silent for " + Durations.text(upstreamTimeout));
        }
        if (!attempt.isConnected()) {
            return new Failed(Failed.Kind.NOT_SENT, backend, FailureWords.of(e));
        }
        if (e instanceof ProtocolException) {
            return new Failed(Failed.Kind.INVALID_ANSWER, backend, FailureWords.of(e));
        }
        return new Failed(reused ? Failed.Kind.STALE_CONNECTION : Failed.Kind.NO_ANSWER, backend, FailureWords.of(e));
    }

    private static Health.Failure healthFailure(Failed failed, IOException e) {
        if (failed.kind() != Failed.Kind.NOT_SENT) {
            return Health.Failure.NO_ANSWER;
        }
        return FailureWords.refused(e) ? Health.Failure.REFUSED : Health.Failure.UNREACHABLE;
    }

    /** Connections to backends there are now, leased or idle. */
    public int connections() {
        return lanes.size();
    }

    @Override
    public void close() {
        lanes.close();
    }
}
