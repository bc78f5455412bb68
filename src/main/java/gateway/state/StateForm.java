package gateway.state;

import com.fasterxml.jackson.core.JsonLocation;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.core.io.JsonEOFException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gateway.net.ServiceUrl;
import gateway.registry.Draining;
import gateway.registry.HealthCheck;
import gateway.registry.HealthForm;
import gateway.registry.Service;
import gateway.util.Durations;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Function;

/** How a {@link KeptState} is written as JSON. What is read must be whole, and nothing else. */
final class StateForm {
    private static final int FORMAT = 1;

    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .build();

    private StateForm() {}

    /** Thrown if a text can't be used; the message says where and why. */
    static final class Unreadable extends Exception {
        private static final long serialVersionUID = 1;

        Unreadable(String message) {
            super(message);
        }
    }

    /** Returns the state as JSON, the same for the same state. */
    static String write(KeptState state) {
        ObjectNode form = JSON.createObjectNode();
        form.put("format", FORMAT);
        ArrayNode services = form.putArray("services");
        state.services().forEach(service -> write(service, services.addObject()));
        ArrayNode drains = form.putArray("drains");
        state.drains()
                .forEach(drain -> drains.addObject()
                        .put("route", drain.route())
                        .put("name", drain.name())
                        .put("url", drain.url())
                        .put("sessions", drain.how() == Draining.MOVING_SESSIONS ? "move" : "stay"));
        ObjectNode routes = form.putObject("routes");
        try {
            for (var route : state.routes().entrySet()) {
                routes.set(route.getKey(), JSON.readTree(route.getValue()));
            }
            return JSON.writerWithDefaultPrettyPrinter().writeValueAsString(form) + "\n";
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("routes that were put are JSON", e);
        }
    }

    private static void write(Service service, ObjectNode form) {
        form.put("route", service.route())
                .put("name", service.name())
                .put("url", service.url().toString());
        service.lease().ifPresent(lease -> form.put("lease", Durations.text(lease)));
        service.instance().ifPresent(instance -> form.put("instance", instance));
        service.weight().ifPresent(weight -> form.put("weight", weight));
        service.health().ifPresent(health -> form.set("health", HealthForm.of(health)));
    }

    /** Reads what {@link #write} has written. */
    static KeptState read(String text) throws Unreadable {
        JsonNode form;
        try {
            form = JSON.readTree(text);
        } catch (JsonProcessingException e) {
            throw new Unreadable("isn't whole JSON" + where(e)); // without the parser's words, which quote the text
        }
        fields("", form, Set.of("format", "services", "drains", "routes"));
        if (form.path("format").asInt() != FORMAT) {
            throw new Unreadable("format is " + form.path("format") + ": expected " + FORMAT);
        }
        List<Service> services = new ArrayList<>();
        for (JsonNode entry : array(form, "services")) {
            services.add(service("services[" + services.size() + "]", entry));
        }
        List<KeptState.Drain> drains = new ArrayList<>();
        for (JsonNode entry : array(form, "drains")) {
            drains.add(drain("drains[" + drains.size() + "]", entry));
        }
        if (!form.path("routes").isObject()) {
            throw new Unreadable("routes is missing: expected an object");
        }
        Map<String, String> routes = new TreeMap<>();
        for (var route : form.path("routes").properties()) {
            if (!Service.isName(route.getKey())) {
                throw new Unreadable("routes has " + route.getKey() + ": expected " + Service.NAME_FORM);
            }
            routes.put(route.getKey(), route.getValue().toString());
        }
        return new KeptState(services, drains, routes);
    }

    /** Returns where the JSON can't be read, and whether that is its end. */
    private static String where(JsonProcessingException problem) {
        JsonLocation place = problem.getLocation();
        String end = problem instanceof JsonEOFException ? ": it ends too early" : "";
        return place == null ? end : end + " (line " + place.getLineNr() + ", column " + place.getColumnNr() + ")";
    }

    private static JsonNode array(JsonNode form, String field) throws Unreadable {
        if (!form.path(field).isArray()) {
            throw new Unreadable(field + " is missing: expected an array");
        }
        return form.path(field);
    }

    private static void fields(String where, JsonNode form, Set<String> known) throws Unreadable {
        if (!form.isObject()) {
            throw new Unreadable((where.isEmpty() ? "it" : where) + " isn't an object");
        }
        for (var field : form.properties()) {
            if (!known.contains(field.getKey())) {
                throw new Unreadable((where.isEmpty() ? "" : where + ".") + field.getKey() + " is not known");
            }
        }
    }

    private static Service service(String where, JsonNode form) throws Unreadable {
        fields(where, form, Set.of("route", "name", "url", "lease", "instance", "weight", "health"));
        return new Service(
                needed(where, form, "route", StateForm::name),
                needed(where, form, "name", StateForm::name),
                needed(where, form, "url", url -> ServiceUrl.parse(text(url))),
                optional(where, form, "lease", StateForm::lease),
                optional(where, form, "instance", StateForm::name),
                optional(where, form, "weight", StateForm::weight),
                optional(where, form, "health", StateForm::health));
    }

    private static KeptState.Drain drain(String where, JsonNode form) throws Unreadable {
        fields(where, form, Set.of("route", "name", "url", "sessions"));
        return new KeptState.Drain(
                needed(where, form, "route", StateForm::name),
                needed(where, form, "name", StateForm::name),
                needed(where, form, "url", url -> ServiceUrl.parse(text(url))).toString(),
                needed(where, form, "sessions", StateForm::draining));
    }

    private static <T> T needed(String where, JsonNode form, String field, Function<JsonNode, T> reader)
            throws Unreadable {
        return optional(where, form, field, reader)
                .orElseThrow(() -> new Unreadable(where + "." + field + " is missing"));
    }

    private static <T> Optional<T> optional(String where, JsonNode form, String field, Function<JsonNode, T> reader)
            throws Unreadable {
        JsonNode value = form.path(field);
        if (value.isMissingNode()) {
            return Optional.empty();
        }
        try {
            return Optional.of(reader.apply(value));
        } catch (IllegalArgumentException e) {
            throw new Unreadable(where + "." + field + " is " + value + ": " + e.getMessage());
        }
    }

    private static String text(JsonNode value) {
        if (!value.isTextual()) {
            throw new IllegalArgumentException("expected text");
        }
        return value.textValue();
    }

    private static String name(JsonNode value) {
        if (!Service.isName(text(value))) {
            throw new IllegalArgumentException("expected " + Service.NAME_FORM);
        }
        return value.textValue();
    }

    /** Reads a lease; a number that a person added a few digits to could be more nanoseconds than a long can count. */
    private static Duration lease(JsonNode value) {
        return Durations.parse(text(value), Service.SHORTEST_LEASE, Service.LONGEST_LEASE);
    }

    private static int weight(JsonNode value) {
        if (!value.isInt() || value.intValue() < 0 || value.intValue() > Service.MOST_WEIGHT) {
            throw new IllegalArgumentException("expected a whole number from 0 to " + Service.MOST_WEIGHT);
        }
        return value.intValue();
    }

    private static HealthCheck health(JsonNode value) {
        return HealthForm.read(value);
    }

    private static Draining draining(JsonNode value) {
        return switch (text(value)) {
            case "stay" -> Draining.KEEPING_SESSIONS;
            case "move" -> Draining.MOVING_SESSIONS;
            default -> throw new IllegalArgumentException("expected stay or move");
        };
    }
}
