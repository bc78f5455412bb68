package gateway.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.net.ServiceUrl;
import gateway.registry.BackendId;
import gateway.registry.ClusterMembers.Gateway;
import gateway.registry.Draining;
import gateway.registry.HealthCheck;
import gateway.registry.Listed;
import gateway.registry.Service;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The answer of {@code sync.lua}. Entries that no gateway would have written are left out, so that they don't spoil the
 * rest.
 *
 * @param epoch a new one if Redis has lost data
 * @param version rises with each change of the list
 * @param now Redis's clock, milliseconds
 * @param list the list by Redis's keys; empty if the gateway has it already
 * @param leases how long each lease still runs, by Redis's keys; empty if not asked for
 */
record SyncAnswer(
        String epoch,
        long version,
        long now,
        List<Gateway> gateways,
        Optional<Map<String, Listed>> list,
        Map<String, Duration> leases) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static SyncAnswer of(Object answer) {
        List<?> fields = (List<?>) answer;
        long now = (Long) fields.get(2);
        Map<String, Duration> leases = new HashMap<>();
        pairs(fields.get(5)).forEach((name, end) -> {
            long left = (long) Double.parseDouble(end) - now;
            leases.put(name, Duration.ofMillis(Math.min(Math.max(0, left), Service.LONGEST_LEASE.toMillis())));
        });
        return new SyncAnswer(
                text(fields.get(0)),
                (Long) fields.get(1),
                now,
                gateways((List<?>) fields.get(3)),
                Optional.ofNullable(fields.get(4)).map(list -> services(pairs(list), leases)),
                leases);
    }

    /**
     * Returns the services of a list. A key is the service's name, for one of its instances, or the name, a space and
     * the URL.
     */
    private static Map<String, Listed> services(Map<String, String> texts, Map<String, Duration> leases) {
        Set<BackendId> seen = new HashSet<>();
        Map<String, Listed> list = new LinkedHashMap<>();
        texts.forEach((key, text) -> {
            String name = key.split(" ", 2)[0];
            try {
                Listed listed = service(name, JSON.readTree(text), Optional.ofNullable(leases.get(key)));
                BackendId id = listed.service().id();
                boolean itsKey = key.equals(name) || key.equals(name + " " + id.url());
                if (Service.isName(listed.service().name())
                        && Service.isName(listed.service().route())
                        && itsKey
                        && seen.add(id)) {
                    list.put(key, listed);
                }
            } catch (JsonProcessingException | IllegalArgumentException e) {
                // no gateway wrote this
            }
        });
        return list;
    }

    private static Listed service(String fullName, JsonNode fields, Optional<Duration> left) {
        int slash = fullName.indexOf('/');
        String route = slash < 0 ? Service.DEFAULT_ROUTE : fullName.substring(0, slash);
        Optional<Duration> lease =
                fields.has("lease") ? Optional.of(lease(fields.path("lease").asLong())) : Optional.empty();
        Optional<String> instance =
                Optional.ofNullable(fields.path("instance").textValue()).filter(Service::isName);
        Optional<ServiceUrl> there =
                Optional.ofNullable(fields.path("moving").textValue()).map(ServiceUrl::parse);
        return new Listed(
                new Service(
                        route,
                        fullName.substring(slash + 1),
                        ServiceUrl.parse(fields.path("url").asText()),
                        lease,
                        instance,
                        weight(fields),
                        health(fields)),
                draining(fields),
                left.or(() -> lease).orElse(Duration.ZERO),
                there);
    }

    /** Returns a lease of so many milliseconds; one too long for any service could be too long to count with, too. */
    private static Duration lease(long millis) {
        if (millis < 0 || millis > Service.LONGEST_LEASE.toMillis()) {
            throw new IllegalArgumentException("no lease lasts " + millis + " ms");
        }
        return Duration.ofMillis(millis);
    }

    private static Draining draining(JsonNode fields) {
        boolean draining = fields.path("draining").asBoolean();
        return draining && Change.MOVE.equals(fields.path("sessions").textValue())
                ? Draining.MOVING_SESSIONS
                : Draining.of(draining);
    }

    /** Returns the weight; empty if no gateway would have written it. */
    private static Optional<Integer> weight(JsonNode fields) {
        return Optional.of(fields.path("weight").asInt(1))
                .filter(weight -> weight >= 0 && weight <= Service.MOST_WEIGHT);
    }

    /** Returns the way of checking; empty for the route's, or if it is one that only newer gateways know. */
    private static Optional<HealthCheck> health(JsonNode fields) {
        try {
            return Optional.ofNullable(fields.path("health").textValue()).map(HealthCheck::parse);
        } catch (IllegalArgumentException e) {
            return Optional.empty();
        }
    }

    /** Returns a gateway in the form that other gateways read. */
    static String text(Gateway gateway) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", gateway.id());
        fields.put("address", gateway.address());
        fields.put("since", gateway.since().toString());
        fields.put("version", gateway.version());
        return json(fields);
    }

    /** Returns a value as JSON. */
    static String json(Object value) {
        try {
            return JSON.writeValueAsString(value);
        } catch (JsonProcessingException e) {
            throw new IllegalStateException("texts and numbers are always JSON", e);
        }
    }

    private static List<Gateway> gateways(List<?> texts) {
        List<Gateway> gateways = new ArrayList<>();
        for (Object text : texts) {
            try {
                JsonNode fields = JSON.readTree(text(text));
                gateways.add(new Gateway(
                        fields.path("id").asText(),
                        fields.path("address").asText(),
                        Instant.parse(fields.path("since").asText()),
                        fields.path("version").asText()));
            } catch (JsonProcessingException | DateTimeException e) {
                // no gateway wrote this
            }
        }
        return gateways;
    }

    private static Map<String, String> pairs(Object flat) {
        Map<String, String> pairs = new LinkedHashMap<>();
        List<?> fields = flat == null ? List.of() : (List<?>) flat;
        for (int i = 0; i + 1 < fields.size(); i += 2) {
            pairs.put(text(fields.get(i)), text(fields.get(i + 1)));
        }
        return pairs;
    }

    private static String text(Object bytes) {
        return new String((byte[]) bytes, StandardCharsets.UTF_8);
    }
}
