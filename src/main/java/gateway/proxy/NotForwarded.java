package gateway.proxy;

import gateway.http.Problem;
import gateway.http.ProblemType;

/** Why a sound request goes to no backend at all. */
final class NotForwarded {
    private NotForwarded() {}

    /** There is nobody to forward to. */
    static Problem noService() {
        return ProblemType.NO_SERVICE_AVAILABLE.problem(
                "No registered service is available; GET /services says why, POST /services registers one");
    }

    /** All who are available have as many requests as they may have. */
    static Problem allFull() {
        return ProblemType.ALL_FULL.problem(
                "Each available service has as many requests under way as it may have; try again in a moment");
    }

    /** A WebSocket would be one too many, or too late. */
    static Problem noRoom() {
        return ProblemType.NO_WEBSOCKET_NOW.problem("The gateway has too many WebSockets or is about to stop");
    }
}
