package gateway.settings;

import gateway.net.ListenPort;
import gateway.net.Networks;
import gateway.net.ServiceAddresses;
import gateway.net.ServiceUrl;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of the gateway, read once from the environment, which nothing else reads. An unset or empty variable
 * means the default.
 *
 * @param host the address to listen on; 0.0.0.0 for all addresses
 * @param port the port to listen on; 0 for any free one
 * @param rateLimit the most requests of a client address to /api/*; empty for no limit
 * @param rememberedClients how many addresses and values of headers the limits keep apart; more share one budget
 * @param accessLog the format of the access log; empty for none
 * @param services URLs of services known from the start, which stay until they are deleted
 * @param routes the file of routes; empty for the one default route
 * @param state the file that keeps what was registered, drained and put by the API; empty if a restart forgets that
 * @param health how often services are checked, and how many checks make one healthy or unhealthy
 * @param connectTimeout how long connecting to a service may take, for each address of its host. Linux and others send
 * a SYN that gets no answer again after 1 s and after 3 s, and a service whose accept queue is full for a moment
 * answers none: a shorter timeout makes a failure of what is only late
 * @param upstreamTimeout how long a service may be silent, before its answer or between two bytes of it
 * @param webSocketIdleTimeout how long both sides of a WebSocket may be silent; it can't be unlimited
 * @param lease how long a service that registers with the lease "default" stays without renewal
 * @param redis what gateways share, and how; empty if this gateway shares nothing
 * @param access who may change things and read private data
 * @param clients how clients are identified
 * @param serviceNetworks the networks in which services must be; empty for any address that the address policy allows
 * @param tls HTTPS towards clients; empty for plain HTTP
 * @param backendCa PEM file with CAs to trust for https:// services, beside Java's
 * @param bounds the bounds of everything that clients can use
 * @param stickySecret the secret under which the cookies of sticky routes name services; empty for a random one at each
 * start
 * @param warmUp how long the gateway serves itself requests before it is ready; zero for not at all
 * @param drain how long requests in flight may take to finish when the gateway stops
 * @param reusePort whether another gateway may listen on the same port at the same time
 * @param environment all of these as texts, for operators
 */
