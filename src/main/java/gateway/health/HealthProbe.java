package gateway.health;

import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.ServiceSockets;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.HealthCheck;
import gateway.settings.Settings;
import gateway.tls.Trust;
import gateway.util.Durations;
import gateway.util.Time;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import okhttp3.ConnectionPool;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Protocol;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Looks how a backend is, in the way that is configured for it. It has an HTTP client of its own, so that checks never
 * wait behind requests.
 *
 * <p>A GET is good if a complete answer with a good status comes within the timeout. It has the service's own Host,
 * whatever requests of its route have; redirects aren't followed, and at most {@value #MOST_BYTES} bytes are read. A
 * TCP check makes the connection that a request would need, to an https:// service with TLS and its certificate, and
 * sends nothing over it.
 */
public final class HealthProbe {
    private static final long MOST_BYTES = 64 * 1024;
    private static final int LOOP_DETECTED = 508;

    private final Function<Backend, HealthCheck> kinds;
    private final Duration timeout;
    private final String via;
    private final Time time;
    private final OkHttpClient client;

    /**
     * @param kinds says how a service is checked
     * @param names finds the addresses of services
     * @param via added to each question, so that a gateway that checks itself by mistake gets a 508 rather than a good
     * answer
     */
    public HealthProbe(Function<Backend, HealthCheck> kinds, Settings settings, NameLookup names, Via via, Time time) {
        this.kinds = kinds;
        this.timeout = settings.health().timeout();
        this.via = via.entryFor("HTTP/1.1");
        this.time = time;
        OkHttpClient.Builder builder = new OkHttpClient.Builder()
                .callTimeout(timeout)
                .dns(host -> names.find(host, timeout))
                .connectTimeout(timeout)
                .readTimeout(timeout)
                .writeTimeout(timeout)
                .followRedirects(false)
                .followSslRedirects(false)
                .retryOnConnectionFailure(false)
                .fastFallback(false)
                .protocols(List.of(Protocol.HTTP_1_1)) // as requests; a service may offer HTTP/2 besides, or alone
                .proxy(Proxy.NO_PROXY)
                .socketFactory(new ServiceSockets(settings.serviceAddresses()))
                .addNetworkInterceptor(Contact::note)
                // Keep no connection: a check must show whether a new one works
                .connectionPool(new ConnectionPool(0, 1, TimeUnit.SECONDS));
        Trust trust = Trust.inServices(settings);
        builder.sslSocketFactory(trust.sockets(), trust.manager());
        this.client = builder.build();
    }

    /** Returns how a service is checked. */
    HealthCheck kind(Backend backend) {
        return kinds.apply(backend);
    }

    /**
     * Checks the backend, and returns the result; decides nothing. Where checks are off, it is good without a
     * question.
     */
    public Check look(Backend backend) {
        return look(backend, kind(backend));
    }

    /** Checks the backend in this way. */
    Check look(Backend backend, HealthCheck kind) {
        long start = time.nanos();
        Optional<Check.Problem> problem = switch (kind.kind()) {
            case HTTP -> ask(backend, kind.path(), new Contact(false), kind);
            case TCP -> ask(backend, "", new Contact(true), kind);
            case OFF -> Optional.empty();
        };
        return new Check(time.now(), Duration.ofNanos(time.nanos() - start), problem);
    }

    private Optional<Check.Problem> ask(Backend backend, String path, Contact contact, HealthCheck kind) {
        try {
            Request request = new Request.Builder()
                    .url(backend.url() + path)
                    .header("User-Agent", "api-gateway-health-check")
                    .header("Via", via)
                    .tag(Contact.class, contact)
                    .build();
            return ask(request, kind);
        } catch (Contact.Made e) {
            return Optional.empty();
        } catch (NameLookup.TimedOut e) {
            return Optional.of(new Check.Problem(FailureWords.of(e), Check.Contact.LATE));
        } catch (InterruptedIOException e) {
            if (e.getCause() instanceof NameLookup.TimedOut lookup) { // both had the same time
                return Optional.of(new Check.Problem(FailureWords.of(lookup), Check.Contact.LATE));
            }
            String what = contact.made
                    ? "no whole answer within "
                    : backend.url().scheme().equals("https")
                            ? "no connection with TLS within "
                            : "could not connect within ";
            return Optional.of(new Check.Problem(
                    what + Durations.text(timeout), contact.made ? Check.Contact.MADE : Check.Contact.LATE));
        } catch (IOException e) {
            return Optional.of(
                    new Check.Problem(FailureWords.of(e), contact.made ? Check.Contact.MADE : Check.Contact.REFUSED));
        } catch (IllegalArgumentException e) { // OkHttp is stricter about hosts than java.net.URI
            return Optional.of(
                    new Check.Problem("not a URL that can be called: " + e.getMessage(), Check.Contact.REFUSED));
        }
    }

    private Optional<Check.Problem> ask(Request request, HealthCheck kind) throws IOException {
        try (Response response = client.newCall(request).execute()) {
            String its = "its " + kind.pathWithoutQuery();
            if (response.body().source().request(MOST_BYTES + 1)) {
                return bad(its + " is longer than " + MOST_BYTES / 1024 + " KB");
            }
            if (response.code() == LOOP_DETECTED) {
                return bad("leads back to this gateway");
            }
            return kind.isGood(response.code()) ? Optional.empty() : bad(its + " answered " + response.code());
        }
    }

    private static Optional<Check.Problem> bad(String words) {
        return Optional.of(new Check.Problem(words, Check.Contact.MADE));
    }

    /** Notes whether a connection was made, which distinguishes an unreachable backend from a sick one. */
    private static final class Contact {
        private final boolean isEnough;
        private volatile boolean made;

        /** @param isEnough whether the call is to end once the connection is made, before anything is sent */
        Contact(boolean isEnough) {
            this.isEnough = isEnough;
        }

        private static Response note(Interceptor.Chain chain) throws IOException {
            Contact contact = chain.request().tag(Contact.class);
            contact.made = true;
            if (contact.isEnough) {
                throw new Made();
            }
            return chain.proceed(chain.request());
        }

        /** Ends a call whose connection was all that it was for. */
        private static final class Made extends IOException {
            private static final long serialVersionUID = 1;
        }
    }
}
