import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import gateway.testing.Await;
import gateway.testing.Ports;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * The commands of the README and docs/ are run as written, on other ports and with other files. A fence of "sh" has a
 * terminal of its own; the commands of all "console" fences of a scene are run in one shell, and their output is
 * compared but for what varies.
 */
@ResourceLock("run.sh")
@Tag("process")
class DocsCommandsTest {
    @TempDir
    private static Path folders;

    /** All scenes that are run here. */
    static final Set<String> SCENES = Set.of("fleet", "terminals", "cluster", "crashed", "token", "tls", "launch");

    @BeforeAll
    static void what_the_commands_need_is_there() throws IOException {
        for (String tool : List.of("bash", "curl", "python3", "seq", "openssl")) {
            assumeTrue(
                    Stream.of(System.getenv("PATH").split(":"))
                            .anyMatch(place -> Files.isExecutable(Path.of(place, tool))),
                    tool + " isn't there to run the commands with");
        }
        assumeTrue(System.getProperty("os.name").equals("Linux"), "the tour uses Linux's 127.0.0.2");
        RunScriptTest.what_maven_has_just_built_is_up_to_date();
    }

    @Test
    void every_command_of_the_tour_shows_what_is_shown() throws Exception {
        try (DocsScene scene = new DocsScene(folders, 0, 1, 2, 3, 4)) {
            scene.environment.remove("GATEWAY_URL");
            for (Docs.Fence fence : DocsScene.typed("fleet")) {
                scene.type(fence);
            }
            scene.compare(DocsScene.shown("fleet", 20));
            scene.end();
        }
    }

    @Test
    void each_process_has_a_terminal_of_its_own() throws Exception {
        try (DocsScene scene = new DocsScene(folders, 0)) {
            scene.environment.put("SERVICE_PORT", "0");
            List<Docs.Fence> fences = DocsScene.typed("terminals");
            for (Docs.Fence fence : fences) {
                scene.type(fence);
            }
            assertEquals(4, fences.size());
            assertEquals(3, RunScriptTest.healthy(scene.ports.first()));
            scene.end();
        }
    }

    @Test
    @Tag("redis")
    void several_gateways_show_what_is_shown_and_redis_is_used_again() throws Exception {
        try (DocsScene scene = new DocsScene(folders, 0, 1, 2, 3, 10, 20)) {
            scene.environment.remove("GATEWAY_URL");
            scene.environment.put("REDIS_PORT", "" + Ports.reserved());
            scene.environment.put("GATEWAY_REDIS_TIMEOUT", "5s"); // this machine may be busy
            List<Docs.Fence> cluster = DocsScene.typed("cluster");
            assertEquals(1, cluster.size());
            Launched terminal = scene.type(cluster.get(0));
            scene.compare(DocsScene.shown("cluster", 7));

            String crash = terminal.line("ready   | crash one: ").replaceAll(".*(kill -9 \\d+) \\(redis\\).*", "$1");
            try (Launched shell = Launched.start(Map.of(), "bash", "-c", crash)) {
                assertEquals(0, shell.exitCode(), shell.output());
            }
            terminal.line("redis has ended");
            Await.until("the gateway's knowing it", () -> store(scene).startsWith("memory"));
            List<Docs.Fence> again = DocsScene.typed("crashed");
            assertEquals(1, again.size());
            try (Launched redis = Launched.start(
                    scene.environment, "bash", "-c", "exec " + again.get(0).text())) {
                Await.until("its return", () -> store(scene).equals("redis"));
                redis.terminate();
                assertEquals(0, redis.exitCode(), redis.output());
            }
            scene.end();
        }
    }

    private static String store(DocsScene scene) throws IOException {
        return RunScriptTest.get(scene.ports.first(), "/health")
                .path("rate_limit_store")
                .asText();
    }

    @Test
    void the_token_is_made_and_opens_the_metrics() throws Exception {
        try (DocsScene scene = new DocsScene(folders, 0)) {
            scene.environment.put("SERVICE_PORT", "0");
            Launched last = null;
            for (Docs.Fence fence : DocsScene.typed("token")) {
                last = scene.type(fence);
            }
            assertTrue(last.output().contains("gateway_backend_up{backend=\"service-a\",url=\""), last.output());
            scene.end();
        }
    }

    @Test
    void a_certificate_is_made_and_a_service_registers_over_https() throws Exception {
        try (DocsScene scene = new DocsScene(folders, 0, 80)) {
            scene.environment.put("SERVICE_PORT", "0");
            Launched last = null;
            for (Docs.Fence fence : DocsScene.typed("tls")) {
                last = scene.type(fence);
            }
            assertEquals(2, last.output().split("\"service\":\"Service A\"", -1).length - 1, last.output());
            scene.end();
        }
    }

    @Test
    void the_single_file_starts() throws Exception {
        try (DocsScene scene = new DocsScene(folders, 0)) {
            for (Docs.Fence fence : DocsScene.typed("launch")) {
                scene.type(fence);
            }
            assertEquals(0, RunScriptTest.healthy(scene.ports.first()));
            scene.end();
        }
    }
}
