package gateway.admin;

import gateway.registry.Draining;
import gateway.registry.Service;
import gateway.settings.Settings;

/** Says, where somebody changes the list, what a restart of the gateway forgets of it. */
final class AfterRestart {
    private final boolean keeps;

    AfterRestart(Settings settings) {
        this.keeps = settings.redis().isPresent() || settings.state().isPresent();
    }

    /** Returns what becomes of a registration; null if it stays, or if the service itself registers again. */
    String of(Service service) {
        return keeps || service.lease().isPresent()
                ? null
                : "A restart of the gateway forgets this service. To keep it, register it with a lease and renew that, or"
                        + " list it in a route of GATEWAY_ROUTES or in GATEWAY_SERVICES, or name a file in GATEWAY_STATE";
    }

    /** Returns what becomes of a drain; null if it stays. */
    String of(Draining draining) {
        return keeps || draining == Draining.NO
                ? null
                : "A restart of the gateway ends this drain; with GATEWAY_STATE it would stay";
    }
}
