package gateway.admin;

import com.fasterxml.jackson.databind.JsonNode;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.route.Route;
import gateway.route.RouteTable;
import gateway.route.Routes;
import java.util.List;
import java.util.stream.Collectors;

/** Which route a service registers for: the one that it names or, if that is clear, the only or the default one. */
final class RouteChoice {
    private static final String FIELD = "route";

    /** How many routes a message names. */
    private static final int MOST_NAMED = 20;

    private final Routes routes;

    RouteChoice(Routes routes) {
        this.routes = routes;
    }

    /** Returns the route's name; null if there is none that can be meant: then there is an error. */
    String read(JsonNode value, List<FieldError> errors) {
        if (value == null || value.isNull()) {
            String usual = routes.usual();
            if (usual == null) {
                errors.add(new FieldError(FIELD, "is missing; " + named(routes.table())));
            }
            return usual;
        }
        if (!value.isTextual()) {
            errors.add(new FieldError(FIELD, "must be text, not " + value));
            return null;
        }
        if (routes.table().get(value.textValue()) == null) {
            errors.add(new FieldError(FIELD, "names no route: " + value + "; " + named(routes.table())));
            return null;
        }
        return value.textValue();
    }

    /** Returns the problem for a name that no route has. */
    static Problem unknown(String name, RouteTable table) {
        return ProblemType.UNKNOWN_ROUTE.problem("No route is called " + name + "; " + named(table));
    }

    /** Returns which routes there are, for people. */
    private static String named(RouteTable table) {
        List<Route> all = table.all();
        if (all.isEmpty()) {
            return "there is none";
        }
        String names = all.stream().limit(MOST_NAMED).map(Route::name).collect(Collectors.joining(", "));
        return "there " + (all.size() == 1 ? "is " : "are ") + names
                + (all.size() > MOST_NAMED
                        ? " and " + (all.size() - MOST_NAMED) + " more, which GET /routes lists"
                        : "");
    }
}
