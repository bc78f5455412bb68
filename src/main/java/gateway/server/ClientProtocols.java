package gateway.server;

import gateway.http.Refusals;
import gateway.net.Networks;
import gateway.settings.Settings;
import gateway.settings.TlsSettings;
import gateway.tls.CertificateInUse;
import gateway.tls.CertificateReload;
import gateway.tls.ServerCertificate;
import gateway.util.Time;
import gateway.util.Timer;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.eclipse.jetty.server.ConnectionFactory;
import org.eclipse.jetty.server.HttpConfiguration;

/**
 * The protocols of the ports for clients: HTTP/1.1, or TLS with HTTP/2 and HTTP/1.1 and a redirect from HTTP; each with
 * a PROXY header before it if the gateway is behind proxies that send one.
 */
final class ClientProtocols {
    private final CertificateInUse inUse;
    private final int requestHeader;
    private final Optional<CertificateReload> reload;
    private final Optional<Https> https;
    private final Optional<Redirect> redirect;
    private final UnaryOperator<List<ConnectionFactory>> proxied;

    /**
     * Reads the certificate and its key, if there is one.
     *
     * @param refusals counts connections that are closed without an answer
     * @param inUse is told of the certificate, and of each new one
     * @throws gateway.settings.InvalidSettings if the certificate, its key or the clients' CAs can't be used
     */
    ClientProtocols(Settings settings, Refusals refusals, CertificateInUse inUse, Time time) {
        Optional<TlsSettings> tls = settings.tls();
        this.inUse = inUse;
        this.requestHeader = settings.bounds().header();
        this.reload = tls.map(files -> new CertificateReload(files, time, this::use, inUse.listener()));
        this.https = reload.map(files -> new Https(files.used()));
        reload.map(CertificateReload::used).ifPresent(inUse::use);
        Networks proxies = settings.clients().trustedProxies().trusted();
        this.proxied = settings.clients().proxyProtocol()
                ? protocols -> ProxyProtocol.before(protocols, proxies, refusals)
                : UnaryOperator.identity();
        this.redirect =
                tls.flatMap(TlsSettings::redirectPort).map(port -> new Redirect(settings.host(), port, proxied));
    }

    private void use(ServerCertificate renewed) {
        https.get().use(renewed);
        inUse.use(renewed);
    }

    /** Returns the protocols of a connection to the main port, the outermost first. */
    ConnectionFactory[] of(HttpConfiguration http) {
        List<ConnectionFactory> protocols =
                https.map(tls -> tls.protocols(http, requestHeader)).orElseGet(() -> List.of(new Http1(http)));
        return proxied.apply(protocols).toArray(ConnectionFactory[]::new);
    }

    /** Returns the port that redirects from HTTP to HTTPS, if there is one. */
    Optional<Redirect> redirect() {
        return redirect;
    }

    /** Schedules the checks for a new certificate. */
    void start(Timer timer) {
        reload.ifPresent(files -> timer.housekeeping(CertificateReload.PAUSE, "certificates", files::look));
    }
}
