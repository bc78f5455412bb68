package gateway.limit;

import gateway.PathPrefix;
import gateway.Peer;
import gateway.Problem;
import gateway.Rate;
import gateway.Time;
import gateway.limit.RateLimit.Decision;
import gateway.story.Story;
import gateway.story.Story.Verdict;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.InetAddress;
import java.util.concurrent.atomic.LongAdder;

/** Lets a request go on to the next handler, or answers 429 and ends it. */
public final class LimitHandler implements Handler {
    private final RateLimit limit;
    private final PathPrefix limited;
    private final Time time;
    private final LimitHeaders headers;
    private final int requests;
    private final LongAdder allowed = new LongAdder();
    private final LongAdder refused = new LongAdder();

    /** @param limited what the limit holds for; requests for anything else pass uncounted */
    public LimitHandler(RateLimit limit, PathPrefix limited, Time time) {
        this.limit = limit;
        this.limited = limited;
        this.time = time;
        this.requests = limit.rate().map(Rate::requests).orElse(0);
        this.headers = limit.rate().map(rate -> new LimitHeaders(rate, time)).orElse(null);
    }

    @Override
    public void handle(Context ctx) throws Exception {
        if (!limited.covers(ctx.path())) {
            return;
        }
        if (headers == null) { // no limit: nothing to decide and nothing to say
            allowed.increment();
            return;
        }
        InetAddress peer = Peer.address(ctx.req());
        Decision decision = limit.take(ClientAddress.of(peer));
        headers.set(ctx.res(), decision);
        Story.of(ctx.req())
                .judged(new Verdict(decision.allowed(), requests, decision.remaining(), decision.resetNanos()));
        if (decision.allowed()) {
            allowed.increment();
            return;
        }
        refused.increment();
        refuse(ctx, peer, decision);
    }

    private void refuse(Context ctx, InetAddress peer, Decision decision) throws Exception {
        Rate rate = limit.rate().orElseThrow();
        long retryAfter = LimitHeaders.retryAfter(decision);
        ctx.res().setHeader("Retry-After", String.valueOf(retryAfter));
        String detail =
                "More than " + rate.words() + " from " + Peer.text(peer) + "; try again in " + retryAfter + " s";
        new Problem(429, "rate-limited", "Rate limit exceeded", detail)
                .with("error", "Rate limit exceeded")
                .with("message", detail)
                .with("client_ip", Peer.text(peer))
                .with("retry_after", retryAfter)
                .with("limit", rate.requests())
                .with("remaining", decision.remaining())
                .with("timestamp", time.now().toString())
                .send(ctx.req(), ctx.res());
        ctx.skipRemainingHandlers();
    }

    /** Requests let through since the start. */
    public long allowed() {
        return allowed.sum();
    }

    /** Requests refused since the start. */
    public long refused() {
        return refused.sum();
    }
}
