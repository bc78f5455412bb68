package gateway.service;

import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.settings.AccessSettings;
import gateway.settings.InvalidSettings;
import gateway.settings.Setting;
import gateway.settings.SettingsReader;
import gateway.settings.TlsSettings;
import gateway.tls.Trust;
import gateway.util.Durations;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * The settings of one of the services beside the gateway.
 *
 * @param port the port to listen on; 0 for any free one
 * @param gateways the gateway to register with, or several that share one list; at least one
 * @param registered the URL to register; empty means http://localhost and the port
 * @param placement what it says of itself at its registration beside name and URL
 * @param token the gateway's GATEWAY_ADMIN_TOKEN; empty if it has none
 * @param gatewayCa a PEM file with CAs to trust for an https:// gateway, beside Java's own
 * @param latency artificial latency of each answer but /health's; zero to one minute
 * @param errorRate the share of answers but /health's that are errors on purpose; 0 to 1
 */
public record ServiceSettings(
        int port,
        List<ServiceUrl> gateways,
        Optional<ServiceUrl> registered,
        Placement placement,
        Optional<String> token,
        Optional<Path> gatewayCa,
        Duration latency,
        double errorRate) {

    private static Setting<Integer> port(int defaultText) {
        return Setting.integer(
                "SERVICE_PORT",
                String.valueOf(defaultText),
                0,
                65535,
                "port to listen on, also the first argument; 0 for any free one");
    }

    private static final Setting<List<ServiceUrl>> GATEWAYS = new Setting<>(
            "GATEWAY_URL",
            "http://localhost:8000",
            "gateway to register with; several that share a list, separated by commas, are tried in turn",
            ServiceSettings::urls);
    private static final Setting<Optional<ServiceUrl>> REGISTERED = new Setting<>(
            "SERVICE_URL",
            "",
            "URL at which the gateway reaches the service; none for http://localhost and the port",
            text -> text.isEmpty() ? Optional.empty() : Optional.of(url(text)));
    private static final Setting<Optional<String>> ROUTE = Setting.optional(new Setting<>(
            "SERVICE_ROUTE",
            "",
            "route whose requests the service gets; none for the gateway's default or only one",
            ServiceSettings::routeName));
    private static final Setting<Optional<Integer>> WEIGHT = Setting.optional(Setting.integer(
            "SERVICE_WEIGHT",
            "",
            0,
            Service.MOST_WEIGHT,
            "how many requests the service gets in proportion to the others; none for 1"));
    private static final Setting<Optional<HealthCheck>> HEALTH = Setting.optional(new Setting<>(
            "SERVICE_HEALTH",
            "",
            "how the gateway checks the service: tcp, off, or a path and statuses like /healthz 200-399; none for the"
                    + " route's way",
            text -> HealthCheck.parse(text.strip())));
    private static final Setting<Optional<Path>> GATEWAY_CA =
            TlsSettings.file("GATEWAY_CA", "PEM file with CAs to trust for an https:// gateway, beside Java's");
    private static final Setting<Duration> LATENCY = new Setting<>(
            "SERVICE_LATENCY",
            "0ms",
            "artificial latency of each answer except /health, give or take half; up to 1m",
            text -> Durations.parse(text, Duration.ZERO, Duration.ofMinutes(1)));
    private static final Setting<Double> ERROR_RATE = new Setting<>(
            "SERVICE_ERROR_RATE",
            "0",
            "share of answers except /health that are a 500 instead: 0 to 1",
            ServiceSettings::share);

    /** Returns what {@code --help} prints for a service with this default port. */
    public static String help(int defaultPort) {
        return Stream.of(
                        port(defaultPort),
                        GATEWAYS,
                        REGISTERED,
                        ROUTE,
                        WEIGHT,
                        HEALTH,
                        AccessSettings.TOKEN,
                        AccessSettings.TOKEN_FILE,
                        GATEWAY_CA,
                        LATENCY,
                        ERROR_RATE)
                .map(Setting::help)
                .collect(Collectors.joining("\n"));
    }

    /**
     * Reads the settings from the environment; the first argument, if any, is the port and overrides it.
     *
     * @throws InvalidSettings if any setting is invalid; names each with its value and what is expected
     */
    public static ServiceSettings from(Map<String, String> environment, List<String> arguments, int defaultPort) {
        SettingsReader reader = new SettingsReader(environment);
        Setting<Integer> setting = port(defaultPort);
        int port = arguments.isEmpty() ? reader.read(setting) : argument(arguments.get(0), setting);
        ServiceSettings settings = new ServiceSettings(
                port,
                reader.read(GATEWAYS),
                reader.read(REGISTERED),
                new Placement(reader.read(ROUTE), reader.read(WEIGHT), reader.read(HEALTH)),
                AccessSettings.tokenOf(reader),
                reader.read(GATEWAY_CA),
                reader.read(LATENCY),
                reader.read(ERROR_RATE));
        reader.finish();
        return settings;
    }

    /**
     * Returns the URL to register.
     *
     * @param actualPort the port on which the service listens
     */
    public ServiceUrl url(int actualPort) {
        return registered.orElseGet(() -> new ServiceUrl("http", "localhost", actualPort, ""));
    }

    /**
     * Returns the CAs to trust for an https:// gateway; empty means those that Java trusts.
     *
     * @throws InvalidSettings if the file of {@link #gatewayCa} can't be used
     */
    public Optional<Trust> gatewayTrust() {
        return gatewayCa.map(file -> Trust.javasAnd(GATEWAY_CA.name(), file));
    }

    /**
     * Returns the faults to inject.
     *
     * @param delay waits when an answer is to be late
     */
    public FaultInjection faults(FaultInjection.Delay delay) {
        return FaultInjection.of(latency, errorRate, delay);
    }

    /** Returns the settings without the token, which logs must not show. */
    @Override
    public String toString() {
        return "ServiceSettings[" + port + ", " + gateways + ", " + registered + ", "
                + (token.isPresent() ? "a token" : "no token") + "]";
    }

    private static String routeName(String text) {
        if (!Service.isName(text.strip())) {
            throw new IllegalArgumentException("expected the name of a route: " + Service.NAME_FORM);
        }
        return text.strip();
    }

    private static ServiceUrl url(String text) {
        try {
            return ServiceUrl.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the URL " + e.getMessage());
        }
    }

    private static List<ServiceUrl> urls(String text) {
        return Arrays.stream(text.split(",", -1)).map(ServiceSettings::url).toList();
    }

    private static double share(String text) {
        String expected = "expected a share from 0 to 1, like 0.05";
        try {
            BigDecimal share = new BigDecimal(text.strip());
            if (share.signum() < 0 || share.compareTo(BigDecimal.ONE) > 0) {
                throw new IllegalArgumentException(expected);
            }
            return share.doubleValue();
        } catch (NumberFormatException e) {
            throw new IllegalArgumentException(expected);
        }
    }

    private static int argument(String text, Setting<Integer> setting) {
        try {
            return setting.parser().apply(text);
        } catch (IllegalArgumentException e) {
            throw new InvalidSettings(List.of("argument " + text + ": " + e.getMessage() + " (the port), or --help"));
        }
    }
}
