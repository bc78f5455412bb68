package gateway.http;

import static gateway.http.ProxyError.CONNECTION_LIMIT_REACHED;
import static gateway.http.ProxyError.DESTINATION_UNAVAILABLE;
import static gateway.http.ProxyError.HTTP_REQUEST_ERROR;
import static gateway.http.ProxyError.PROXY_INTERNAL_ERROR;
import static gateway.http.ProxyError.PROXY_LOOP_DETECTED;

import java.util.Arrays;
import java.util.List;
import java.util.Map;

/**
 * The kinds of errors that the gateway answers with: the "problem types" of RFC 9457. Each stands in
 * {@code docs/problems.md} and in the API's description, too.
 */
public enum ProblemType {
    // Requests to services

    /** 429: the client is over its limit. */
    RATE_LIMITED("rate-limited", "Rate limit exceeded", HTTP_REQUEST_ERROR, 429),

    /** 503: no service in the list is available. */
    NO_SERVICE_AVAILABLE("no-service-available", "No service available", DESTINATION_UNAVAILABLE, 503),

    /** 503: the gateway has GATEWAY_MAX_IN_FLIGHT requests to services under way. */
    OVERLOADED("overloaded", "Overloaded", CONNECTION_LIMIT_REACHED, 503),

    /** 503: each available service has GATEWAY_MAX_IN_FLIGHT_PER_SERVICE requests under way. */
    ALL_FULL("all-full", "All services full", CONNECTION_LIMIT_REACHED, 503),

    /** 503: too many WebSockets are open, or the gateway is about to stop. */
    NO_WEBSOCKET_NOW("no-websocket-now", "No WebSocket now", CONNECTION_LIMIT_REACHED, 503),

    /** 502: the service could not be reached, closed the connection, or sent no valid HTTP. */
    BAD_GATEWAY("bad-gateway", "Bad gateway", PROXY_INTERNAL_ERROR, 502),

    /** 504: the service was silent for longer than GATEWAY_UPSTREAM_TIMEOUT. */
    GATEWAY_TIMEOUT("gateway-timeout", "Gateway timeout", PROXY_INTERNAL_ERROR, 504),

    /** 403: a page of an origin that the route doesn't name asks whether it may send a request. */
    ORIGIN_NOT_ALLOWED("origin-not-allowed", "Origin not allowed", HTTP_REQUEST_ERROR, 403),

    /** 508: the request has passed this gateway before. */
    LOOP_DETECTED("loop-detected", "Loop detected", PROXY_LOOP_DETECTED, 508),

    /** 501: the request's body has a transfer coding other than chunked, or its method is longer than 64 characters. */
    NOT_IMPLEMENTED("not-implemented", "Not implemented", PROXY_INTERNAL_ERROR, 501),

    // Any request

    /**
     * 400: not valid HTTP, or not a request that the gateway forwards; what Jetty can't read has the other statuses.
     */
    BAD_REQUEST("bad-request", "Bad request", HTTP_REQUEST_ERROR, 400, 408, 413, 501, 505),

    /** 408: the request's header or body stopped arriving, or came too slowly. */
    REQUEST_TIMEOUT("request-timeout", "Request timeout", HTTP_REQUEST_ERROR, 408),

    /** 413: the body is larger than GATEWAY_MAX_BODY, or a registration or route than 64 KB. */
    CONTENT_TOO_LARGE("content-too-large", "Content too large", HTTP_REQUEST_ERROR, 413),

    /** 414: the path and query are longer than GATEWAY_MAX_URI. */
    URI_TOO_LONG("uri-too-long", "URI too long", HTTP_REQUEST_ERROR, 414),

    /** 431: the header is larger than GATEWAY_MAX_HEADER. */
    HEADER_TOO_LARGE("header-too-large", "Header too large", HTTP_REQUEST_ERROR, 431),

    /** 404: the gateway has nothing at this path. */
    NOT_FOUND("not-found", "Not found", HTTP_REQUEST_ERROR, 404),

    /** 405: the path doesn't support this method. */
    METHOD_NOT_ALLOWED("method-not-allowed", "Method not allowed", HTTP_REQUEST_ERROR, 405),

    /** 500: the gateway failed at this request; its log has the cause. */
    INTERNAL("internal", "Internal error", PROXY_INTERNAL_ERROR, 500),

    /** Any status: the server below the gateway's own code refused the request. */
    REFUSED("refused", "Refused", HTTP_REQUEST_ERROR),

    // The gateway's own API

