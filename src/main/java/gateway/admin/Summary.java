package gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.registry.Backend;
import gateway.registry.Service;
import java.util.List;

/** A summary of the services, in {@code /health} and {@code /stats}. */
@JsonNaming(SnakeCaseStrategy.class)
record Summary(int totalServices, long healthyServices, List<Brief> services) {

    /**
     * A service's name, URL and status.
     *
     * @param route null for the default route
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Brief(String name, String route, String url, String status) {}

    static Summary of(List<Backend> services) {
        List<Brief> briefs = services.stream().map(Summary::brief).toList();
        long healthy = briefs.stream()
                .filter(brief -> brief.status().equals(Backend.Status.HEALTHY.word()))
                .count();
        return new Summary(briefs.size(), healthy, briefs);
    }

    private static Brief brief(Backend backend) {
        String route = backend.route().equals(Service.DEFAULT_ROUTE) ? null : backend.route();
        return new Brief(backend.name(), route, backend.urlText(), backend.statusWord());
    }
}
