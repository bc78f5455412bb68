import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.lifecycle.Drain;
import gateway.settings.Settings;
import gateway.testing.RawClient;
import gateway.testing.TestBackend;
import gateway.util.Time;
import io.javalin.Javalin;
import java.io.IOException;
import java.net.InetAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.HashMap;
import java.util.Map;
import java.util.stream.Collectors;

/** The whole gateway on a free port, for tests. No limit unless a test sets one. */
final class TestGateway implements AutoCloseable {
    private static final HttpClient CLIENT =
            HttpClient.newBuilder().version(HttpClient.Version.HTTP_1_1).build();
    private static final ObjectMapper JSON = new ObjectMapper();

    final Javalin app;
    private Path routes; // null without a file of them
    final Drain drain = new Drain();

    private TestGateway(Map<String, String> settings, Time time) {
        Map<String, String> all = new HashMap<>(Map.of(
                "GATEWAY_HOST", "127.0.0.1",
                "GATEWAY_PORT", "0",
                "GATEWAY_RATE_LIMIT", "off",
                "GATEWAY_CONNECT_TIMEOUT", "10s", // this machine may be busy
                "GATEWAY_HEALTH_TIMEOUT", "10s"));
        all.putAll(settings);
        app = GatewayApp.create(Settings.from(all), drain, time).start();
    }

    static TestGateway with(Map<String, String> settings, TestBackend... backends) {
        return with(settings, Time.system(), backends);
    }

    /** In front of these, in the order of their ports, all checked well before it listens. */
    static TestGateway with(Map<String, String> settings, Time time, TestBackend... backends) {
        Map<String, String> all = new HashMap<>(settings);
        all.putIfAbsent(
                "GATEWAY_SERVICES",
                Arrays.stream(backends).map(TestBackend::url).collect(Collectors.joining(",")));
        return new TestGateway(all, time);
    }

    static TestGateway inFrontOf(TestBackend... backends) {
        return with(Map.of(), backends);
    }

    /** With these routes, the text of a file, in front of what they list. */
    static TestGateway withRoutes(String yaml, Map<String, String> settings, Time time) throws IOException {
        Path file = Files.writeString(Files.createTempFile("routes", ".yaml"), yaml);
        Map<String, String> all = new HashMap<>(settings);
        all.put("GATEWAY_ROUTES", file.toString());
        TestGateway gateway = with(all, time);
        gateway.routes = file;
        return gateway;
    }

    static TestGateway withRoutes(String yaml, Map<String, String> settings) throws IOException {
        return withRoutes(yaml, settings, Time.system());
    }

    static TestGateway withRoutes(String yaml) throws IOException {
        return withRoutes(yaml, Map.of());
    }

    /** The file of its routes, which it watches. */
    Path routes() {
        return routes;
    }

    int port() {
        return app.port();
    }

    RawClient raw() throws IOException {
        return new RawClient(port());
    }

    /** A client with this address of the machine. */
    RawClient from(String address) throws IOException {
        return new RawClient(port(), InetAddress.getByName(address));
    }

    /** Sends one request on a connection of its own and reads the answer. */
    RawClient.Answer raw(String request) throws IOException {
        try (RawClient client = raw()) {
            return client.send(request).answer();
        }
    }

    HttpRequest.Builder request(String path) {
        return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port() + path));
    }

    HttpResponse<String> send(HttpRequest.Builder request) throws IOException, InterruptedException {
        return CLIENT.send(request.build(), BodyHandlers.ofString());
    }

    HttpResponse<String> get(String path) throws IOException, InterruptedException {
        return send(request(path));
    }

    HttpResponse<String> post(String path, String json) throws IOException, InterruptedException {
        return send(request(path).header("Content-Type", "application/json").POST(BodyPublishers.ofString(json)));
    }

    HttpResponse<String> delete(String path) throws IOException, InterruptedException {
        return send(request(path).DELETE());
    }

    JsonNode json(String path) throws IOException, InterruptedException {
        return JSON.readTree(get(path).body());
    }

    static JsonNode json(HttpResponse<String> response) throws IOException {
        return JSON.readTree(response.body());
    }

    static JsonNode json(RawClient.Answer answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    /** What it calls itself in {@code Via}. */
    String via() throws IOException, InterruptedException {
        return "api-gateway-" + json("/gateways").at("/gateways/0/id").asText();
    }

    /** Who answered a GET of /api/who. */
    String who() throws IOException, InterruptedException {
        return json("/api/who").path("service").asText();
    }

    /** The status that /services shows for the first service. */
    String status(int service) throws IOException, InterruptedException {
        return json("/services").path("services").path(service).path("status").asText();
    }

    @Override
    public void close() {
        app.stop();
        if (routes != null) {
            routes.toFile().delete();
        }
    }
}
