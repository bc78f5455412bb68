package gateway.registry;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.TextNode;
import gateway.registry.HealthCheck.Kind;
import gateway.registry.HealthCheck.Statuses;
import java.util.List;

/** How a way of checking is written as JSON: {@code "tcp"}, {@code "off"} or {@code {"path", "status"}}. */
public final class HealthForm {
    /** The forms that {@link #read} reads, for messages. */
    public static final String FORMS =
            "\"tcp\", \"off\", or an object like {\"path\":\"/healthz\",\"status\":\"200-399\"}";

    private static final String PATH = "path";
    private static final String STATUS = "status";

    private HealthForm() {}

    /** Returns the form of a way of checking. */
    public static JsonNode of(HealthCheck check) {
        return check.kind() == Kind.HTTP ? http(check.path(), check) : TextNode.valueOf(check.toString());
    }

    /** Returns the same without the query of its path, which may hold a secret. */
    public static JsonNode withoutQuery(HealthCheck check) {
        return check.kind() == Kind.HTTP ? http(check.pathWithoutQuery(), check) : of(check);
    }

    private static JsonNode http(String path, HealthCheck check) {
        return JsonNodeFactory.instance.objectNode().put(PATH, path).put(STATUS, check.statusText());
    }

    /**
     * Reads {@value #FORMS}; of an object one field may be left out.
     *
     * @throws IllegalArgumentException if it is none of these; the message goes after the field's name
     */
    public static HealthCheck read(JsonNode form) {
        if (form.isTextual()) {
            return switch (form.textValue()) {
                case "tcp" -> HealthCheck.TCP;
                case "off" -> HealthCheck.OFF;
                default -> throw unknown(form);
            };
        }
        if (!form.isObject() || form.isEmpty()) {
            throw unknown(form);
        }
        form.fieldNames().forEachRemaining(field -> {
            if (!field.equals(PATH) && !field.equals(STATUS)) {
                throw new IllegalArgumentException("has " + field + ", which is not known; must be " + FORMS);
            }
        });
        JsonNode path = form.path(PATH);
        JsonNode status = form.path(STATUS);
        return HealthCheck.http(
                path.isMissingNode() ? HealthCheck.USUAL.path() : path(path),
                status.isMissingNode() ? HealthCheck.USUAL.statuses() : statuses(status));
    }

    private static String path(JsonNode path) {
        try {
            return HealthCheck.path(path.isTextual() ? path.textValue() : "");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has the path " + path + ": " + e.getMessage());
        }
    }

    private static List<Statuses> statuses(JsonNode status) {
        try {
            return HealthCheck.statuses(status.isTextual() || status.isInt() ? status.asText() : "");
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("has the status " + status + ": " + e.getMessage());
        }
    }

    private static IllegalArgumentException unknown(JsonNode form) {
        return new IllegalArgumentException("must be " + FORMS + ", not " + form);
    }
}
