package gateway.state;

import gateway.registry.BackendId;
import gateway.registry.Draining;
import gateway.registry.Service;
import java.util.List;
import java.util.Map;

/**
 * What a restart shall not forget.
 *
 * @param services the registered services
 * @param drains how services are drained, registered or not
 * @param routes the JSON of each route that came by the API, by name; in the order of the names
 */
record KeptState(List<Service> services, List<Drain> drains, Map<String, String> routes) {
    /**
     * A drained service.
     *
     * @param route its route
     * @param name its name
     * @param url its URL, as the list has it
     */
    record Drain(String route, String name, String url, Draining how) {
        BackendId id() {
            return new BackendId(BackendId.fullName(route, name), url);
        }
    }

    /** Nothing. */
    static final KeptState NOTHING = new KeptState(List.of(), List.of(), Map.of());

    /** Returns it in a few words, for people. */
    String words() {
        return count(services.size(), "service") + ", " + count(drains.size(), "drain") + ", "
                + count(routes.size(), "route");
    }

    private static String count(int number, String what) {
        return number + " " + what + (number == 1 ? "" : "s");
    }
}
