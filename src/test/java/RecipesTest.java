import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The recipes of docs/routes.md, from the first to the last, with one gateway that takes each changed file. */
class RecipesTest {
    static final String SCENE = "routes";

    private static final Path RECIPES = Path.of("docs", "routes.md");
    private static final Pattern ROUTE = Pattern.compile("(?m)^  ([a-z-]+):$");

    @TempDir
    private Path folders;

    private static List<Docs.Fence> fences(String scene) throws IOException {
        return Docs.fences(RECIPES).stream()
                .filter(fence -> fence.scene().equals(scene))
                .toList();
    }

    @Test
    @Tag("process")
    @ResourceLock("run.sh")
    void each_recipe_shows_what_is_shown() throws Exception {
        for (String tool : List.of("bash", "curl", "python3")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(":"))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))),
                    tool + " isn't there to run the commands with");
        }
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
        int recipes = 0;
        try (DocsScene scene = new DocsScene(folders, 0, 1, 2)) {
            String routes = "";
            for (Docs.Fence fence : fences(SCENE)) {
                switch (fence.language()) {
                    case "sh" -> scene.type(fence);
                    case "yaml" -> {
                        routes = fence.text();
                        Files.writeString(Path.of(scene.there("/tmp/routes.yaml")), scene.there(routes));
                    }
                    default -> {
                        recipes++;
                        Set<String> expected = names(routes);
                        Await.until(fence.place(), () -> serves(scene, expected));
                        scene.compare(DocsScene.shown(fence));
                    }
                }
            }
            scene.end();
        }
        assertEquals(7, recipes);
    }

    private static Set<String> names(String yaml) {
        Set<String> names = new TreeSet<>();
        Matcher matcher = ROUTE.matcher(yaml);
        while (matcher.find()) {
            names.add(matcher.group(1));
        }
        return names;
    }

    /** Whether the gateway has these routes, and all their services are healthy. */
    private static boolean serves(DocsScene scene, Set<String> expected) {
        Set<String> names = new TreeSet<>();
        JsonNode health;
        try {
            RunScriptTest.get(scene.ports.first(), "/routes")
                    .path("routes")
                    .forEach(route -> names.add(route.path("name").asText()));
            health = RunScriptTest.get(scene.ports.first(), "/health").path("backend_services");
        } catch (IOException e) {
            return false;
        }
        return names.equals(expected)
                && health.path("healthy_services").asInt() > 0
                && health.path("healthy_services").asInt()
                        == health.path("total_services").asInt();
    }

    @Test
    void a_websocket_under_a_prefix_sees_path_and_host_of_the_client() throws Exception {
        List<Docs.Fence> recipe = fences("websocket");
        assertEquals(1, recipe.size());
        try (TestBackend app = TestBackend.named("app")) {
            Path file = folders.resolve("routes.yaml");
            Files.writeString(file, recipe.get(0).text().replace("http://localhost:8001", app.url()));
            try (TestGateway gateway =
                            TestGateway.with(Map.of("GATEWAY_ROUTES", file.toString(), "GATEWAY_SERVICES", ""));
                    RawClient client = gateway.raw()) {
                client.send("GET /notebooks/api/kernels HTTP/1.1\r\nHost: lab.example\r\nConnection: Upgrade\r\n"
                        + "Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
                        + "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n");
                TestBackend.Received seen = app.next();
                assertEquals("GET /notebooks/api/kernels HTTP/1.1", seen.line());
                assertEquals(List.of("lab.example"), seen.header("Host"));
                assertEquals(List.of("websocket"), seen.header("Upgrade"));
            }
        }
    }
}