    /** 401: no token was sent, and the gateway has one. */
    TOKEN_REQUIRED("token-required", "Token required", HTTP_REQUEST_ERROR, 401),

    /** 401: the token isn't the gateway's. */
    INVALID_TOKEN("invalid-token", "Invalid token", HTTP_REQUEST_ERROR, 401),

    /** 403: no token is set, so only its own user and root on the gateway's machine have access. */
    OPERATORS_ONLY("operators-only", "Operators only", HTTP_REQUEST_ERROR, 403),

    /** 403: a page of another site requested a change. */
    CROSS_SITE("cross-site", "Cross-site request", HTTP_REQUEST_ERROR, 403),

    /** 400: a service can't be registered like this; the member "errors" says why. */
    INVALID_REGISTRATION("invalid-registration", "Invalid registration", HTTP_REQUEST_ERROR, 400),

    /** 415: the registration or route isn't declared as JSON. */
    UNSUPPORTED_MEDIA_TYPE("unsupported-media-type", "Unsupported media type", HTTP_REQUEST_ERROR, 415),

    /** 503: more than GATEWAY_MAX_REGISTRATIONS in this second. */
    TOO_MANY_REGISTRATIONS("too-many-registrations", "Too many registrations", PROXY_INTERNAL_ERROR, 503),

    /** 503: GATEWAY_MAX_SERVICES services are registered. */
    TOO_MANY_SERVICES("too-many-services", "Too many services", PROXY_INTERNAL_ERROR, 503),

    /** 404: no service has this name. */
    UNKNOWN_SERVICE("unknown-service", "Unknown service", HTTP_REQUEST_ERROR, 404),

    /** 404: no route has this name. */
    UNKNOWN_ROUTE("unknown-route", "Unknown route", HTTP_REQUEST_ERROR, 404),

    /** 400: a route can't be like this; the member "errors" says why. */
    INVALID_ROUTE("invalid-route", "Invalid route", HTTP_REQUEST_ERROR, 400),

    /** 409: what is to be changed comes from elsewhere than the API, or another route matches the same requests. */
    ROUTE_CONFLICT("route-conflict", "Route conflict", HTTP_REQUEST_ERROR, 409),

    /** 503: there are as many routes by the API as there may be. */
    TOO_MANY_ROUTES("too-many-routes", "Too many routes", PROXY_INTERNAL_ERROR, 503),

    /** 404: none of the requests that the gateway remembers has this id. */
    UNKNOWN_REQUEST("unknown-request", "Unknown request", HTTP_REQUEST_ERROR, 404),

    /** 503: GATEWAY_MAX_VIEWERS dashboards are open. */
    TOO_MANY_VIEWERS("too-many-viewers", "Too many viewers", PROXY_INTERNAL_ERROR, 503);

    private final String slug;
    private final String title;
    private final ProxyError error;
    private final List<Integer> statuses;

    ProblemType(String slug, String title, ProxyError error, int... statuses) {
        this.slug = slug;
        this.title = title;
        this.error = error;
        this.statuses = Arrays.stream(statuses).boxed().toList();
    }

    /** Returns the last part of the type's URN, {@code urn:api-gateway:problem:<slug>}. */
    public String slug() {
        return slug;
    }

    /** Returns the statuses that a problem of this type may have, the usual one first; empty for any. */
    public List<Integer> statuses() {
        return statuses;
    }

    /**
     * Returns a problem of this type, with its usual status.
     *
     * @param detail what happened and what would help
     */
    public Problem problem(String detail) {
        return problem(detail, error, null);
    }

    /**
     * Returns a problem on the way to a service.
     *
     * @param detail what happened and what would help
     * @param error the kind of failure for {@code Proxy-Status} (RFC 9209)
     * @param nextHop the backend that was asked last; null if none was
     */
    public Problem problem(String detail, ProxyError error, String nextHop) {
        return problem(statuses.get(0), title, detail, error, nextHop);
    }

    /**
     * Returns a problem of this type with a given status.
     *
     * @param status 400 to 599
     * @param title the title of that status
     * @param detail what happened and what would help
     */
    public Problem problem(int status, String title, String detail) {
        return problem(status, title, detail, status < 500 ? HTTP_REQUEST_ERROR : PROXY_INTERNAL_ERROR, null);
    }

    private Problem problem(int status, String title, String detail, ProxyError error, String nextHop) {
        return new Problem(this, status, title, detail, Map.of(), new ProxyStatus(error, nextHop, detail));
    }
}
