package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.registry.Backend;
import java.util.List;

/**
 * An instance of a service in {@code /services/{name}}, with what would make a list of many too long.
 *
 * @param peakInFlight the most requests that were under way at a time so far
 * @param bytesIn how many bytes the bodies of the requests had that have ended; without WebSockets
 * @param bytesOut the same of the answers
 * @param checks the latest health checks, newest first
 */
@JsonNaming(SnakeCaseStrategy.class)
public record ServiceDetails(
        @JsonUnwrapped ServiceView service, int peakInFlight, long bytesIn, long bytesOut, List<CheckView> checks) {

    public static ServiceDetails of(Backend backend, long now) {
        return new ServiceDetails(
                ServiceView.of(backend, now),
                backend.load().peakInFlight(),
                backend.load().bytesIn(),
                backend.load().bytesOut(),
                backend.checks().recent().stream().map(CheckView::of).toList());
    }
}
