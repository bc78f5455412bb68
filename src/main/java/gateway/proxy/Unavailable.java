package gateway.proxy;

import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.route.Route;
import gateway.route.RouteConfig;

/** The 503 answers to valid requests for which no backend is available. */
final class Unavailable {
    private Unavailable() {}

    /** Returns the problem: no service of the route is available. */
    static Problem noService(Route route) {
        String which =
                route.name().equals(RouteConfig.DEFAULT) ? "registered service" : "service of the route " + route;
        return ProblemType.NO_SERVICE_AVAILABLE.problem(
                "No " + which + " is available; GET /services says why, POST /services registers one");
    }

    /** Returns the problem: each available service has as many requests as it may have. */
    static Problem allFull() {
        return ProblemType.ALL_FULL.problem(
                "Each available service has as many requests under way as it may have; try again in a moment");
    }

    /** Returns the problem: there is no room for another WebSocket, or the gateway is about to stop. */
    static Problem noRoom() {
        return ProblemType.NO_WEBSOCKET_NOW.problem("The gateway has too many WebSockets or is about to stop");
    }
}
