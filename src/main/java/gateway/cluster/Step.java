package gateway.cluster;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.net.ServiceUrl;
import gateway.registry.ClusterMembers.Gateway;
import gateway.registry.Listed;
import gateway.registry.Service;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What {@code sync.lua} answered. What isn't of the form that gateways write is left out: it must not keep the rest from
 * coming.
 *
 * @param epoch another one than before if Redis has lost something
 * @param version goes up with each change of the list
 * @param now Redis's clock, milliseconds
 * @param list empty if it is what the gateway knows
 * @param leases how long each still runs; empty if not asked for
 */
record Step(
        String epoch,
        long version,
        long now,
        List<Gateway> gateways,
        Optional<List<Listed>> list,
        Map<String, Duration> leases) {
    private static final ObjectMapper JSON = new ObjectMapper();

    static Step of(Object answer) {
        List<?> fields = (List<?>) answer;
        long now = (Long) fields.get(2);
        Map<String, Duration> leases = new HashMap<>();
        pairs(fields.get(5)).forEach((name, end) -> {
            long left = (long) Double.parseDouble(end) - now;
            leases.put(name, Duration.ofMillis(Math.max(0, left)));
        });
        return new Step(
                text(fields.get(0)),
                (Long) fields.get(1),
                now,
                gateways((List<?>) fields.get(3)),
                Optional.ofNullable(fields.get(4)).map(list -> services(pairs(list), leases)),
                leases);
    }

    private static List<Listed> services(Map<String, String> texts, Map<String, Duration> leases) {
        List<Listed> list = new ArrayList<>();
        texts.forEach((name, text) -> {
            try {
                JsonNode fields = JSON.readTree(text);
                Optional<Duration> lease = fields.has("lease")
                        ? Optional.of(Duration.ofMillis(fields.path("lease").asLong()))
                        : Optional.empty();
                ServiceUrl url = ServiceUrl.parse(fields.path("url").asText());
                if (Service.isName(name)) {
                    Duration left = leases.getOrDefault(name, lease.orElse(Duration.ZERO));
                    boolean draining = fields.path("draining").asBoolean();
                    list.add(new Listed(new Service(name, url, lease), draining, left));
                }
            } catch (JsonProcessingException | IllegalArgumentException e) {
                // nobody's that writes what gateways write
            }
        });
        return list;
    }

    /** One gateway as others read it. */
    static String text(Gateway gateway) {
        Map<String, String> fields = new LinkedHashMap<>();
        fields.put("id", gateway.id());
        fields.put("address", gateway.address());
        fields.put("since", gateway.since().toString());
        fields.put("version", gateway.version());
        return json(fields);
    }

    /** What is sent, as JSON. */
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
                // nobody's that writes what gateways write
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
