import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import io.javalin.http.HandlerType;
import io.javalin.router.ParsedEndpoint;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/** The description of the API beside the OpenAPI schema, the code, and its own examples. */
class OpenApiTest {
    private static final Pattern PROBLEM = Pattern.compile("new Problem\\(\\s*[^,]+,\\s*\"([a-z-]+)\"");
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
    void each_problem_of_the_code_is_described_and_there_are_no_others() throws Exception {
        Set<String> slugs = new TreeSet<>();
        try (Stream<Path> files = Files.walk(Path.of("src", "main", "java"))) {
            for (Path file :
                    files.filter(path -> path.toString().endsWith(".java")).toList()) {
                Matcher problem = PROBLEM.matcher(Files.readString(file));
                while (problem.find()) {
                    slugs.add(TYPE + problem.group(1));
                }
            }
        }
        Set<String> described = new TreeSet<>();
        for (JsonNode schema : api.document.at("/components/schemas")) {
            String type = schema.at("/properties/type/const").asText();
            if (type.startsWith(TYPE)) {
                described.add(type);
            }
        }
        assertEquals(slugs, described);
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
