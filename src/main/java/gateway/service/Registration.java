package gateway.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.net.ServiceUrl;
import gateway.tls.Trust;
import gateway.util.Durations;
import gateway.util.Threads;
import java.io.IOException;
import java.net.Proxy;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers a service with the gateway and keeps it registered: renews at a third of the lease, tries on each second
 * while the gateway isn't there, registers anew when it was restarted, and deregisters on {@link #close}. Of several
 * gateways that share one list it speaks with one, and with the next when that one isn't there.
 *
 * <pre>{@code
 * List<ServiceUrl> gateways = List.of(ServiceUrl.parse("http://localhost:8000"));
 * Registration registration = Registration.start(gateways, Optional.empty(), "orders", url);
 * ...
 * registration.close();
 * }</pre>
 */
public final class Registration implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(Registration.class);
    private static final Duration TRY_AGAIN = Duration.ofSeconds(1);
    private static final Duration REFUSED = Duration.ofSeconds(5); // somebody has to set something first
    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<ServiceUrl> gateways;
    private final Optional<String> token;
    private final String name;
    private final byte[] body;
    private final OkHttpClient client;
    private final ScheduledExecutorService executor =
            Executors.newSingleThreadScheduledExecutor(Threads.daemons("registration"));
    private volatile int turn;
    private String lastSaid = "";

    private Registration(
            List<ServiceUrl> gateways, Optional<String> token, Optional<Trust> trust, String name, ServiceUrl url) {
        this.gateways = gateways;
        this.token = token;
        this.client = client(trust);
        this.name = name;
        try {
            this.body = JSON.writeValueAsBytes(Map.of("name", name, "url", url.toString(), "lease", "default"));
        } catch (IOException e) {
            throw new IllegalStateException("three strings are always JSON", e);
        }
    }

    private static OkHttpClient client(Optional<Trust> trust) {
        OkHttpClient.Builder client = new OkHttpClient.Builder()
                .callTimeout(TIMEOUT)
                .followRedirects(false)
                .proxy(Proxy.NO_PROXY);
        trust.ifPresent(given -> client.sslSocketFactory(given.sockets(), given.manager()));
        return client.build();
    }

    /**
     * Registers in the background as the settings say, until closed.
     *
     * @param name the service's id at the gateway
     * @param port the port on which the service listens
     * @throws gateway.settings.InvalidSettings if the file with the gateway's CAs can't be used
     */
    public static Registration start(ServiceSettings settings, String name, int port) {
        Registration registration = new Registration(
                settings.gateways(), settings.token(), settings.gatewayTrust(), name, settings.url(port));
        registration.executor.execute(registration::renewAndPlanNext);
        return registration;
    }

    /**
     * Registers in the background, with the lease that the gateway has as its default, until closed.
     *
     * @param gateways where the gateway listens; several if they share one list, at least one
     * @param token what the gateway's operators show; empty if it is on this machine and asks for none
     * @param name the service's id there
     * @param url where the gateway reaches the service
     */
    public static Registration start(List<ServiceUrl> gateways, Optional<String> token, String name, ServiceUrl url) {
        Registration registration = new Registration(gateways, token, Optional.empty(), name, url);
        registration.executor.execute(registration::renewAndPlanNext);
        return registration;
    }

    private void renewAndPlanNext() {
        Duration pause = renew();
        if (!executor.isShutdown()) {
            executor.schedule(this::renewAndPlanNext, pause.toMillis(), TimeUnit.MILLISECONDS);
        }
    }

    private ServiceUrl gateway() {
        return gateways.get(turn);
    }

    /** Goes on with the next gateway; returns how long to wait before. */
    private Duration next() {
        turn = (turn + 1) % gateways.size();
        return turn == 0 ? TRY_AGAIN : Duration.ZERO; // after all of them a pause
    }

    /** One registration or renewal; returns how long to wait for the next. */
    private Duration renew() {
        ServiceUrl gateway = gateway();
        try (Response response = client.newCall(registering()).execute()) {
            if (response.isRedirect()) { // not followed: the token goes where the settings say
                say("What answers at " + gateway + " sends on to another URL" + Remedy.of(response.code(), true));
                return next();
            }
            JsonNode answer = JSON.readTree(response.body().bytes());
            if (!response.isSuccessful()) {
                String detail = answer.path("detail").asText();
                say("The gateway at " + gateway + " refused " + name + ": " + detail
                        + Remedy.of(response.code(), token.isPresent()));
                return isForSettings(response.code()) ? REFUSED : TRY_AGAIN;
            }
            say("Registered as " + name + " with the gateway at " + gateway);
            String lease = answer.path("lease").asText("");
            return lease.isEmpty() ? TRY_AGAIN : Durations.parse(lease).dividedBy(3);
        } catch (JsonProcessingException e) {
            say("What answers at " + gateway + " isn't the gateway; trying on");
            return next();
        } catch (IOException | RuntimeException e) { // also what OkHttp finds no URL: the chain must not end
            say("No gateway at " + gateway + " yet (" + Remedy.of(e, gateway) + "); trying on");
            return next();
        }
    }

    private static boolean isForSettings(int status) {
        return status == 401 || status == 403 || status == 404 || status == 429;
    }

    /** Logs what is new, not what is the same as before. */
    private void say(String message) {
        if (!message.equals(lastSaid)) {
            lastSaid = message;
            LOG.info(message);
        }
    }

    private Request registering() {
        return asking("/services").post(RequestBody.create(body, JSON_TYPE)).build();
    }

    private Request deregistering() {
        return asking("/services/" + name).delete().build();
    }

    private Request.Builder asking(String path) {
        Request.Builder request = new Request.Builder().url(gateway() + path);
        token.ifPresent(shown -> request.header("Authorization", "Bearer " + shown));
        return request;
    }

    /** Deregisters, once; a gateway that can't be reached will drop the service when its lease ends. */
    @Override
    public void close() {
        executor.shutdownNow();
        try { // a renewal under way would undo the deregistration
            executor.awaitTermination(TIMEOUT.toMillis(), TimeUnit.MILLISECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        for (int i = 0; i < gateways.size(); i++) {
            try (Response response = client.newCall(deregistering()).execute()) {
                boolean gone = response.isSuccessful() || response.code() == 404;
                LOG.info("{} {} ({})", gone ? "Deregistered" : "Could not deregister", name, response.code());
                return;
            } catch (IOException | RuntimeException e) {
                LOG.info("Could not deregister {} at {}: {}", name, gateway(), e.getMessage());
                next();
            }
        }
    }
}
