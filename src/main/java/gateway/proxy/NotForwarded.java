package gateway.proxy;

import gateway.http.Problem;
import gateway.http.ProxyError;

/** Why a sound request goes to no backend at all. */
final class NotForwarded {
    private NotForwarded() {}

    /** There is nobody to forward to. */
    static Problem noService() {
        return new Problem(
                503,
                "no-service-available",
                "No service available",
                "No registered service is available; GET /services says why, POST /services registers one",
                ProxyError.DESTINATION_UNAVAILABLE,
                null);
    }

    /** All who are available have as many requests as they may have. */
    static Problem allFull() {
        return new Problem(
                503,
                "all-full",
                "All services full",
                "Each available service has as many requests under way as it may have; try again in a moment",
                ProxyError.CONNECTION_LIMIT_REACHED,
                null);
    }

    /** A WebSocket would be one too many, or too late. */
    static Problem noRoom() {
        return new Problem(
                503,
                "no-websocket-now",
                "No WebSocket now",
                "The gateway has too many WebSockets or is about to stop",
                ProxyError.CONNECTION_LIMIT_REACHED,
                null);
    }
}
