import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.networknt.schema.Error;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaLocation;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The description of the API, to be asked what it says of an answer. */
final class OpenApi {
    private static final String DOCUMENT = "https://gateway.test/openapi.json";
    private static final String META_SCHEMA = "https://spec.openapis.org/oas/3.1/schema-base/2022-10-07";
    private static final ObjectMapper JSON = new ObjectMapper().enable(JsonParser.Feature.STRICT_DUPLICATE_DETECTION);

    /** Headers that HTTP itself speaks of, and that any answer may have. */
    private static final Set<String> UNSPOKEN = Set.of(
            "date", "content-type", "content-length", "content-encoding", "transfer-encoding", "connection", "vary");

    /** Those of the pages that have no say in what the answer means. */
    private static final Set<String> HARDENING = Set.of(
            "x-content-type-options",
            "referrer-policy",
            "x-frame-options",
            "cross-origin-opener-policy",
            "cross-origin-resource-policy");

    final JsonNode document;
    private final SchemaRegistry schemas;

    OpenApi() throws IOException {
        String text = resource("page/openapi.json");
        document = JSON.readTree(text);
        schemas = SchemaRegistry.withDefaultDialect(
                SpecificationVersion.DRAFT_2020_12,
                registry -> registry.schemas(iri -> iri.equals(DOCUMENT) ? text : resource(iri.substring(8))));
    }

    private static String resource(String path) {
        try (InputStream in = OpenApi.class.getClassLoader().getResourceAsStream(path)) {
            return in == null ? null : new String(in.readAllBytes(), StandardCharsets.UTF_8);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** An answer as it came; {@code headers} by names in lower case. */
    record Answer(int status, Map<String, String> headers, String body) {
        String type() {
            String type = headers.getOrDefault("content-type", "");
            return type.split(";", 2)[0].strip();
        }
    }

    /** What the OpenAPI schema has against the document. */
    List<String> faults() {
        return messages("", schemas.getSchema(SchemaLocation.of(META_SCHEMA)), document);
    }

    /** What the schema at this pointer has against a value. */
    List<String> faults(String pointer, JsonNode value) {
        return messages(pointer, schemas.getSchema(SchemaLocation.of(DOCUMENT + "#" + pointer)), value);
    }

    private static List<String> messages(String where, Schema schema, JsonNode value) {
        List<Error> errors = schema.validate(
                value, execution -> execution.executionConfig(config -> config.formatAssertionsEnabled(true)));
        return errors.stream()
                .map(error -> where + " " + error.getInstanceLocation() + ": " + error.getMessage())
                .toList();
    }

    /** The operations, as {@code GET /path}. */
    Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        for (Map.Entry<String, JsonNode> path : document.path("paths").properties()) {
            for (Map.Entry<String, JsonNode> operation : path.getValue().properties()) {
                if (operation.getValue().has("responses")) {
                    operations.add(operation.getKey().toUpperCase(Locale.ROOT) + " " + path.getKey());
                }
            }
        }
        return operations;
    }

    /**
     * What the document has against an answer.
     *
     * @param operation as in {@link #operations}
     */
    List<String> faults(String operation, Answer answer) throws IOException {
        String method = operation.substring(0, operation.indexOf(' ')).toLowerCase(Locale.ROOT);
        String path = operation.substring(operation.indexOf(' ') + 1);
        String responses = "/paths/" + path.replace("~", "~0").replace("/", "~1") + "/" + method + "/responses";
        JsonNode described = document.at(responses);
        String status = String.valueOf(answer.status());
        if (!described.has(status) && !described.has("default")) {
            return List.of(operation + " has no response " + status);
        }
        return faultsIn(resolve(responses + "/" + (described.has(status) ? status : "default")), answer);
    }

    /** Follows references until there is none; a pointer again. */
    String resolve(String pointer) {
        JsonNode node = document.at(pointer);
        return node.has("$ref") ? resolve(node.path("$ref").asText().substring(1)) : pointer;
    }

    private List<String> faultsIn(String response, Answer answer) throws IOException {
        List<String> faults = new ArrayList<>(headerFaults(response, answer.headers()));
        JsonNode content = document.at(response).path("content");
        if (answer.body().isEmpty()) {
            return faults;
        }
        String type = content.has(answer.type()) ? answer.type() : "*/*";
        if (!content.has(type)) {
            faults.add(response + " has no content " + answer.type() + ": " + answer.body());
            return faults;
        }
        JsonNode body = answer.type().endsWith("json")
                ? JSON.readTree(answer.body())
                : JsonNodeFactory.instance.textNode(answer.body());
        faults.addAll(faults(response + "/content/" + type.replace("/", "~1") + "/schema", body));
        return faults;
    }

    private List<String> headerFaults(String response, Map<String, String> sent) {
        List<String> faults = new ArrayList<>();
        Map<String, String> described = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
        for (Map.Entry<String, JsonNode> header :
                document.at(response).path("headers").properties()) {
            described.put(header.getKey(), resolve(response + "/headers/" + header.getKey()));
        }
        described.forEach((name, header) -> {
            String value = sent.get(name.toLowerCase(Locale.ROOT));
            if (value != null) {
                faults.addAll(faults(header + "/schema", typed(value, document.at(header))));
            } else if (document.at(header).path("required").asBoolean()) {
                faults.add(response + " calls for " + name);
            }
        });
        sent.keySet().stream()
                .filter(name -> !described.containsKey(name) && !UNSPOKEN.contains(name) && !HARDENING.contains(name))
                .filter(name -> !sent.get(name).equals("no-store")) // as the description says of all that is private
                .forEach(name -> faults.add(response + " doesn't speak of " + name));
        return faults;
    }

    private static JsonNode typed(String value, JsonNode header) {
        boolean number = header.at("/schema/type").asText().equals("integer");
        return number
                ? JsonNodeFactory.instance.numberNode(Long.parseLong(value))
                : JsonNodeFactory.instance.textNode(value);
    }
}
