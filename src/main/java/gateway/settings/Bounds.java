package gateway.settings;

import java.time.Duration;
import java.util.List;

/**
 * How much the gateway takes on, of anybody and in all.
 *
 * @param body of a request, bytes
 * @param header of a request: its line and all header fields, bytes
 * @param uri of a request, bytes
 * @param headerTimeout from a request's first byte, or a connection's beginning, to the end of its header
 * @param bodyTimeout how long a request's body may stall
 * @param idleTimeout how long a connection may be without a request, or take for a part of an answer
 * @param connections open ones of clients
 * @param connectionsPerClient of those, of one client address
 * @param inFlight requests for services being worked on
 * @param inFlightPerService of those, at one service, which then is full
 * @param services registered ones
 * @param registrations each second, renewals of leases among them
 * @param viewers pages open at the same time
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
            Setting.size("GATEWAY_MAX_BODY", "10MB", 0, 1L << 40, "largest request body; more is answered with 413");
    static final Setting<Long> HEADER = Setting.size(
            "GATEWAY_MAX_HEADER", "32KB", 1024, 1 << 20, "largest request header; more is answered with 431");
    static final Setting<Long> URI =
            Setting.size("GATEWAY_MAX_URI", "8KB", 256, 1 << 20, "longest request URI; more is answered with 414");
    static final Setting<Duration> HEADER_TIMEOUT = Setting.duration(
            "GATEWAY_HEADER_TIMEOUT", "10s", "100ms", "10m", "how long a request's header may take to arrive");
    static final Setting<Duration> BODY_TIMEOUT = Setting.duration(
            "GATEWAY_BODY_TIMEOUT", "20s", "100ms", "1h", "how long a request's body may stall; then 408");
    static final Setting<Duration> IDLE_TIMEOUT = Setting.duration(
            "GATEWAY_IDLE_TIMEOUT",
            "60s",
            "100ms",
            "24h",
            "how long a client's connection may be without a request, or take for a part of an answer");
    static final Setting<Integer> CONNECTIONS = Setting.integer(
            "GATEWAY_MAX_CONNECTIONS", "10000", 1, MILLION, "connections of clients in all; more are closed at once");
    static final Setting<Integer> CONNECTIONS_PER_CLIENT = Setting.integer(
            "GATEWAY_MAX_CONNECTIONS_PER_CLIENT",
            "200",
            1,
            MILLION,
            "of those, of one address; this machine's are not counted");
    static final Setting<Integer> IN_FLIGHT = Setting.integer(
            "GATEWAY_MAX_IN_FLIGHT", "1000", 1, MILLION, "requests for services under way; more get 503 at once");
    static final Setting<Integer> IN_FLIGHT_PER_SERVICE = Setting.integer(
            "GATEWAY_MAX_IN_FLIGHT_PER_SERVICE",
            "500",
            1,
            MILLION,
            "of those, at one service, which then is full: passed over");
    static final Setting<Integer> SERVICES =
            Setting.integer("GATEWAY_MAX_SERVICES", "1000", 1, 100_000, "services that may be registered");
    static final Setting<Integer> REGISTRATIONS = Setting.integer(
            "GATEWAY_MAX_REGISTRATIONS", "1000", 1, MILLION, "registrations and renewals a second; more get 503");
    static final Setting<Integer> VIEWERS =
            Setting.integer("GATEWAY_MAX_VIEWERS", "50", 0, 10_000, "pages that may be open; more get 503");

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
