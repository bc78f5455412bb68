package gateway.admin.view;

import gateway.limit.RateLimit;
import gateway.route.RouteTable;
import java.util.stream.Collectors;

/** Texts and rounded numbers for the API's answers. */
public final class Wording {
    private Wording() {}

    /** Describes the limits, all of which hold at the same time. */
    public static String rateLimit(RateLimit limit) {
        return limit.limits().isEmpty()
                ? "off"
                : limit.limits().stream()
                        .map(each -> each.rate().words()
                                + switch (each.key()) {
                                    case CLIENT -> " per IP";
                                    case HEADER -> " per " + each.header();
                                    case ROUTE -> " in all";
                                })
                        .collect(Collectors.joining(", "));
    }

    /**
     * Returns how services are chosen: each algorithm that routes have, once.
     *
     * @param route the name of the only route that is meant; null for all
     */
    public static String balancing(RouteTable routes, String route) {
        return routes.all().stream()
                .filter(any -> route == null || any.name().equals(route))
                .map(any -> any.selection().balancer().name())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** Describes the store that the limit uses now. */
    public static String store(RateLimit limit) {
        return limit.sharing()
                .map(sharing -> sharing.up() ? "redis" : "memory (redis unreachable since " + sharing.since() + ")")
                .orElse(limit.limits().isEmpty() ? "none" : "memory");
    }

    /** Returns milliseconds with two decimals. */
    public static double millis(long nanos) {
        return Math.round(nanos / 1e4) / 100.0;
    }

    /** Returns milliseconds with two decimals; null for NaN. */
    public static Double millis(double millis) {
        return Double.isNaN(millis) ? null : Math.round(millis * 100) / 100.0;
    }

    /** Returns whole milliseconds, rounded up, so that a client that waits that long isn't early. */
    public static long millisUp(long nanos) {
        return Math.floorDiv(nanos + 999_999, 1_000_000L);
    }
}
