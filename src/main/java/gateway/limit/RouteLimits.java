package gateway.limit;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.route.Limit;
import java.net.InetAddress;
import java.util.List;
import java.util.concurrent.atomic.LongAdder;
import org.eclipse.jetty.http.HttpFields;

/** The limits of a route: what decides, for whom its requests count, and how many it let through and refused. */
public final class RouteLimits {
    /** How many requests passed and how many didn't; kept while there is a route of this name. */
    record Counts(LongAdder allowed, LongAdder refused) {
        Counts() {
            this(new LongAdder(), new LongAdder());
        }
    }

    private final String route;
    private final RateLimit limit;
    private final List<Limit> limits;
    private final List<CountedBy> kinds;
    private final boolean byHeader;
    private final LimitHeaders headers;
    private final Counts counts;

    /** @param headers null if there is no limit */
    RouteLimits(String route, RateLimit limit, LimitHeaders headers, Counts counts) {
        this.route = route;
        this.limit = limit;
        this.limits = limit.limits();
        this.kinds = CountedBy.of(limits);
        this.byHeader = kinds.stream().anyMatch(kind -> kind.key() == Limit.Key.HEADER);
        this.headers = headers;
        this.counts = counts;
    }

    /** Returns the route's name. */
    public String route() {
        return route;
    }

    /** Returns what decides. */
    public RateLimit limit() {
        return limit;
    }

    /** Returns the limits, all of which hold at the same time; empty if there is none. */
    public List<Limit> limits() {
        return limits;
    }

    /** Returns what the limits count by, each once. */
    public List<CountedBy> kinds() {
        return kinds;
    }

    /** Returns whether a request's header fields matter. */
    boolean isByHeader() {
        return byHeader;
    }

    /**
     * Returns for whom a request counts.
     *
     * @param fields the request's header fields; not needed unless a limit counts by one
     */
    public LimitKey key(InetAddress client, HttpFields fields) {
        if (kinds.size() == 1) {
            return kinds.get(0).keyOf(client, fields);
        }
        if (kinds.isEmpty()) {
            return ClientAddress.of(client);
        }
        return LimitKey.of(
                kinds.stream().map(kind -> kind.keyOf(client, fields)).toList());
    }

    /** Returns the part of a request's key for which this limit counts it. */
    public LimitKey part(Limit limit, LimitKey key) {
        return key.part(kinds.indexOf(CountedBy.of(limit)));
    }

    /** Returns the headers; null if there is no limit. */
    LimitHeaders headers() {
        return headers;
    }

    Counts counts() {
        return counts;
    }

    /** Returns how many requests passed since the start, or since there is a route of this name. */
    public long allowed() {
        return counts.allowed.sum();
    }

    /** Returns how many requests a limit refused since then. */
    public long refused() {
        return counts.refused.sum();
    }
}
