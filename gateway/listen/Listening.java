package gateway.listen;

import gateway.Refusals;
import gateway.Settings;
import gateway.Time;
import gateway.Timer;
import gateway.TlsSettings;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/**
 * What the gateway speaks on its main port: HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 in it; with a PROXY header before
 * either if it stands behind such proxies.
 */
public final class Listening {
    private final int requestHeader;
    private final Optional<Https> https;
    private final Optional<Reload> reload;
    private final Optional<Redirect> redirect;
    private final Optional<ProxyProtocol> proxied;

    /**
     * @param refusals counts connections that are closed without an answer
     * @throws gateway.BadSettings if the certificate, its key or the clients' CAs can't be used
     */
    public Listening(Settings settings, Refusals refusals, Time time) {
        Optional<TlsSettings> tls = settings.tls();
        Optional<Identity> identity = tls.map(Identity::read);
        this.requestHeader = settings.bounds().header();
        this.https = identity.map(Https::new);
        this.reload = identity.map(used -> new Reload(tls.get(), used, time, https.get()::take));
        this.redirect = tls.flatMap(TlsSettings::redirectPort).map(port -> new Redirect(settings.host(), port));
        this.proxied = settings.clients().proxyProtocol()
                ? Optional.of(new ProxyProtocol(settings.clients().forwardedBy().trusted(), refusals))
                : Optional.empty();
    }

    /** What a connection to the main port speaks, in the order of its layers. */
    public ConnectionFactory[] protocols(HttpConfiguration http) {
        List<ConnectionFactory> protocols = new ArrayList<>();
        https.ifPresentOrElse(
                tls -> protocols.addAll(tls.protocols(http, requestHeader)),
                () -> protocols.add(new HttpConnectionFactory(http)));
        proxied.ifPresent(header -> {
            protocols.add(0, header.claim(protocols.get(0).getProtocol()));
            protocols.add(0, header);
        });
        return protocols.toArray(ConnectionFactory[]::new);
    }

    /** The port that leads from HTTP to HTTPS, if there is one. */
    public Optional<Redirect> redirect() {
        return redirect;
    }

    /** Has the timer call what takes new certificates. */
    public void watchedBy(Timer timer) {
        reload.ifPresent(files -> timer.every(Reload.PAUSE, "certificates", files::look));
    }
}
