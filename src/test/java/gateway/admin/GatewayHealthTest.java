package gateway.admin;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.events.Who;
import gateway.lifecycle.Drain;
import gateway.lifecycle.Lifecycle;
import gateway.limit.LimitHandler;
import gateway.limit.LimitStore;
import gateway.limit.Limits;
import gateway.net.Networks;
import gateway.net.ServiceUrl;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.Routes;
import gateway.testing.TestRoutes;
import gateway.util.Time;
import io.javalin.Javalin;
import io.javalin.testtools.JavalinTest;
import io.javalin.testtools.TestConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class GatewayHealthTest {
    private static final ObjectMapper JSON = new ObjectMapper();

    /** A thread ended for good, silently: the gateway was healthy, and its list was no longer shared. */
    @Test
    void health_names_what_has_ended_for_good() {
        List<String> ended = new ArrayList<>();
        Lifecycle lifecycle = new Lifecycle(new Drain());
        lifecycle.watch(() -> ended, () -> List.of());
        ServiceList services = new ServiceList(Time.system());
        services.admit(
                services.register(new Service("a", ServiceUrl.parse("http://h:1"), Optional.empty()), Who.GATEWAY)
                        .backend(),
                "test");
        Routes routes = TestRoutes.usual(services);
        LimitHandler limiter = new LimitHandler(
                Limits.of(routes, LimitStore.MEMORY, 10, Time.system()),
                Networks.NONE,
                Optional.empty(),
                Time.system());
        GatewayApi api = new GatewayApi(services, routes, limiter, null, lifecycle, Time.system());
        Javalin app = Javalin.create(config -> config.routes.get("/health", api::health));
        JavalinTest.test(app, new TestConfig(false), (server, client) -> {
            JsonNode well = JSON.readTree(client.get("/health").body().string());
            assertEquals("healthy", well.path("status").asText());
            assertFalse(well.has("ended"));
            ended.add("shared-list");
            JsonNode ill = JSON.readTree(client.get("/health").body().string());
            assertEquals("degraded", ill.path("status").asText());
            assertEquals("[\"shared-list\"]", ill.path("ended").toString());
            assertFalse(ill.has("troubles"));
        });
        lifecycle.stopped();
    }
}
