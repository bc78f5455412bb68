package gateway;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What can be set about one of the services beside the gateway.
 *
 * @param port the port to listen on; 0 takes a free one
 * @param gateway the gateway to register with
 * @param registered the URL to register; empty means http://localhost and the port
 */
public record ServiceSettings(int port, ServiceUrl gateway, Optional<ServiceUrl> registered) {

    private static Setting<Integer> port(int defaultText) {
        return Setting.integer(
                "SERVICE_PORT",
                String.valueOf(defaultText),
                0,
                65535,
                "port to listen on, also the first argument; 0 takes a free one");
    }

    private static final Setting<ServiceUrl> GATEWAY =
            new Setting<>("GATEWAY_URL", "http://localhost:8000", "gateway to register with", ServiceSettings::url);
    private static final Setting<Optional<ServiceUrl>> REGISTERED = new Setting<>(
            "SERVICE_URL",
            "",
            "URL at which the gateway reaches the service; none means http://localhost and the port",
            text -> text.isEmpty() ? Optional.empty() : Optional.of(url(text)));

    /** What {@code --help} prints for a service with this default port. */
    public static String help(int defaultPort) {
        return port(defaultPort).help() + "\n" + GATEWAY.help() + "\n" + REGISTERED.help();
    }

    /**
     * Reads the settings; the first argument, if any, is the port and goes before the environment's.
     *
     * @throws BadSettings naming every setting that is bad, its value and what is expected
     */
    public static ServiceSettings from(Map<String, String> environment, List<String> arguments, int defaultPort) {
        SettingsReader reader = new SettingsReader(environment);
        Setting<Integer> setting = port(defaultPort);
        int port = arguments.isEmpty() ? reader.read(setting) : argument(arguments.get(0), setting);
        ServiceSettings settings = new ServiceSettings(port, reader.read(GATEWAY), reader.read(REGISTERED));
        reader.finish();
        return settings;
    }

    /**
     * The URL to register.
     *
     * @param actualPort the port on which the service listens
     */
    public ServiceUrl url(int actualPort) {
        return registered.orElseGet(() -> new ServiceUrl("http", "localhost", actualPort, ""));
    }

    private static ServiceUrl url(String text) {
        try {
            return ServiceUrl.parse(text.strip());
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("the URL " + e.getMessage());
        }
    }

    private static int argument(String text, Setting<Integer> setting) {
        try {
            return setting.parser().apply(text);
        } catch (IllegalArgumentException e) {
            throw new BadSettings(List.of("argument " + text + ": " + e.getMessage() + " (the port), or --help"));
        }
    }
}
