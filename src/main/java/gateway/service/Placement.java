package gateway.service;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.registry.HealthCheck;
import gateway.registry.HealthForm;
import java.util.Map;
import java.util.Optional;

/**
 * What a service says of itself at its registration beside its name and URL; the gateway decides on what is left out.
 *
 * @param route the route whose requests it gets; empty for the gateway's default or only one
 * @param weight how many requests it gets in proportion to the others; empty for 1
 * @param health how it is checked; empty for the way of its route
 */
public record Placement(Optional<String> route, Optional<Integer> weight, Optional<HealthCheck> health) {
    /** Says nothing. */
    public static final Placement NONE = new Placement(Optional.empty(), Optional.empty(), Optional.empty());

    /** Adds the fields of a registration. */
    void addTo(Map<String, Object> form) {
        route.ifPresent(name -> form.put("route", name));
        weight.ifPresent(number -> form.put("weight", number));
        health.ifPresent(check -> form.put("health", HealthForm.of(check)));
    }

    /**
     * Returns which setting to change after a refused registration, as a sentence that begins with {@code ". "}; empty
     * if none of these helps.
     *
     * @param problem the gateway's answer
     */
    static String remedy(JsonNode problem) {
        return switch (problem.at("/errors/0/field").asText()) {
            case "route" -> ". SERVICE_ROUTE says which one";
            case "weight" -> ". SERVICE_WEIGHT sets it";
            case "health" -> ". SERVICE_HEALTH sets it";
            default -> "";
        };
    }
}
