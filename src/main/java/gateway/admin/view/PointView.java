package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import gateway.trace.History.Point;
import gateway.trace.Outcome;
import java.util.Map;
import java.util.TreeMap;

/**
 * A step of the plots.
 *
 * @param timeMs when it ended, milliseconds since 1970
 * @param durationMs how long it lasted
 * @param outcomes requests by outcome
 * @param p50Ms the median of the served requests' durations; null without any
 * @param p99Ms their 99th percentile
 * @param answers requests to services by the class of their answers
 * @param backends requests to each service
 * @param routes requests to the services of each route
 */
public record PointView(
        @JsonProperty("time_ms") long timeMs,
        @JsonProperty("duration_ms") long durationMs,
        @JsonUnwrapped OutcomesView outcomes,
        @JsonProperty("p50_ms") Double p50Ms,
        @JsonProperty("p99_ms") Double p99Ms,
        AnswersView answers,
        Map<String, Long> backends,
        Map<String, Long> routes) {

    /** Requests by outcome. */
    record OutcomesView(long served, long limited, long failed, long rejected, long abandoned) {
        static OutcomesView of(Map<Outcome, Long> outcomes) {
            return new OutcomesView(
                    outcomes.getOrDefault(Outcome.SERVED, 0L),
                    outcomes.getOrDefault(Outcome.LIMITED, 0L),
                    outcomes.getOrDefault(Outcome.FAILED, 0L),
                    outcomes.getOrDefault(Outcome.REJECTED, 0L),
                    outcomes.getOrDefault(Outcome.ABANDONED, 0L));
        }
    }

    public static PointView of(Point point) {
        return new PointView(
                point.timeMillis(),
                point.durationMillis(),
                OutcomesView.of(point.outcomes()),
                Wording.millis(point.latency().p50()),
                Wording.millis(point.latency().p99()),
                AnswersView.of(point.answers()),
                new TreeMap<>(point.backends()),
                new TreeMap<>(point.routes()));
    }
}
