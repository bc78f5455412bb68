package gateway.admin;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.json.JsonMapper;
import gateway.net.AddressPolicy;
import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.registry.HealthForm;
import gateway.registry.Service;
import gateway.route.Routes;
import gateway.util.Durations;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Reads {@code {"name", "url", "lease", "instance", "route", "weight", "health"}} and reports what is wrong with each
 * field.
 */
final class RegistrationForm {
    /** The lease that stands for the gateway's own setting. */
    static final String DEFAULT_LEASE = "default";

    private static final List<String> FIELDS = List.of("name", "url", "lease", "instance", "route", "weight", "health");
    private static final JsonMapper JSON = JsonMapper.builder()
            .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
            .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
            .build();

    private final Duration defaultLease;
    private final AddressPolicy addresses;
    private final RouteChoice routes;

    /**
     * @param defaultLease the meaning of {@code "lease":"default"}
     * @param addresses decides which URLs services may have
     */
    RegistrationForm(Duration defaultLease, AddressPolicy addresses, Routes routes) {
        this.defaultLease = defaultLease;
        this.addresses = addresses;
        this.routes = new RouteChoice(routes);
    }

    /** Thrown for a form that can't be used. */
    static final class Invalid extends Exception {
        private static final long serialVersionUID = 1;

        private final transient List<FieldError> errors;

        Invalid(String message, List<FieldError> errors) {
            super(message);
            this.errors = errors;
        }

        List<FieldError> errors() {
            return errors;
        }
    }

    /**
     * Reads a form.
     *
     * @param ports the gateway's own ports, on which no service can be
     * @throws Invalid if the body isn't a JSON object, or a field can't be used
     */
    Service read(byte[] body, Set<Integer> ports) throws Invalid {
        JsonNode form = json(body);
        List<FieldError> errors = new ArrayList<>();
        form.fieldNames().forEachRemaining(field -> {
            if (!FIELDS.contains(field)) {
                errors.add(new FieldError(field, "is not known; a service has " + String.join(", ", FIELDS)));
            }
        });
        String name = text(form, "name", errors);
        if (name != null && !Service.isName(name)) {
            errors.add(new FieldError("name", "must be " + Service.NAME_FORM));
        }
        ServiceUrl url = url(text(form, "url", errors), ports, errors);
        Optional<Duration> lease = lease(form.get("lease"), errors);
        Optional<String> instance = instance(form.get("instance"), url, errors);
        String route = routes.read(form.get("route"), errors);
        Optional<Integer> weight = weight(form.get("weight"), errors);
        Optional<HealthCheck> health = health(form.get("health"), errors);
        if (!errors.isEmpty()) {
            throw new Invalid(FieldError.words(errors), errors);
        }
        return new Service(route, name, url, lease, instance, weight, health);
    }

    private static JsonNode json(byte[] body) throws Invalid {
        JsonNode form;
        try {
            form = JSON.readTree(body);
        } catch (JsonProcessingException e) {
            throw new Invalid("the body isn't JSON: " + e.getOriginalMessage(), List.of());
        } catch (IOException e) {
            throw new Invalid("the body isn't JSON: it isn't UTF-8", List.of());
        }
        if (!form.isObject()) {
            throw new Invalid(
                    "the body must be an object like {\"name\":\"orders\",\"url\":\"http://localhost:8004\"}",
                    List.of());
        }
        return form;
    }

    private static String text(JsonNode form, String field, List<FieldError> errors) {
        JsonNode value = form.get(field);
        if (value == null || value.isNull()) {
            errors.add(new FieldError(field, "is missing"));
            return null;
        }
        if (!value.isTextual()) {
            errors.add(new FieldError(field, "must be text, not " + value));
            return null;
        }
        return value.textValue();
    }

    private ServiceUrl url(String text, Set<Integer> ports, List<FieldError> errors) {
        if (text == null) {
            return null;
        }
        try {
            ServiceUrl url = ServiceUrl.parse(text);
            addresses.objection(url, ports).ifPresent(words -> errors.add(new FieldError("url", words)));
            return url;
        } catch (IllegalArgumentException e) {
            errors.add(new FieldError("url", e.getMessage()));
            return null;
        }
    }

    /** Returns the instance's own id; empty if it has none, which is the same as its URL. */
    private static Optional<String> instance(JsonNode value, ServiceUrl url, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            errors.add(new FieldError("instance", "must be text, not " + value));
            return Optional.empty();
        }
        String id = value.textValue();
        if (url != null && Service.instanceId(id).equals(url.toString())) {
            return Optional.empty();
        }
        if (!Service.isName(id)) {
            errors.add(new FieldError("instance", "must be the URL, or " + Service.NAME_FORM));
        }
        return Optional.of(id);
    }

    private static Optional<Integer> weight(JsonNode value, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isInt() || value.intValue() < 0 || value.intValue() > Service.MOST_WEIGHT) {
            errors.add(new FieldError(
                    "weight", "must be a whole number from 0 to " + Service.MOST_WEIGHT + ", not " + value));
            return Optional.empty();
        }
        return Optional.of(value.intValue());
    }

    private static Optional<HealthCheck> health(JsonNode value, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        try {
            return Optional.of(HealthForm.read(value));
        } catch (IllegalArgumentException e) {
            errors.add(new FieldError("health", e.getMessage()));
            return Optional.empty();
        }
    }

    private Optional<Duration> lease(JsonNode value, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            return Optional.empty();
        }
        if (!value.isTextual()) {
            errors.add(new FieldError("lease", "must be text like \"15s\", not " + value));
            return Optional.empty();
        }
        if (value.textValue().equals(DEFAULT_LEASE)) {
            return Optional.of(defaultLease);
        }
        try {
            return Optional.of(Durations.parse(value.textValue(), Service.SHORTEST_LEASE, Service.LONGEST_LEASE));
        } catch (IllegalArgumentException e) {
            errors.add(new FieldError("lease", e.getMessage()));
            return Optional.empty();
        }
    }
}
