package gateway.admin.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.admin.view.Wording;
import gateway.limit.RateLimit.Usage;
import gateway.limit.RouteLimits;
import java.util.Comparator;
import java.util.List;

/**
 * A client, or whatever else a limit counts by, that is near its limit.
 *
 * @param route the route whose limit it is; null if there is only one
 * @param client the client's address, or what stands for the value of a header
 * @param limit how many requests the limit allows
 */
@JsonNaming(SnakeCaseStrategy.class)
record NearestClient(
        @JsonInclude(JsonInclude.Include.NON_NULL) String route,
        String client,
        int limit,
        int used,
        int remaining,
        long nextFreeInMs,
        long allFreeInMs) {

    /**
     * Returns those nearest to a limit, fullest first.
     *
     * @param several whether to say of which route a limit is
     */
    static List<NearestClient> of(List<RouteLimits> limits, boolean several, int most) {
        return limits.stream()
                .flatMap(route -> route.limit().fullest(most).stream().map(usage -> of(route, usage, several)))
                .sorted(Comparator.comparingDouble(NearestClient::fullness)
                        .thenComparingLong(NearestClient::allFreeInMs)
                        .reversed())
                .limit(most)
                .toList();
    }

    private double fullness() {
        return (double) used / (used + remaining);
    }

    private static NearestClient of(RouteLimits route, Usage usage, boolean several) {
        return new NearestClient(
                several ? route.route() : null,
                usage.client().toString(),
                route.limits().get(usage.limit()).rate().requests(),
                usage.used(),
                usage.remaining(),
                Wording.millisUp(usage.nextFreeNanos()),
                Wording.millisUp(usage.allFreeNanos()));
    }
}
