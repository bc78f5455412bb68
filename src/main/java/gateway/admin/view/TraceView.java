package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.http.ProxyError;
import gateway.net.Peer;
import gateway.registry.Backend;
import gateway.registry.Snapshot;
import gateway.route.Balance;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.trace.Attempt;
import gateway.trace.LimitDecision;
import gateway.trace.Trace;
import java.util.List;
import java.util.stream.Stream;

/**
 * A request's trace in {@code /requests/{id}} and on the dashboard.
 *
 * @param time when the request arrived, ISO-8601
 * @param path the path without the query
 * @param route the name of the route that took the request
 * @param algorithm how a backend was chosen; null if it didn't come to that
 * @param limit the limiter's decision; null if there is no limit
 * @param attempts the attempts in order; empty if the request was sent to no backend
 * @param passedOver the backends that weren't chosen, and why; at most {@value #MOST_PASSED_OVER}
 * @param reason the detail of the gateway's own answer, or why the answer broke off; else null
 * @param problem the last part of the problem's type; null unless the gateway itself answered
 */
@JsonNaming(SnakeCaseStrategy.class)
@JsonInclude(JsonInclude.Include.NON_NULL)
public record TraceView(
        String id,
        String traceId,
        String time,
        String client,
        String method,
        String path,
        String route,
        String algorithm,
        String outcome,
        int status,
        double durationMs,
        long bytes,
        LimitView limit,
        List<AttemptView> attempts,
        List<PassedOver> passedOver,
        String reason,
        String problem) {

    private static final int MOST_PASSED_OVER = 20;

    /**
     * The limiter's decision, and what the client had left; of several limits the tightest.
     *
     * @param by what the limit counts by; null for the client
     */
    @JsonNaming(SnakeCaseStrategy.class)
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record LimitView(boolean allowed, int limit, String by, int remaining, long resetInMs) {}

    /**
     * An attempt.
     *
     * @param afterMs milliseconds from the request's arrival to the attempt's beginning
     * @param status the status of the backend's answer; null if there was no valid one
     * @param error why no complete answer came; null if one did
     * @param errorType the error as one of RFC 9209's types
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record AttemptView(
            String backend,
            String url,
            double afterMs,
            double durationMs,
            boolean reusedConnection,
            Integer status,
            String error,
            String errorType) {}

    /** A backend that wasn't chosen. */
    record PassedOver(String backend, String url, String status, String reason) {
        static PassedOver of(Backend backend, String status, String reason) {
            return new PassedOver(backend.name(), backend.urlText(), status, reason);
        }
    }

    public static TraceView of(Trace trace) {
        return new TraceView(
                trace.requestId(),
                trace.traceId(),
                trace.time().toString(),
                Peer.text(trace.client()),
                trace.method(),
                trace.path(),
                trace.route().name(),
                trace.candidates() == null
                        ? null
                        : trace.route().selection().balancer().name(),
                trace.outcome().word(),
                trace.status(),
                Wording.millis(trace.durationNanos()),
                trace.bytes(),
                limit(trace),
                trace.attempts().stream()
                        .map(attempt -> attempt(attempt, trace))
                        .toList(),
                passedOver(trace),
                reason(trace),
                trace.problem() == null ? null : trace.problem().slug());
    }

    private static LimitView limit(Trace trace) {
        LimitDecision decision = trace.limitDecision();
        if (decision == null) {
            return null;
        }
        Limit limit = trace.limit();
        return new LimitView(
                decision.allowed(),
                limit.rate().requests(),
                limit.key() == Limit.Key.CLIENT ? null : limit.keyText(),
                decision.remaining(),
                decision.resetNanos() / 1_000_000);
    }

    private static AttemptView attempt(Attempt attempt, Trace trace) {
        ProxyError error = attempt.error();
        return new AttemptView(
                attempt.backend().name(),
                attempt.backend().urlText(),
                Wording.millis(attempt.startedAt() - trace.startedAt()),
                Wording.millis(attempt.endedAt() - attempt.startedAt()),
                attempt.reused(),
                attempt.status() == 0 ? null : attempt.status(),
                attempt.failure(),
                error == null ? null : error.token());
    }

    private static List<PassedOver> passedOver(Trace trace) {
        Snapshot candidates = trace.candidates();
        if (candidates == null) {
            return List.of();
        }
        List<Backend> asked = trace.attempts().stream().map(Attempt::backend).toList();
        Stream<PassedOver> unavailable = candidates.unavailable().stream()
                .filter(other -> !asked.contains(other.backend()))
                .map(other -> PassedOver.of(other.backend(), other.status(), other.reason()));
        Stream<PassedOver> others = candidates.available().stream()
                .filter(other -> !asked.contains(other))
                .map(other -> PassedOver.of(other, Backend.Status.HEALTHY.word(), whyNot(trace.route())));
        return Stream.concat(unavailable, others).limit(MOST_PASSED_OVER).toList();
    }

    /** Returns why an available backend wasn't chosen. */
    private static String whyNot(Route route) {
        Balance balance = route.config().balance();
        return switch (balance.policy()) {
            case ROUND_ROBIN -> "not its turn";
            case LEAST_REQUESTS -> "not the less busy of the two that were drawn";
            case HASH_CLIENT -> "the client's address leads to another";
            case HASH_HEADER -> "the value of " + balance.header() + " leads to another";
            case STICKY -> "not the client's own, or not its turn";
        };
    }

    private static String reason(Trace trace) {
        if (trace.problem() != null) {
            return trace.problem().detail();
        }
        return trace.attempts().isEmpty()
                ? null
                : trace.attempts().get(trace.attempts().size() - 1).failure();
    }
}
