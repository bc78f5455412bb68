package gateway.settings;

import java.time.Duration;
import java.util.List;

/**
 * The bounds of everything that clients can use, for each client and in all.
 *
 * @param body the largest request body, bytes
 * @param header the largest request line and header fields together, bytes
 * @param uri the longest request URI, bytes
 * @param headerTimeout from a request's first byte, or a connection's beginning, to the end of the header
 * @param bodyTimeout how long a request's body may stall
 * @param idleTimeout how long a connection may wait for a request, or stall in taking an answer
 * @param connections the most open client connections
 * @param connectionsPerClient the most of them from one client address
 * @param inFlight the most concurrent requests to services
 * @param inFlightPerService the most of them to one service, which is then full
 * @param services the most registered services
 * @param registrations the most registrations a second, including renewals of leases
 * @param viewers the most streams of the dashboard: the tabs of a browser share one
 */
public record Bounds(
        long body,
        int header,
        int uri,
        Duration headerTimeout,
        Duration bodyTimeout,
        Duration idleTimeout,
        int connections,
        int connectionsPerClient,
        int inFlight,
        int inFlightPerService,
        int services,
        int registrations,
        int viewers) {

    private static final int MILLION = 1_000_000;

    static final Setting<Long> BODY =
            Setting.size("GATEWAY_MAX_BODY", "10MB", 0, 1L << 40, "largest request body; larger ones get 413");
    static final Setting<Long> HEADER =
            Setting.size("GATEWAY_MAX_HEADER", "32KB", 1024, 1 << 20, "largest request header; larger ones get 431");
    static final Setting<Long> URI =
            Setting.size("GATEWAY_MAX_URI", "8KB", 256, 1 << 20, "longest request URI; longer ones get 414");
    static final Setting<Duration> HEADER_TIMEOUT = Setting.duration(
            "GATEWAY_HEADER_TIMEOUT", "10s", "100ms", "10m", "how long a request's header may take to arrive");
    static final Setting<Duration> BODY_TIMEOUT = Setting.duration(
            "GATEWAY_BODY_TIMEOUT", "20s", "100ms", "1h", "how long a request's body may stall; then 408");
    static final Setting<Duration> IDLE_TIMEOUT = Setting.duration(
            "GATEWAY_IDLE_TIMEOUT",
            "60s",
            "100ms",
            "24h",
            "how long a client's connection may wait for a request, or stall in taking an answer");
    static final Setting<Integer> CONNECTIONS = Setting.integer(
            "GATEWAY_MAX_CONNECTIONS", "10000", 1, MILLION, "most client connections; more are closed at once");
    static final Setting<Integer> CONNECTIONS_PER_CLIENT = Setting.integer(
            "GATEWAY_MAX_CONNECTIONS_PER_CLIENT",
            "200",
            1,
            MILLION,
            "most client connections from one address; local ones don't count");
    static final Setting<Integer> IN_FLIGHT = Setting.integer(
            "GATEWAY_MAX_IN_FLIGHT", "1000", 1, MILLION, "most concurrent requests to services; more get 503 at once");
    static final Setting<Integer> IN_FLIGHT_PER_SERVICE = Setting.integer(
            "GATEWAY_MAX_IN_FLIGHT_PER_SERVICE",
            "500",
            1,
            MILLION,
            "most concurrent requests to one service, which is then passed over");
    static final Setting<Integer> SERVICES =
            Setting.integer("GATEWAY_MAX_SERVICES", "1000", 1, 100_000, "most registered services");
    static final Setting<Integer> REGISTRATIONS = Setting.integer(
            "GATEWAY_MAX_REGISTRATIONS", "1000", 1, MILLION, "most registrations and renewals a second; more get 503");
    static final Setting<Integer> VIEWERS = Setting.integer(
            "GATEWAY_MAX_VIEWERS",
            "50",
            0,
            10_000,
            "most streams of the dashboard, one for each browser that shows it; more get 503");

    static final List<Setting<?>> ALL = List.of(
            BODY,
            HEADER,
            URI,
            HEADER_TIMEOUT,
            BODY_TIMEOUT,
            IDLE_TIMEOUT,
            CONNECTIONS,
            CONNECTIONS_PER_CLIENT,
            IN_FLIGHT,
            IN_FLIGHT_PER_SERVICE,
            SERVICES,
            REGISTRATIONS,
            VIEWERS);

    static Bounds read(SettingsReader reader) {
        return new Bounds(
                reader.read(BODY),
                reader.read(HEADER).intValue(),
                reader.read(URI).intValue(),
                reader.read(HEADER_TIMEOUT),
                reader.read(BODY_TIMEOUT),
                reader.read(IDLE_TIMEOUT),
                reader.read(CONNECTIONS),
                reader.read(CONNECTIONS_PER_CLIENT),
                reader.read(IN_FLIGHT),
                reader.read(IN_FLIGHT_PER_SERVICE),
                reader.read(SERVICES),
                reader.read(REGISTRATIONS),
                reader.read(VIEWERS));
    }
}
