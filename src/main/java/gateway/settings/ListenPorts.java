package gateway.settings;

import gateway.net.ListenPort;
import gateway.net.OwnAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The ports that a gateway with given settings listens on. */
final class ListenPorts {
    private ListenPorts() {}

    /** Returns them, with the settings that say so; the main port first. */
    static List<ListenPort> of(Settings settings) {
        List<ListenPort> ports = new ArrayList<>();
        ports.add(port(Settings.PORT, settings.port(), Settings.HOST, settings.host()));
        settings.access()
                .port()
                .ifPresent(number -> ports.add(port(
                        AccessSettings.PORT,
                        number,
                        AccessSettings.HOST,
                        settings.access().host())));
        settings.tls()
                .flatMap(TlsSettings::redirectPort)
                .ifPresent(
                        number -> ports.add(port(TlsSettings.REDIRECT_PORT, number, Settings.HOST, settings.host())));
        return ports;
    }

    private static ListenPort port(Setting<?> portSetting, int port, Setting<?> hostSetting, String host) {
        return new ListenPort(portSetting.name() + "=" + port, port, hostSetting.name() + "=" + host, host);
    }

    /** Returns their numbers; 0 for any free one. */
    static Set<Integer> numbers(Settings settings) {
        return of(settings).stream().map(ListenPort::port).collect(Collectors.toSet());
    }

    /** Reports the redirect's port if it is the admin port at the same address; that both would be free says nothing. */
    static void reportSame(Settings settings, SettingsReader reader) {
        String host = settings.host();
        AccessSettings access = settings.access();
        Optional<Integer> redirect =
                settings.tls().flatMap(TlsSettings::redirectPort).filter(number -> number != 0);
        boolean sameHost = Stream.of(host, access.host()).anyMatch(OwnAddress::isAll) || host.equals(access.host());
        if (redirect.isPresent() && redirect.equals(access.port()) && sameHost && !settings.reusePort()) {
            reader.report(
                    TlsSettings.REDIRECT_PORT,
                    redirect.get().toString(),
                    "is the same as GATEWAY_ADMIN_PORT; expected another port");
        }
    }
}