public record Settings(
        String host,
        int port,
        Optional<Rate> rateLimit,
        int rememberedClients,
        Optional<LogForm> accessLog,
        List<ServiceUrl> services,
        Optional<Path> routes,
        Optional<Path> state,
        HealthSettings health,
        Duration connectTimeout,
        Duration upstreamTimeout,
        Duration webSocketIdleTimeout,
        Duration lease,
        Optional<RedisSettings> redis,
        AccessSettings access,
        ClientSettings clients,
        Networks serviceNetworks,
        Optional<TlsSettings> tls,
        Optional<Path> backendCa,
        Bounds bounds,
        Optional<Secret> stickySecret,
        Duration warmUp,
        Duration drain,
        boolean reusePort,
        Environment environment) {

    static final Setting<String> HOST =
            new Setting<>("GATEWAY_HOST", "0.0.0.0", "address to listen on", Settings::host);
    static final Setting<Integer> PORT =
            Setting.integer("GATEWAY_PORT", "8000", 0, 65535, "port to listen on; 0 for any free one");
    static final Setting<Optional<Rate>> RATE_LIMIT = new Setting<>(
            "GATEWAY_RATE_LIMIT",
            "5/60s",
            "requests per client address on /api/*: N/duration, or off",
            Rate::parseOrOff);
    static final Setting<Integer> REMEMBERED_CLIENTS = Setting.integer(
            "GATEWAY_RATE_LIMIT_CLIENTS",
            "200000",
            1,
            10_000_000,
            "most client addresses, or values of a header, remembered; while all are active, new ones share one budget");
    static final Setting<Optional<LogForm>> ACCESS_LOG =
            new Setting<>("GATEWAY_ACCESS_LOG", "text", "format of the access log: text, json or off", LogForm::parse);
    static final Setting<List<ServiceUrl>> SERVICES = new Setting<>(
            "GATEWAY_SERVICES", "", "service URLs known from the start, comma-separated", ServiceUrl::parseAll);
    static final Setting<Optional<Path>> ROUTES = TlsSettings.file(
            "GATEWAY_ROUTES", "YAML file with routes, watched for changes; none for the one route /api");
    static final Setting<Optional<Path>> STATE = TlsSettings.file(
            "GATEWAY_STATE",
            "file that keeps registered services, drains and put routes; none to forget them at a restart");
    static final Setting<Duration> CONNECT_TIMEOUT = Setting.duration(
            "GATEWAY_CONNECT_TIMEOUT",
            "5s", // outlives two lost SYNs
            "10ms",
            "1m",
            "how long connecting to a service may take; systems send a lost packet again after 1s and 3s");
    static final Setting<Duration> UPSTREAM_TIMEOUT = Setting.duration(
            "GATEWAY_UPSTREAM_TIMEOUT",
            "30s",
            "50ms",
            "24h",
            "longest silence of a service, before its answer or within it");
    static final Setting<Duration> WEBSOCKET_IDLE_TIMEOUT = Setting.duration(
            "GATEWAY_WEBSOCKET_IDLE_TIMEOUT", "1h", "1s", "24h", "longest silence of both sides of a WebSocket");
    static final Setting<Duration> LEASE = Setting.duration(
            "GATEWAY_LEASE", "15s", "1s", "24h", "how long a service that registers itself stays without renewal");

    static final Setting<Networks> SERVICE_NETWORKS = new Setting<>(
            "GATEWAY_SERVICE_NETWORKS",
            "",
            "networks in which services must be; none for no restriction",
            Networks::parse);
    static final Setting<Optional<Secret>> STICKY_SECRET = Setting.secret(
            "GATEWAY_STICKY_SECRET",
            "",
            "secret for the cookies of sticky routes, the same at all gateways; none for a new one at each start",
            text -> AccessSettings.token(text).map(Secret::new));
    static final Setting<Duration> WARM_UP = Setting.duration(
            "GATEWAY_WARM_UP",
            "1500ms",
            "0s",
            "1m",
            "how long the gateway serves itself requests before it is ready, so that the first ones are fast");
    static final Setting<Duration> DRAIN = Setting.duration(
            "GATEWAY_DRAIN",
            "10s",
            "0s",
            "1h",
            "how long requests in flight may take to finish when the gateway stops");
    static final Setting<Boolean> REUSE_PORT = Setting.yesOrNo(
            "GATEWAY_REUSE_PORT", "whether a new gateway may listen on the port while the old one drains");

    /**
     * Reads all settings.
     *
     * @throws InvalidSettings if any setting is invalid; names each with its value and what is expected
     */
    public static Settings from(Map<String, String> environment) {
        SettingsReader reader = new SettingsReader(environment);
        int port = reader.read(PORT);
        Settings settings = new Settings(
                reader.read(HOST),
                port,
                reader.read(RATE_LIMIT),
                reader.read(REMEMBERED_CLIENTS),
                reader.read(ACCESS_LOG),
                reader.read(SERVICES),
                reader.read(ROUTES),
                reader.read(STATE),
                HealthSettings.read(reader),
                reader.read(CONNECT_TIMEOUT),
                reader.read(UPSTREAM_TIMEOUT),
                reader.read(WEBSOCKET_IDLE_TIMEOUT),
                reader.read(LEASE),
                RedisSettings.read(reader),
                AccessSettings.read(reader, port),
                ClientSettings.read(reader),
                reader.read(SERVICE_NETWORKS),
                TlsSettings.read(reader, port),
                reader.read(TlsSettings.BACKEND_CA),
                Bounds.read(reader),
                reader.read(STICKY_SECRET),
                reader.read(WARM_UP),
                reader.read(DRAIN),
                reader.read(REUSE_PORT),
                reader.environment(SettingGroups.NAMES));
        List<ServiceUrl> urls = ServiceUrl.validOf(reader.text(SERVICES)); // even if others of the list are not
        urls.forEach(url -> settings.reportProblems(url, urls, reader));
        ListenPorts.reportSame(settings, reader);
        if (settings.state().isPresent() && settings.redis().isPresent()) {
            reader.report(
                    STATE,
                    settings.state().get().toString(),
                    "GATEWAY_REDIS_URL is set, too: Redis keeps the list and the routes already, and a file would bring"
                            + " back what other gateways have removed meanwhile; unset one of them");
        }
        reader.finish();
        return settings;
    }

    /** Returns which addresses services may have. */
    public ServiceAddresses serviceAddresses() {
        return new ServiceAddresses(serviceNetworks);
    }

    /**
     * Returns why no service may have this URL, to follow it, by a literal address only: a dead name server must not hold
     * up the start. Empty if nothing is known against it.
     */
    public Optional<String> objection(ServiceUrl url) {
        return url.address().flatMap(address -> serviceAddresses().objection(url, address, ListenPorts.numbers(this)));
    }

    /** Returns all ports that the gateway listens on, with the settings that say so; the main port first. */
    public List<ListenPort> listenPorts() {
        return ListenPorts.of(this);
    }

    private void reportProblems(ServiceUrl url, List<ServiceUrl> all, SettingsReader reader) {
        objection(url).ifPresent(words -> reader.report(SERVICES, url.toString(), words));
        long alike = all.stream()
                .filter(other -> other.authority().equals(url.authority()))
                .count();
        if (alike > 1) {
            reader.report(SERVICES, url.toString(), "another service has the same host and port, and so the same name");
        }
    }

    static String host(String text) {
        if (!text.strip().matches("[A-Za-z0-9.:_-]+")) {
            throw new IllegalArgumentException("expected an address or a host name, like 0.0.0.0, 127.0.0.1 or ::");
        }
        return text.strip();
    }
}
