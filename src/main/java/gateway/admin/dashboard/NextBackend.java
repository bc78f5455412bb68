package gateway.admin.dashboard;

import gateway.balance.Balancer;
import gateway.registry.Backend;
import java.util.List;

/**
 * The backend that a strategy would choose next.
 *
 * @param name its service; null if none is available, or the strategy can't tell
 * @param url its URL, likewise
 */
record NextBackend(String name, String url) {
    static NextBackend of(Balancer balancer, List<Backend> available) {
        return available.isEmpty()
                ? new NextBackend(null, null)
                : balancer.next(available)
                        .map(next -> new NextBackend(next.name(), next.urlText()))
                        .orElse(new NextBackend(null, null));
    }
}
