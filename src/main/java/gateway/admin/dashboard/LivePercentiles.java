package gateway.admin.dashboard;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.admin.view.Wording;
import gateway.registry.Latency;

/** Percentiles of the last minute; null without requests. */
@JsonNaming(SnakeCaseStrategy.class)
record LivePercentiles(Double p50Ms, Double p99Ms) {
    static LivePercentiles of(Latency.Percentiles latency) {
        return new LivePercentiles(Wording.millis(latency.p50()), Wording.millis(latency.p99()));
    }
}
