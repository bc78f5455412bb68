import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import gateway.Drain;
import gateway.Launch;
import gateway.ServiceSettings;
import gateway.registry.Registration;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Service B: a complete small backend that registers itself with the gateway. An example to copy. */
public final class ServiceB {
    private static final String NAME = "Service B";
    private static final String ID = "service-b";
    private static final ObjectMapper JSON = new ObjectMapper().enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS);

    public static void main(String[] arguments) {
        Launch.main("ServiceB", ServiceSettings.help(8002), arguments, 1, () -> {
            ServiceSettings settings = ServiceSettings.from(System.getenv(), List.of(arguments), 8002);
            Javalin app = create().start(settings.port());
            Registration registration = Registration.start(settings.gateway(), ID, settings.url(app.port()));
            return () -> {
                registration.close();
                new Drain().run(app.jettyServer().server());
                app.stop();
            };
        });
    }

    static Javalin create() {
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.concurrency.useVirtualThreads = true;
            config.routes.get("/", ctx -> ctx.json(stamped(named(ctx).put("status", "running"))));
            config.routes.get("/health", ctx -> {
                ObjectNode health = JSON.createObjectNode().put("status", "healthy");
                ctx.json(stamped(health.setAll(named(ctx))));
            });
            config.routes.get("/data", ctx -> {
                int random = ThreadLocalRandom.current().nextInt(100, 201); // 100 to 200
                ObjectNode data = JSON.createObjectNode()
                        .put("message", "Hello from " + NAME)
                        .put("random_value", random);
                data.set("items", JSON.valueToTree(List.of("dog", "cat", "bird")));
                ObjectNode answer = named(ctx).set("data", data.put("count", 3));
                ctx.json(stamped(answer.put("client_ip", ctx.ip())));
            });
            config.routes.post("/data", ctx -> {
                JsonNode received = JSON.readValue(ctx.bodyAsBytes(), JsonNode.class);
                ObjectNode answer =
                        named(ctx).put("message", "Data processed successfully").set("received_data", received);
                ctx.json(stamped(answer.put("processed_by", NAME)));
            });
            config.routes.get("/info", ctx -> {
                ObjectNode info =
                        JSON.createObjectNode().put("service_name", NAME).put("service_id", ID);
                info.put("port", ctx.req().getLocalPort()).put("version", "1.0.0");
                ctx.json(stamped(info.set("capabilities", JSON.valueToTree(List.of("data", "health", "info")))));
            });
            config.routes.exception(
                    JsonProcessingException.class,
                    (e, ctx) -> ctx.status(400)
                            .json(named(ctx).put("error", "the body isn't JSON: " + e.getOriginalMessage())));
        });
    }

    private static ObjectNode named(Context ctx) {
        return JSON.createObjectNode()
                .put("service", NAME)
                .put("port", ctx.req().getLocalPort());
    }

    private static ObjectNode stamped(ObjectNode answer) {
        return answer.put("timestamp", Instant.now().toString());
    }
}
