import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Launch;
import gateway.service.FaultInjection;
import gateway.service.Registration;
import gateway.service.ServiceSettings;
import io.javalin.Javalin;
import io.javalin.http.Context;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ThreadLocalRandom;

/** Service A: a complete small backend that registers itself with the gateway. An example to copy. */
public final class ServiceA {
    private static final String NAME = "Service A";
    private static final String ID = "service-a";

    // The answers, with the names that JSON has.
    record Status(String status, String service, int port, String timestamp) {}

    record Data(String service, int port, Sample data, String client_ip, String timestamp) {}

    record Sample(String message, int random_value, List<String> items, int count) {}

    record Got(String service, int port, String message, Object received_data, String processed_by, String timestamp) {}

    record Info(
            String service_name, String service_id, int port, String version, List<?> capabilities, String timestamp) {}

    public static void main(String[] arguments) {
        Launch.main("ServiceA", ServiceSettings.help(8001), arguments, 1, () -> {
            ServiceSettings settings = ServiceSettings.from(System.getenv(), List.of(arguments), 8001);
            Javalin app = create(settings.trouble()).start(settings.port());
            Registration registration = Registration.start(settings, ID, app.port());
            return () -> {
                registration.close();
                new Drain().run(app.jettyServer().server());
                app.stop();
            };
        });
    }

    static Javalin create(FaultInjection trouble) {
        return Javalin.create(config -> {
            config.startup.showJavalinBanner = false;
            config.concurrency.useVirtualThreads = true;
            config.routes.before(ctx -> {
                if (trouble.strikes(ctx.path())) {
                    ctx.status(500).json(Map.of("error", trouble.reason())).skipRemainingHandlers();
                }
            });
            config.routes.get("/", ctx -> ctx.json(new Status("running", NAME, port(ctx), now())));
            config.routes.get("/health", ctx -> ctx.json(new Status("healthy", NAME, port(ctx), now())));
            config.routes.get("/data", ctx -> {
                int random = ThreadLocalRandom.current().nextInt(1, 101); // 1 to 100
                Sample sample = new Sample("Hello from " + NAME, random, List.of("apple", "banana", "cherry"), 3);
                ctx.json(new Data(NAME, port(ctx), sample, ctx.ip(), now()));
            });
            config.routes.post("/data", ctx -> {
                JsonNode body = ctx.bodyAsClass(JsonNode.class);
                ctx.json(new Got(NAME, port(ctx), "Data received successfully", body, NAME, now()));
            });
            List<String> capabilities = List.of("data", "health", "info");
            config.routes.get("/info", ctx -> ctx.json(new Info(NAME, ID, port(ctx), "1.0.0", capabilities, now())));
            config.routes.exception(
                    JsonProcessingException.class,
                    (e, ctx) ->
                            ctx.status(400).json(Map.of("error", "the body isn't JSON: " + e.getOriginalMessage())));
        });
    }

    private static int port(Context ctx) {
        return ctx.req().getLocalPort();
    }

    private static String now() {
        return Instant.now().toString();
    }
}
