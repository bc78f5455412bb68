#!/usr/bin/env bash
# OkHttp 5.5.1, the JDK's HttpClient and HttpURLConnection (Java 17 and 25): of an answer with "Transfer-Encoding: gzip, chunked"
# they give chunk sizes and gzip as the content, without an error.
#
# Expected: who sends "TE: gzip" may be answered so (RFC 9110, 10.1.4; RFC 9112, 7.2), since chunked is the last coding the chunks
# are taken off in any case (RFC 9112, 6.3), and a coding that the client doesn't know is an error. Apache HttpClient 5.6.1
# throws "Unsupported transfer encoding".
# Seen: unless the field is "chunked" and nothing else, all bytes until the end of the connection are the content; when the
# connection breaks amid the chunks, nobody notices.
# For a gateway: send no TE but "trailers" to services, and take a last coding of chunked for what it is, or refuse the answer:
# passed on by such a client, it is a different content with status 200.
source "$(dirname "${BASH_SOURCE[0]}")/common.bash" # makes a folder with mktemp and goes there

maven_packages com.squareup.okhttp3:okhttp-jvm:5.5.1 org.apache.httpcomponents.client5:httpclient5:5.6.1 org.slf4j:slf4j-simple:2.0.17
java_main <<'JAVA' | expect_seen \
  "OkHttp 5.5.1: chunk sizes and gzip as content" "the JDK's HttpClient: chunk sizes and gzip as content" \
  "HttpURLConnection: chunk sizes and gzip as content" \
  "Apache HttpClient 5.6.1: org.apache.hc.client5.http.ClientProtocolException: Unsupported transfer encoding: gzip, chunked"
import java.io.*;
import java.net.*;
import java.net.http.*;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Callable;
import java.util.zip.GZIPOutputStream;
import okhttp3.*;
import org.apache.hc.client5.http.classic.methods.HttpGet;
import org.apache.hc.client5.http.impl.classic.*;
import org.apache.hc.core5.http.io.entity.EntityUtils;

public class Main {
    public static void main(String[] arguments) throws Exception {
        try (ServerSocket server = new ServerSocket(0, 50, InetAddress.getByName("127.0.0.1"))) {
            Thread thread = new Thread(() -> serve(server));
            thread.setDaemon(true);
            thread.start();
            String url = "http://127.0.0.1:" + server.getLocalPort() + "/";
            report("OkHttp 5.5.1", () -> {
                try (Response answer = new OkHttpClient().newCall(new Request.Builder().url(url).header("TE", "gzip").build()).execute()) {
                    return answer.body().bytes();
                }
            });
            report("the JDK's HttpClient", () -> HttpClient.newHttpClient().send(
                    HttpRequest.newBuilder(URI.create(url)).version(HttpClient.Version.HTTP_1_1).header("TE", "gzip").build(),
                    HttpResponse.BodyHandlers.ofByteArray()).body());
            report("HttpURLConnection", () -> {
                URLConnection connection = new URL(url).openConnection();
                connection.setRequestProperty("TE", "gzip");
                return connection.getInputStream().readAllBytes();
            });
            report("Apache HttpClient 5.6.1", () -> {
                try (CloseableHttpClient client = HttpClients.createDefault()) {
                    HttpGet get = new HttpGet(url);
                    get.setHeader("TE", "gzip");
                    return client.execute(get, answer -> EntityUtils.toByteArray(answer.getEntity()));
                }
            });
        }
        System.exit(0);
    }

    private static void report(String client, Callable<byte[]> call) {
        String said;
        try {
            byte[] content = call.call();
            String text = new String(content, StandardCharsets.ISO_8859_1);
            said = text.equals("content") ? "the content"
                    : text.startsWith("\u001f\u008b") ? "the content, still in gzip"
                    : text.endsWith("\r\n0\r\n\r\n") ? "chunk sizes and gzip as content" : text;
        } catch (Exception e) {
            said = e.toString().replaceAll("[0-9]{2,}", "N");
        }
        System.out.println(client + ": " + said);
    }

    private static void serve(ServerSocket server) {
        try {
            ByteArrayOutputStream zipped = new ByteArrayOutputStream();
            try (OutputStream out = new GZIPOutputStream(zipped)) {
                out.write("content".getBytes());
            }
            while (true) {
                try (Socket socket = server.accept()) {
                    BufferedReader in = new BufferedReader(new InputStreamReader(socket.getInputStream()));
                    while (!in.readLine().isEmpty()) {}
                    OutputStream out = socket.getOutputStream();
                    out.write(("HTTP/1.1 200 OK\r\nTransfer-Encoding: gzip, chunked\r\nConnection: close\r\n\r\n"
                            + Integer.toHexString(zipped.size()) + "\r\n").getBytes());
                    zipped.writeTo(out);
                    out.write("\r\n0\r\n\r\n".getBytes());
                }
            }
        } catch (IOException e) { // the end
        }
    }
}
JAVA
