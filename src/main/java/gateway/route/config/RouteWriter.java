package gateway.route.config;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gateway.registry.HealthForm;
import gateway.route.Cors;
import gateway.route.HeaderEdits.Edit;
import gateway.route.Match;
import gateway.route.RouteConfig;
import gateway.route.RouteDefaults;
import gateway.route.ServiceEntry;
import gateway.util.Durations;
import gateway.util.Sizes;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/** Writes the configuration of a route as {@link RouteReader#route} reads it, without what is the default anyway. */
public final class RouteWriter {
    private final RouteDefaults defaults;

    /** @param defaults what holds where a route says nothing */
    public RouteWriter(RouteDefaults defaults) {
        this.defaults = defaults;
    }

    /** Returns the route as JSON, without its name. */
    public ObjectNode json(RouteConfig route) {
        RouteConfig usual = defaults.configured(route.name(), route.match());
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("match", match(route.match()));
        if (route.strip() != usual.strip()) {
            json.put("strip", route.strip());
        }
        if (!route.services().isEmpty()) {
            ArrayNode services = json.putArray("services");
            route.services().forEach(service -> add(services, service));
        }
        if (!route.balance().equals(usual.balance())) {
            json.put("balance", route.balance().toString());
        }
        if (!route.health().equals(usual.health())) {
            json.set("health", HealthForm.of(route.health()));
        }
        if (!route.limits().equals(usual.limits())) {
            json.set("limits", texts(route.limits()));
        }
        if (route.host() != usual.host()) {
            json.put("host", word(route.host()));
        }
        if (!route.timeout().equals(usual.timeout())) {
            json.put("timeout", Durations.text(route.timeout()));
        }
        if (route.retries() != usual.retries()) {
            json.put("retries", route.retries());
        }
        if (route.maxBody() != usual.maxBody()) {
            json.put("max-body", Sizes.text(route.maxBody()));
        }
        if (!route.cors().equals(usual.cors())) {
            json.set("cors", cors(route.cors()));
        }
        if (!route.headers().equals(usual.headers())) {
            ObjectNode headers = json.putObject("headers");
            edit(headers, "request", route.headers().request());
            edit(headers, "response", route.headers().response());
        }
        if (route.rewritesRedirects() != usual.rewritesRedirects()) {
            json.put("redirects", route.rewritesRedirects() ? "rewrite" : "pass");
        }
        if (route.serviceHeader() != usual.serviceHeader()) {
            json.put("service-header", word(route.serviceHeader()));
        }
        if (!route.slowStart().equals(usual.slowStart())) {
            Duration slowStart = route.slowStart();
            json.put("slow-start", slowStart.isZero() ? "off" : Durations.text(slowStart));
        }
        return json;
    }

    private static ObjectNode match(Match match) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.put("path", match.path().toString());
        match.host().ifPresent(host -> json.put("host", host));
        if (!match.methods().isEmpty()) {
            json.set("methods", texts(match.methods().stream().sorted().toList()));
        }
        return json;
    }

    private static void add(ArrayNode services, ServiceEntry service) {
        String url = service.url().toString();
        if (service.weight() == 1) {
            services.add(url);
        } else {
            services.addObject().put("url", url).put("weight", service.weight());
        }
    }

    private static ObjectNode cors(Cors cors) {
        ObjectNode json = JsonNodeFactory.instance.objectNode();
        json.set("origins", texts(cors.origins().stream().sorted().toList()));
        if (!cors.methods().isEmpty()) {
            json.set("methods", texts(cors.methods()));
        }
        if (!cors.headers().isEmpty()) {
            json.set("headers", texts(cors.headers()));
        }
        if (cors.credentials()) {
            json.put("credentials", true);
        }
        if (!cors.maxAge().equals(Cors.USUAL_MAX_AGE)) {
            json.put("max-age", Durations.text(cors.maxAge()));
        }
        return json;
    }

    private static void edit(ObjectNode headers, String key, Edit edit) {
        if (edit.isEmpty()) {
            return;
        }
        ObjectNode json = headers.putObject(key);
        if (!edit.set().isEmpty()) {
            ObjectNode set = json.putObject("set");
            edit.set().forEach(set::put);
        }
        if (!edit.remove().isEmpty()) {
            json.set("remove", texts(edit.remove()));
        }
    }

    private static ArrayNode texts(Collection<?> values) {
        ArrayNode array = JsonNodeFactory.instance.arrayNode();
        List.copyOf(values).forEach(value -> array.add(value.toString()));
        return array;
    }

    private static String word(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
