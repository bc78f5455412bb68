package gateway.trace;

import gateway.net.Peer;
import gateway.http.Problem;
import java.util.List;
import java.util.function.Function;

/**
 * A request as a line for people and grep:
 *
 * <pre>
 * 127.0.0.1 "GET /api/data" 200 210B 3.2ms served by service-b, 2 attempts (service-a: connection refused), id=44ae...
 * 127.0.0.1 "GET /api/data" 429 384B 0.3ms limited, id=81ac...; rate-limited: More than 5 req/min from 127.0.0.1; ...
 * </pre>
 *
 * The trace's id is there if it isn't the request's. What the gateway itself answered comes last.
 */
final class TextLine implements Function<Story, String> {
    @Override
    public String apply(Story story) {
        StringBuilder line = new StringBuilder(200).append(Peer.text(story.client()));
        Words.append(line.append(" \""), story.method()).append(' ');
        Words.append(line, story.path()).append("\" ");
        line.append(story.status() == 0 ? "-" : story.status()).append(' ');
        line.append(story.bytes()).append("B ");
        long tenths = (story.durationNanos() + 50_000) / 100_000;
        line.append(tenths / 10).append('.').append(tenths % 10).append("ms ");
        way(line, story);
        if (story.requestId() != null) {
            Words.append(line.append(", id="), story.requestId());
        }
        String trace = story.traceId();
        if (trace != null && !trace.equals(story.requestId())) {
            Words.append(line.append(", trace="), trace);
        }
        Problem problem = story.problem();
        if (problem != null) {
            Words.append(line.append("; "), problem.slug()).append(": ");
            Words.append(line, problem.detail());
        }
        return line.toString();
    }

    private static void way(StringBuilder line, Story story) {
        boolean served = story.outcome() == Outcome.SERVED;
        line.append(story.outcome().word());
        List<Hop> hops = story.hops();
        if (hops.isEmpty()) {
            line.append(served ? " by the gateway" : "");
            return;
        }
        Hop last = hops.get(hops.size() - 1);
        Words.append(line.append(served ? " by " : " at "), last.backend().name());
        line.append(", ").append(hops.size()).append(hops.size() == 1 ? " attempt" : " attempts");
        String before = " (";
        for (Hop hop : hops) {
            if (hop.failure() != null && (hop != last || story.problem() == null)) { // else the problem says it
                Words.append(line.append(before), hop.backend().name()).append(": ");
                Words.append(line, hop.failure());
                before = "; ";
            }
        }
        line.append(before.equals("; ") ? ")" : "");
    }
}
