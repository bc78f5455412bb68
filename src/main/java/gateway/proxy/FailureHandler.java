package gateway.proxy;

import gateway.health.OutlierDetection;
import gateway.http.Answer;
import gateway.proxy.upstream.UpstreamPool;
import java.io.IOException;
import java.time.Duration;
import org.eclipse.jetty.http.HttpHeader;

/** Handles failed exchanges: what they mean for the backend's connections and health, and for the client. */
final class FailureHandler {
    private static final String EVENT_STREAM = "text/event-stream";

    private final UpstreamPool upstreams;
    private final OutlierDetection outliers;
    private final long clientPatience;

    /** @param clientPatience how long a client may take for the end of its answer */
    FailureHandler(UpstreamPool upstreams, OutlierDetection outliers, Duration clientPatience) {
        this.upstreams = upstreams;
        this.outliers = outliers;
        this.clientPatience = clientPatience.toNanos();
    }

    /** Handles a failed exchange; returns null if there is nothing left to tell the client. */
    Failure handle(Failure failure, Exchange exchange, ClientRequest request, Answer answer) throws IOException {
        if (exchange.isClientGone()) {
            exchange.countAnswer();
            exchange.waitForClient(clientPatience); // which may not even read the answer
            ClientFailure.end(exchange, request, answer);
            return null;
        }
        if (failure.kind() == Failure.Kind.STALE_CONNECTION) {
            exchange.countAnswer();
            upstreams.dropIdle(exchange.backend);
        } else if (failure.kind() == Failure.Kind.TIMED_OUT && isEventStream(answer)) {
            exchange.countAnswer(); // it began, and then there was nothing to tell
        } else {
            outliers.failed(exchange.backend, failure.health(), failure.words());
        }
        if (answer.isCommitted()) {
            request.trace.brokenOff();
            ClientFailure.breakOff(request, answer);
            return null;
        }
        return failure;
    }

    private static boolean isEventStream(Answer answer) {
        String type = answer.fields().get(HttpHeader.CONTENT_TYPE);
        return answer.isCommitted()
                && type != null
                && type.regionMatches(true, 0, EVENT_STREAM, 0, EVENT_STREAM.length());
    }
}
