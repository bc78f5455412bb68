package gateway.admin.view;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.registry.Check;

/**
 * A health check.
 *
 * @param time when it ended, ISO-8601
 * @param error what was wrong; null if the check was good
 */
@JsonNaming(SnakeCaseStrategy.class)
record CheckView(String time, double latencyMs, boolean good, String error) {
    static CheckView of(Check check) {
        double latency = check.latency().toNanos() / 10_000 / 100.0;
        String error = check.problem().map(Check.Problem::words).orElse(null);
        return new CheckView(check.time().toString(), latency, check.good(), error);
    }
}
