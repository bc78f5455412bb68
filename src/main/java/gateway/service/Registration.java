package gateway.service;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.net.ServiceUrl;
import gateway.tls.Trust;
import gateway.util.Durations;
import gateway.util.Loop;
import gateway.util.Pauses;
import java.io.IOException;
import java.net.Proxy;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.HexFormat;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import okhttp3.MediaType;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.RequestBody;
import okhttp3.Response;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Registers a service with the gateway and keeps it registered, on a background thread: renews after a third of the
 * lease, retries every second while the gateway can't be reached, registers again after the gateway has restarted, and
 * deregisters on {@link #close}. Of several gateways that share one list it uses one, and the next when that one can't
 * be reached.
 *
 * <p>Each registration has a random instance id, so that several processes may serve under one name, and none takes out
 * another when it deregisters, not even one that has its URL by then. A gateway of before, which knows no instances,
 * refuses that field; then the URL is the id.
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
    private static final Duration RETRY_PAUSE = Duration.ofSeconds(1);

    /** The pause after a refusal that only another setting, here or at the gateway, can change. */
    private static final Duration REFUSAL_PAUSE = Duration.ofSeconds(5);

    private static final Duration TIMEOUT = Duration.ofSeconds(2);
    private static final MediaType JSON_TYPE = MediaType.get("application/json");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final List<ServiceUrl> gateways;
    private final Optional<String> token;
    private final String name;
    private final ServiceUrl url;
    private final Placement placement;
    private final String id;
    private final OkHttpClient client;
    private final Pauses pauses = new Pauses();
    private final Loop loop = new Loop("registration", this::renewAndPause);
    private volatile int current; // the index of the gateway in use
    private boolean withId = true; // whether the gateway in use knows of instances
    private volatile String registeredAs;
    private String lastLogged = "";

    private Registration(
            List<ServiceUrl> gateways,
            Optional<String> token,
            Optional<Trust> trust,
            String name,
            ServiceUrl url,
            Placement placement) {
        this.gateways = gateways;
        this.token = token;
        this.client = client(trust);
        this.name = name;
        this.url = url;
        this.placement = placement;
        this.id = HexFormat.of().toHexDigits(new SecureRandom().nextLong());
        this.registeredAs = id;
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
     * Starts to register a service as its settings say, until closed. Returns at once.
     *
     * @param name the service's id at the gateway
     * @param port the port on which the service listens
     * @throws gateway.settings.InvalidSettings if the file with the gateway's CAs can't be used
     */
    public static Registration start(ServiceSettings settings, String name, int port) {
        Registration registration = new Registration(
                settings.gateways(),
                settings.token(),
                settings.gatewayTrust(),
                name,
                settings.url(port),
                settings.placement());
        registration.loop.start();
        return registration;
    }

    /**
     * Starts to register a service with the gateway's default lease, until closed. Returns at once.
     *
     * @param gateways the gateway's URL; several if several gateways share one list; at least one
     * @param token the gateway's GATEWAY_ADMIN_TOKEN; empty if it has none and is on this machine
     * @param name the service's id at the gateway
     * @param url where the gateway reaches the service
     */
    public static Registration start(List<ServiceUrl> gateways, Optional<String> token, String name, ServiceUrl url) {
        Registration registration = new Registration(gateways, token, Optional.empty(), name, url, Placement.NONE);
        registration.loop.start();
        return registration;
    }

    private void renewAndPause() throws InterruptedException {
        pauses.pause(renew());
    }

    private ServiceUrl gateway() {
        return gateways.get(current);
    }

    /** Switches to the next gateway; returns how long to wait before using it. */
    private Duration switchGateway() {
        current = (current + 1) % gateways.size();
        withId = true;
        return current == 0 ? RETRY_PAUSE : Duration.ZERO; // a pause only after a round of all gateways
    }

    /** Sends one registration or renewal; returns how long to wait before the next. */
    private Duration renew() {
        ServiceUrl gateway = gateway();
        registeredAs = withId ? id : url.toString(); // even if the answer gets lost
        try (Response response = client.newCall(registerRequest()).execute()) {
            if (response.isRedirect()) { // not followed: the token must reach no host but those of the settings
                logIfNew("The server at " + gateway + " redirects to another URL" + Remedy.of(response.code(), true));
                return switchGateway();
            }
            JsonNode answer = JSON.readTree(response.body().bytes());
            if (response.code() == 400
                    && withId
                    && answer.at("/errors/0/field").asText().equals("instance")) {
                withId = false; // a gateway of before, which knows no instances
                return Duration.ZERO;
            }
            if (!response.isSuccessful()) {
                String detail = answer.path("detail").asText();
                logIfNew("The gateway at " + gateway + " refused " + name + ": " + detail
                        + Remedy.of(response.code(), token.isPresent()) + Placement.remedy(answer));
                return needsSettings(response.code()) ? REFUSAL_PAUSE : RETRY_PAUSE;
            }
            logIfNew("Registered as " + name + " with the gateway at " + gateway);
            String lease = answer.path("lease").asText("");
            return lease.isEmpty() ? RETRY_PAUSE : Durations.parse(lease).dividedBy(3);
        } catch (JsonProcessingException e) {
            logIfNew("The server at " + gateway + " isn't the gateway; will retry");
            return switchGateway();
        } catch (IOException | RuntimeException e) {
            if (loop.isEnding()) {
                return Duration.ZERO; // interrupted: there is nothing wrong with the gateway
            }
            logIfNew(Remedy.of(e, gateway) + "; will retry");
            return switchGateway();
        }
    }

    private static boolean needsSettings(int status) {
        return status == 401 || status == 403 || status == 404;
    }

    /** Logs the message unless it is the same as the last one. */
    private void logIfNew(String message) {
        if (!message.equals(lastLogged)) {
            lastLogged = message;
            LOG.info(message);
        }
    }

    private Request registerRequest() throws IOException {
        Map<String, Object> form = new LinkedHashMap<>();
        form.put("name", name);
        form.put("url", url.toString());
        form.put("lease", "default");
        if (withId) {
            form.put("instance", id);
        }
        placement.addTo(form);
        return request("/services")
                .post(RequestBody.create(JSON.writeValueAsBytes(form), JSON_TYPE))
                .build();
    }

    private Request deregisterRequest() {
        String route = placement.route().map(of -> "&route=" + of).orElse("");
        return request("/services/" + name + "?instance=" + URLEncoder.encode(registeredAs, StandardCharsets.UTF_8)
                        + route)
                .delete()
                .build();
    }

    private Request.Builder request(String path) {
        Request.Builder request = new Request.Builder().url(gateway() + path);
        token.ifPresent(secret -> request.header("Authorization", "Bearer " + secret));
        return request;
    }

    /**
     * Stops renewing and deregisters, with one attempt for each gateway. A gateway that can't be reached drops the
     * service when its lease ends.
     */
    @Override
    public void close() {
        loop.interrupt();
        pauses.close(); // even if the renewal before has swallowed the interrupt
        loop.join(TIMEOUT); // else a renewal under way could undo the deregistration
        for (int i = 0; i < gateways.size(); i++) {
            try (Response response = client.newCall(deregisterRequest()).execute()) {
                boolean gone = response.isSuccessful() || response.code() == 404;
                LOG.info("{} {} ({})", gone ? "Deregistered" : "Could not deregister", name, response.code());
                return;
            } catch (IOException | RuntimeException e) {
                LOG.info("Could not deregister {} at {}: {}", name, gateway(), e.getMessage());
                switchGateway();
            }
        }
    }
}
