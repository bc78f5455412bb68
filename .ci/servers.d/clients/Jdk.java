import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.net.http.HttpResponse.BodyHandlers;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** The JDK's HttpClient. Arguments: the gateway's URL, that by which a limit holds, that for uploads, and a CA. */
public class Jdk {
    public static void main(String[] arguments) throws Exception {
        HttpClient client =
                HttpClient.newBuilder().sslContext(trusting(Path.of(arguments[3]))).build();
        int good = 0;
        for (int i = 0; i < 200; i++) {
            HttpResponse<String> answer = client.send(get(arguments[0]), BodyHandlers.ofString());
            good += answer.statusCode() == 200 && answer.body().length() == 1100 ? 1 : 0;
        }
        System.out.println("gets " + good);

        good = 0;
        for (int i = 0; i < 50; i++) {
            HttpRequest request = post(arguments[0], BodyPublishers.ofString("x".repeat(3000)));
            good += client.send(request, BodyHandlers.ofString()).body().startsWith("POST ") ? 1 : 0;
        }
        System.out.println("posts " + good);

        for (int i = 0; i < 6; i++) {
            HttpResponse<String> answer = client.send(get(arguments[1]), BodyHandlers.ofString());
            if (answer.statusCode() == 429) {
                System.out.println("limit 429, Retry-After " + answer.headers().firstValue("Retry-After").orElse("none"));
            }
        }
        try {
            InputStream content = new ByteArrayInputStream(new byte[8 << 20]); // its length isn't announced
            HttpResponse<String> answer =
                    client.send(post(arguments[2], BodyPublishers.ofInputStream(() -> content)), BodyHandlers.ofString());
            boolean whole = answer.body().contains("content-too-large");
            System.out.println("upload " + answer.statusCode() + " " + (whole ? "whole" : "broken off"));
        } catch (HttpTimeoutException e) {
            System.out.println("upload none");
        } catch (IOException e) {
            System.out.println("upload " + e);
        }
        System.exit(0);
    }

    private static HttpRequest get(String url) {
        return HttpRequest.newBuilder(URI.create(url + "/api/file.txt")).build();
    }

    private static HttpRequest post(String url, HttpRequest.BodyPublisher body) {
        return HttpRequest.newBuilder(URI.create(url + "/api/echo"))
                .timeout(Duration.ofSeconds(5))
                .POST(body)
                .build();
    }

    private static SSLContext trusting(Path ca) throws Exception {
        KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
        store.load(null, null);
        try (InputStream in = Files.newInputStream(ca)) {
            store.setCertificateEntry("ca", CertificateFactory.getInstance("X.509").generateCertificate(in));
        }
        TrustManagerFactory trust = TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
        trust.init(store);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(null, trust.getTrustManagers(), null);
        return context;
    }
}
