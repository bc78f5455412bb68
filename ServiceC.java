// "java ServiceC.java" compiles this file alone and takes the rest from the class path. This builds and sets both:
// eval "$(./run.sh env)"
import com.fasterxml.jackson.databind.JsonNode;
import gateway.lifecycle.Launch;
import gateway.server.ServiceServer;
import gateway.service.Registration;
import gateway.service.ServiceSettings;
import io.javalin.config.RoutesConfig;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ThreadLocalRandom;

/** Service C, an example to copy: a complete small backend that registers itself. Its records are its JSON answers. */
public final class ServiceC {
    private static final String NAME = "Service C";
    private static final String ID = "service-c";

    record Status(String status, String service, int port, String timestamp) {}

    record Data(String service, int port, Sample data, String client_ip, String timestamp) {}

    record Sample(String message, int random_value, List<String> items, int count) {}

    record Ack(String service, int port, String message, Object received_data, String processed_by, String timestamp) {}

    record Info(
            String service_name, String service_id, int port, String version, List<?> capabilities, String timestamp) {}

    public static void main(String[] arguments) {
        Launch.main(ServiceSettings.commandLine("ServiceC", 8003), arguments, () -> {
            ServiceSettings settings = ServiceSettings.from(System.getenv(), List.of(arguments), 8003);
            ServiceServer server = ServiceServer.start(settings, ServiceC::routes);
            Registration registration = Registration.start(settings, ID, server.port());
            return () -> server.stop(registration);
        });
    }

    static void routes(RoutesConfig routes) {
        routes.get("/", ctx -> ctx.json(new Status("running", NAME, ctx.req().getLocalPort(), now())));
        routes.get(
                "/health", ctx -> ctx.json(new Status("healthy", NAME, ctx.req().getLocalPort(), now())));
        routes.get("/data", ctx -> {
            int random = ThreadLocalRandom.current().nextInt(200, 301); // 200 to 300
            Sample sample = new Sample("Hello from " + NAME, random, List.of("red", "green", "blue"), 3);
            ctx.json(new Data(NAME, ctx.req().getLocalPort(), sample, ctx.ip(), now()));
        });
        routes.post("/data", ctx -> {
            JsonNode body = ctx.bodyAsClass(JsonNode.class);
            ctx.json(new Ack(NAME, ctx.req().getLocalPort(), "Data handled successfully", body, NAME, now()));
        });
        routes.get("/info", ctx -> {
            List<String> capabilities = List.of("data", "health", "info");
            ctx.json(new Info(NAME, ID, ctx.req().getLocalPort(), "1.0.0", capabilities, now()));
        });
    }

    private static String now() {
        return Instant.now().toString();
    }
}
