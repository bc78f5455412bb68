package gateway.trace;

import gateway.http.Problem;
import gateway.net.Peer;
import gateway.route.RouteConfig;
import java.util.List;
import java.util.function.Function;

/**
 * Formats a request as a line for people and grep:
 *
 * <pre>
 * 127.0.0.1 "GET /api/data" 200 210B 3.2ms served by service-b, 2 attempts (service-a: connection refused), id=44ae...
 * 127.0.0.1 "GET /api/data" 429 384B 0.3ms limited, id=81ac...; rate-limited: More than 5 req/min from 127.0.0.1; ...
 * </pre>
 *
 * Another route than the default one is named: {@code , route=shop}. The trace id is left out if it equals the request id. The problem that the gateway itself answered with comes last.
 */
final class TextLine implements Function<Trace, String> {
    @Override
    public String apply(Trace trace) {
        StringBuilder line = new StringBuilder(200).append(Peer.text(trace.client()));
        LogText.append(line.append(" \""), trace.method()).append(' ');
        LogText.append(line, trace.path()).append("\" ");
        line.append(trace.status() == 0 ? "-" : trace.status()).append(' ');
        line.append(trace.bytes()).append("B ");
        long tenths = (trace.durationNanos() + 50_000) / 100_000;
        line.append(tenths / 10).append('.').append(tenths % 10).append("ms ");
        appendOutcome(line, trace);
        if (trace.route() != null && !trace.route().name().equals(RouteConfig.DEFAULT)) {
            LogText.append(line.append(", route="), trace.route().name());
        }
        if (trace.requestId() != null) {
            LogText.append(line.append(", id="), trace.requestId());
        }
        String traceId = trace.traceId();
        if (traceId != null && !traceId.equals(trace.requestId())) {
            LogText.append(line.append(", trace="), traceId);
        }
        Problem problem = trace.problem();
        if (problem != null) {
            LogText.append(line.append("; "), problem.slug()).append(": ");
            LogText.append(line, problem.detail());
        }
        return line.toString();
    }

    private static void appendOutcome(StringBuilder line, Trace trace) {
        boolean served = trace.outcome() == Outcome.SERVED;
        line.append(trace.outcome().word());
        List<Attempt> attempts = trace.attempts();
        if (attempts.isEmpty()) {
            line.append(served ? " by the gateway" : "");
            return;
        }
        Attempt last = attempts.get(attempts.size() - 1);
        LogText.append(line.append(served ? " by " : " at "), last.backend().name());
        line.append(", ").append(attempts.size()).append(attempts.size() == 1 ? " attempt" : " attempts");
        String before = " (";
        for (Attempt attempt : attempts) {
            if (attempt.failure() != null
                    && (attempt != last || trace.problem() == null)) { // else the problem's detail repeats it
                LogText.append(line.append(before), attempt.backend().name()).append(": ");
                LogText.append(line, attempt.failure());
                before = "; ";
            }
        }
        line.append(before.equals("; ") ? ")" : "");
    }
}
