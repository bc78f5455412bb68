import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.http.ProblemType;
import io.javalin.http.HandlerType;
import io.javalin.router.ParsedEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The description of the API beside the OpenAPI schema, the code, the docs, and its own examples. */
class OpenApiTest {
    private static final String TYPE = "urn:api-gateway:problem:";

    private final OpenApi api = new OpenApi();

    OpenApiTest() throws Exception {}

    @Test
    void the_document_is_valid() {
        assertEquals(List.of(), api.faults());
    }

    @Test
    void each_route_is_described_and_there_are_no_others() {
        Set<String> routes = new TreeSet<>();
        try (TestGateway gateway = TestGateway.inFrontOf()) {
            for (ParsedEndpoint route : gateway.app.unsafe.internalRouter.allHttpHandlers()) {
                HandlerType method = route.endpoint.method;
                if (method.isHttpMethod()) {
                    routes.add(method.name() + " "
                            + route.endpoint.path.replace('<', '{').replace('>', '}'));
                }
            }
        }
        Set<String> described = new TreeSet<>(api.operations());
        assertTrue(described.removeIf(operation -> operation.endsWith(" /api/{path}")), "/api is a before-handler");
        Set<String> heads = described.stream()
                .filter(operation -> operation.startsWith("GET "))
                .map(operation -> operation.replace("GET ", "HEAD "))
                .collect(Collectors.toSet());
        described.addAll(heads); // said in words
        assertEquals(described, routes);
    }

    @Test
    void each_type_of_problem_is_described_with_its_statuses_and_there_are_no_others() {
        Map<String, List<Integer>> described = new TreeMap<>();
        for (JsonNode schema : api.document.at("/components/schemas")) {
            String type = schema.at("/properties/type/const").asText();
            if (type.startsWith(TYPE)) {
                described.put(type.substring(TYPE.length()), statuses(schema.at("/properties/status")));
            }
        }
        assertEquals(statusesOfTypes(), described);
    }

    private static List<Integer> statuses(JsonNode schema) {
        if (schema.has("const")) {
            return List.of(schema.path("const").asInt());
        }
        List<Integer> statuses = new ArrayList<>();
        schema.path("enum").forEach(status -> statuses.add(status.asInt()));
        return statuses;
    }

    @Test
    void the_docs_have_each_type_of_problem_with_its_statuses_and_no_others() throws Exception {
        Map<String, List<Integer>> documented = new TreeMap<>();
        for (String line : Files.readAllLines(Path.of("docs", "problems.md"))) {
            String[] cells = line.split("\\s*\\|\\s*", -1);
            if (cells.length > 2 && cells[1].startsWith("`")) {
                assertEquals(6, cells.length, line);
                List<Integer> statuses = cells[2].equals("any")
                        ? List.of()
                        : Stream.of(cells[2].split(", ")).map(Integer::valueOf).toList();
                assertNull(documented.put(cells[1].replace("`", ""), statuses), line);
            }
        }
        assertEquals(statusesOfTypes(), documented);
    }

    private static Map<String, List<Integer>> statusesOfTypes() {
        Map<String, List<Integer>> statuses = new TreeMap<>();
        for (ProblemType type : ProblemType.values()) {
            assertNull(statuses.put(type.slug(), type.statuses()), type.slug());
        }
        return statuses;
    }

    @Test
    void each_example_fits_its_schema() {
        List<String> faults = new ArrayList<>();
        int examples = check("", api.document, faults);
        assertEquals(List.of(), faults);
        assertTrue(examples > 40, examples + " examples were found");
    }

    /** Checks what has examples and a schema: media types, parameters and headers. */
    private int check(String pointer, JsonNode node, List<String> faults) {
        int examples = 0;
        if (node.has("schema")) {
            List<JsonNode> values = new ArrayList<>();
            if (node.has("example")) {
                values.add(node.path("example"));
            }
            node.path("examples").forEach(example -> values.add(example.path("value")));
            for (JsonNode value : values) {
                faults.addAll(api.faults(pointer + "/schema", value));
            }
            examples = values.size();
        }
        for (Map.Entry<String, JsonNode> child : node.properties()) {
            String name = child.getKey().replace("~", "~0").replace("/", "~1");
            examples += check(pointer + "/" + name, child.getValue(), faults);
        }
        return examples;
    }
}
