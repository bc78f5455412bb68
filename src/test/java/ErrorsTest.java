import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import gateway.client.TrustedProxies;
import gateway.server.ServerConfig;
import gateway.settings.Settings;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestRoutes;
import gateway.trace.Outcome;
import gateway.trace.Stage;
import gateway.trace.Stages;
import gateway.trace.Trace;
import gateway.trace.TraceEnds;
import gateway.trace.TraceStart;
import gateway.util.Time;
import io.javalin.Javalin;
import io.javalin.http.Handler;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What nothing in the gateway foresaw. */
class ErrorsTest {
    private static final TraceStart TRACING =
            new TraceStart(TestRoutes.finder(), TrustedProxies.NOBODY, () -> 7, Time.system());

    private static final Handler WELL = ctx -> {};
    private static final Stage PASSES = (request, answer, trace) -> false;

    static List<Arguments> unforeseen() {
        Handler fails = ctx -> {
            throw new IllegalStateException("on purpose");
        };
        Handler breaks = ctx -> {
            throw new StackOverflowError("on purpose");
        };
        Stage failing = (request, answer, trace) -> {
            throw new IllegalStateException("on purpose");
        };
        Stage breaking = (request, answer, trace) -> {
            throw new StackOverflowError("on purpose");
        };
        return List.of(
                Arguments.of("an exception", PASSES, fails),
                Arguments.of("an error of the JVM", PASSES, breaks),
                Arguments.of("an exception of a stage", failing, WELL),
                Arguments.of("an error of the JVM in a stage", breaking, WELL));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unforeseen")
    void is_a_problem_and_a_failure_in_the_request_s_trace(String what, Stage stage, Handler handler) throws Exception {
        BlockingQueue<Trace> ended = new LinkedBlockingQueue<>();
        Javalin app = started(stage, handler, ended::add);
        try (RawClient client = new RawClient(app.port())) {
            RawClient.Answer answer =
                    client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            assertEquals(500, answer.status());
            assertEquals(
                    "urn:api-gateway:problem:internal",
                    TestGateway.json(answer).path("type").asText());
            assertEquals(1, answer.header("Proxy-Status").size());
            assertEquals(Outcome.FAILED, ended.poll(30, TimeUnit.SECONDS).outcome());
        } finally {
            app.stop();
        }
    }

    @Test
    void in_the_middle_of_an_answer_breaks_it_off_so_that_the_part_is_not_taken_for_the_whole() throws Exception {
        Stage halfway = (request, answer, trace) -> {
            answer.write(new byte[] {'h', 'a', 'l', 'f'}, 0, 4, false);
            throw new IllegalStateException("on purpose");
        };
        Javalin app = started(halfway, WELL, trace -> {});
        try (RawClient client = new RawClient(app.port())) {
            client.send("GET /api/x HTTP/1.1\r\nHost: x\r\n\r\n").head();
            assertEquals("4\r\nhalf", client.bytes(7)); // this is Jetty's own connector: the line end would come later
            assertThrows(IOException.class, client::chunk, "no last chunk");
        } finally {
            app.stop();
        }
    }

    private static Javalin started(Stage stage, Handler handler, Consumer<Trace> ended) {
        Settings settings = Settings.from(Map.of("GATEWAY_HOST", "127.0.0.1", "GATEWAY_PORT", "0"));
        return Javalin.create(config -> {
                    ServerConfig.configure(config, settings, TRACING);
                    config.jetty.modifyServer(server ->
                            server.setRequestLog(new TraceEnds(Time.system(), List.of(ended), problem -> {})));
                    ServerConfig.handleBefore(config, new Stages(TRACING, stage));
                    config.routes.get("/api/x", handler);
                })
                .start();
    }

    /** Whoever breaks off a connection could else write as many stack traces as there is room for. */
    @Test
    void a_connection_that_breaks_is_no_failure_of_the_gateway() throws Exception {
        Settings settings = Settings.from(Map.of("GATEWAY_HOST", "127.0.0.1", "GATEWAY_PORT", "0"));
        Javalin app = Javalin.create(config -> {
                    ServerConfig.configure(config, settings, TRACING);
                    config.routes.get("/x", ctx -> {
                        throw new IOException("reset, on purpose");
                    });
                })
                .start();
        try (RawClient client = new RawClient(app.port())) {
            Answer answer = client.send("GET /x HTTP/1.1\r\nHost: x\r\n\r\n").answer();
            assertEquals(400, answer.status());
            assertEquals(
                    "urn:api-gateway:problem:bad-request",
                    TestGateway.json(answer).path("type").asText());
        } finally {
            app.stop();
        }
    }
}
