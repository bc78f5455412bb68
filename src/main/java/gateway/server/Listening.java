package gateway.server;

import gateway.http.Refusals;
import gateway.net.Networks;
import gateway.settings.Settings;
import gateway.settings.TlsSettings;
import gateway.tls.CertificateReload;
import gateway.tls.ServerCertificate;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;
import org.eclipse.jetty.server.HttpConnectionFactory;

/**
 * What the gateway speaks to clients: HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 in it and the way there from HTTP; with a
 * PROXY header before each if it stands behind such proxies.
 */
public final class Listening {
    private final int requestHeader;
    private final Optional<Https> https;
    private final Optional<CertificateReload> reload;
    private final Optional<Redirect> redirect;
    private final UnaryOperator<List<ConnectionFactory>> proxied;

    /**
     * @param refusals counts connections that are closed without an answer
     * @throws gateway.settings.InvalidSettings if the certificate, its key or the clients' CAs can't be used
     */
    public Listening(Settings settings, Refusals refusals, Time time) {
        Optional<TlsSettings> tls = settings.tls();
        Optional<ServerCertificate> identity = tls.map(ServerCertificate::read);
        this.requestHeader = settings.bounds().header();
        this.https = identity.map(Https::new);
        this.reload = identity.map(used -> new CertificateReload(tls.get(), used, time, https.get()::take));
        Networks proxies = settings.clients().forwardedBy().trusted();
        this.proxied = settings.clients().proxyProtocol()
                ? protocols -> ProxyProtocol.before(protocols, proxies, refusals)
                : UnaryOperator.identity();
        this.redirect =
                tls.flatMap(TlsSettings::redirectPort).map(port -> new Redirect(settings.host(), port, proxied));
    }

    /** What a connection to the main port speaks, in the order of its layers. */
    public ConnectionFactory[] protocols(HttpConfiguration http) {
        List<ConnectionFactory> protocols = https.map(tls -> tls.protocols(http, requestHeader))
                .orElseGet(() -> List.of(new HttpConnectionFactory(http)));
        return proxied.apply(protocols).toArray(ConnectionFactory[]::new);
    }

    /** The port that leads from HTTP to HTTPS, if there is one. */
    public Optional<Redirect> redirect() {
        return redirect;
    }

    /** Has the timer call what takes new certificates. */
    public void watchedBy(Timer timer) {
        reload.ifPresent(files -> timer.every(CertificateReload.PAUSE, "certificates", files::look));
    }
}
