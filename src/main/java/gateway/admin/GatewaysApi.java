package gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import gateway.registry.ClusterMembers;
import gateway.registry.ClusterMembers.Gateway;
import gateway.util.Time;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /gateways}: this gateway and those that share a limit and a list of services with it. */
public final class GatewaysApi {
    private final ClusterMembers gateways;
    private final Time time;

    public GatewaysApi(ClusterMembers gateways, Time time) {
        this.gateways = gateways;
        this.time = time;
    }

    /** @param isThis true for the gateway that answers, else null */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    private record View(
            String id,
            String address,
            String since,
            String version,
            @JsonProperty("this") Boolean isThis) {}

    /** Answers {@code GET /gateways}. */
    public void list(Context ctx) {
        List<View> views = gateways.all().stream().map(this::view).toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total_gateways", views.size());
        answer.put("gateways", views);
        answer.put("shared", gateways.shared());
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    private View view(Gateway gateway) {
        return new View(
                gateway.id(),
                gateway.address(),
                gateway.since().toString(),
                gateway.version(),
                gateway.id().equals(gateways.self().id()) ? true : null);
    }
}
