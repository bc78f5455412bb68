package gateway.admin.view;

import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gateway.registry.HealthCheck;
import gateway.registry.HealthForm;
import gateway.registry.Snapshot;
import gateway.route.Route;
import gateway.route.Routes;
import java.util.List;
import java.util.Locale;

/**
 * A route in {@code /routes}.
 *
 * @param source where it comes from: {@code built-in}, {@code file} or {@code api}
 * @param totalServices how many instances of services it has
 * @param healthyServices how many of these can get requests
 * @param config what it says, as in a file of routes, but with null for each value that may be a secret
 */
@JsonNaming(SnakeCaseStrategy.class)
public record RouteView(String name, String source, int totalServices, int healthyServices, ObjectNode config) {
    /** @param config what the route says, which is changed */
    public static RouteView of(Route route, Routes.Source source, ObjectNode config) {
        Snapshot services = route.pool().snapshot();
        return new RouteView(
                route.name(),
                source.name().toLowerCase(Locale.ROOT).replace('_', '-'),
                services.all().size(),
                services.available().size(),
                withoutSecrets(config, route.config().health()));
    }

    private static ObjectNode withoutSecrets(ObjectNode config, HealthCheck health) {
        for (String message : List.of("request", "response")) {
            if (config.path("headers").path(message).get("set") instanceof ObjectNode set) {
                List<String> names =
                        set.properties().stream().map(field -> field.getKey()).toList();
                names.forEach(set::putNull);
            }
        }
        if (config.has("health")) {
            config.set("health", HealthForm.withoutQuery(health));
        }
        return config;
    }
}
