import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.client.TrustedProxies;
import gateway.server.ServerConfig;
import gateway.settings.Settings;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestRoutes;
import gateway.trace.Outcome;
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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/** What nothing in the gateway foresaw. */
class ErrorsTest {
    private static final TraceStart TRACING =
            new TraceStart(TestRoutes.finder(), TrustedProxies.NOBODY, () -> 7, Time.system());

    static List<Arguments> unforeseen() {
        Handler fails = ctx -> {
            throw new IllegalStateException("on purpose");
        };
        Handler breaks = ctx -> {
            throw new StackOverflowError("on purpose");
        };
        return List.of(Arguments.of("an exception", fails), Arguments.of("an error of the JVM", breaks));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("unforeseen")
    void is_a_problem_and_a_failure_in_the_request_s_trace(String what, Handler handler) throws Exception {
        BlockingQueue<Trace> ended = new LinkedBlockingQueue<>();
        Settings settings = Settings.from(Map.of("GATEWAY_HOST", "127.0.0.1", "GATEWAY_PORT", "0"));
        Javalin app = Javalin.create(config -> {
                    ServerConfig.configure(config, settings, TRACING);
                    config.jetty.modifyServer(server ->
                            server.setRequestLog(new TraceEnds(Time.system(), List.of(ended::add), problem -> {})));
                    ServerConfig.handleBefore(config, new Stages(TRACING));
                    config.routes.get("/api/x", handler);
                })
                .start();
        try (RawClient client = new RawClient(app.port())) {
            Answer answer =
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
