package gateway.admin.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import gateway.admin.view.ServiceView;
import gateway.admin.view.Wording;
import gateway.registry.Backend;
import gateway.registry.Draining;
import gateway.route.Route;

/**
 * A backend on the dashboard, with its latency.
 *
 * @param warmingUpMs milliseconds until it gets its whole share; null if it does already
 * @param sessions what becomes of the clients that a cookie binds to it while it drains: {@code stay} or {@code move};
 * null unless it drains, and clients may be bound to it
 */
record LiveBackend(
        @JsonUnwrapped ServiceView service,
        @JsonUnwrapped LivePercentiles latency,

        @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("warming_up_ms")
        Long warmingUpMs,

        @JsonInclude(JsonInclude.Include.NON_NULL) String sessions) {

    /**
     * Describes a backend.
     *
     * @param route its route; null if that is gone
     * @param now nanoseconds of the gateway's time
     */
    static LiveBackend of(Backend backend, Route route, long now) {
        return new LiveBackend(
                ServiceView.of(backend, now),
                LivePercentiles.of(backend.latency().window()),
                route == null ? null : warmingUp(backend, route, now),
                route == null ? null : sessions(backend, route));
    }

    /** As the strategies have it: a new backend gets less only beside one that isn't new. */
    private static Long warmingUp(Backend backend, Route route, long now) {
        long length = route.config().slowStart().toNanos();
        long left = length - (now - backend.availableSince());
        boolean isLess = left > 0
                && backend.available()
                && route.pool().snapshot().available().stream()
                        .anyMatch(other -> now - other.availableSince() >= length);
        return isLess ? Wording.millisUp(left) : null;
    }

    private static String sessions(Backend backend, Route route) {
        if (backend.drain() == Draining.NO || route.selection().balancer().cookie() == null) {
            return null;
        }
        return backend.drain() == Draining.MOVING_SESSIONS ? "move" : "stay";
    }
}
