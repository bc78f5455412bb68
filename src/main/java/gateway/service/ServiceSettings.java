package gateway.service;

import gateway.net.ListenPort;
import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.settings.AccessSettings;
import gateway.settings.CommandLine;
import gateway.settings.InvalidSettings;
import gateway.settings.Setting;
import gateway.settings.SettingGroup;
import gateway.settings.SettingNames;
import gateway.settings.SettingsReader;
import gateway.settings.TlsSettings;
import gateway.tls.Trust;
import java.math.BigDecimal;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of one of the services beside the gateway.
 *
 * @param port the port to listen on; 0 for any free one
 * @param portSetting what says so, with its value: {@code SERVICE_PORT=8001} or {@code argument 8001}
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
        String portSetting,
        List<ServiceUrl> gateways,
        Optional<ServiceUrl> registered,
        Placement placement,
        Optional<String> token,
        Optional<Path> gatewayCa,
        Duration latency,
        double errorRate) {

    private static final String EVERYWHERE = "0.0.0.0";

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
            "1",
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
    private static final Setting<Duration> LATENCY = Setting.duration(
            "SERVICE_LATENCY",
            "0ms",
            "0ms",
            "1m",
            "artificial latency of each answer except /health, give or take half; up to 1m");
    private static final Setting<Double> ERROR_RATE = new Setting<>(
            "SERVICE_ERROR_RATE",
            "0",
            "share of answers except /health that are a 500 instead: 0 to 1",
            ServiceSettings::share);

    /**
     * Returns what a service's main takes.
     *
     * @param main the class that is launched, which is the service's name, too
     * @param defaultPort its port if neither an argument nor the environment says another
     */
    public static CommandLine commandLine(String main, int defaultPort) {
        return new CommandLine(main, main, List.of(), true, names(defaultPort));
    }

    /** Returns what a service with this default port reads from its environment. */
    public static SettingNames names(int defaultPort) {
        return new SettingNames(
                "SERVICE_",
                List.of(
                        new SettingGroup("Listening", List.of(port(defaultPort))),
                        new SettingGroup(
                                "Registering with the gateway",
                                List.of(
                                        GATEWAYS,
                                        REGISTERED,
                                        ROUTE,
                                        WEIGHT,
                                        HEALTH,
                                        AccessSettings.TOKEN,
                                        AccessSettings.TOKEN_FILE,
                                        GATEWAY_CA)),
                        new SettingGroup("Faults on purpose", List.of(LATENCY, ERROR_RATE))),
                List.of());
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
                arguments.isEmpty() ? setting.name() + "=" + port : "argument " + port,
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

    /** Returns the port that the service listens on, at all addresses of this machine. */
    public ListenPort listenPort() {
        return new ListenPort(portSetting, port, "the service's host " + EVERYWHERE, EVERYWHERE);
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

    private static List<ServiceUrl> urls(String text) {
        return ServiceUrl.parseEach(Arrays.stream(text.split(",", -1)).map(String::strip));
    }

    private static ServiceUrl url(String text) {
        try {
            return ServiceUrl.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "the URL " + e.getMessage() + "; expected a URL like http://localhost:8001");
        }
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
