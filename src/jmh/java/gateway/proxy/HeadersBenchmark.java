package gateway.proxy;

import gateway.MicroBenchmark;
import gateway.proxy.upstream.UpstreamRequest;
import java.util.Set;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.openjdk.jmh.annotations.Benchmark;

/**
 * What copying headers costs: a browser's twelve from Jetty to the backend, an answer's eight to Jetty. The
 * {@code nothing} baselines hand over what there is; the {@code unruled} ones copy without asking {@link HeaderRules}.
 */
public class HeadersBenchmark extends MicroBenchmark {
    private final HttpFields request = HttpFields.build()
            .add("Host", "gateway.example.org:8000")
            .add("Connection", "keep-alive")
            .add("User-Agent", "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0")
            .add("Accept", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8")
            .add("Accept-Language", "en-US,en;q=0.5")
            .add("Accept-Encoding", "gzip, deflate, br, zstd")
            .add("Referer", "http://gateway.example.org:8000/api/list?page=2")
            .add("Cookie", "session=0123456789abcdef0123456789abcdef; theme=dark")
            .add("Upgrade-Insecure-Requests", "1")
            .add("Sec-Fetch-Mode", "navigate")
            .add("If-None-Match", "\"5f3a-1b2c3d\"")
            .add("Priority", "u=0, i")
            .asImmutable();

    private final HttpFields answer = HttpFields.build()
            .add("Date", "Thu, 01 Jan 2026 00:00:00 GMT")
            .add("Server", "backend/1.0")
            .add("Content-Type", "application/json")
            .add("Content-Length", "312")
            .add("Connection", "keep-alive")
            .add("Cache-Control", "no-cache")
            .add("ETag", "\"5f3a-1b2c3d\"")
            .add("Set-Cookie", "session=0123456789abcdef0123456789abcdef; HttpOnly; Path=/")
            .asImmutable();

    private final HttpFields.Mutable toClient = HttpFields.build();

    @Benchmark
    public HttpFields requestNothing() {
        return request;
    }

    @Benchmark
    public UpstreamRequest requestUnruled() {
        UpstreamRequest sent = new UpstreamRequest("GET", "/", null, 0);
        for (HttpField field : request) {
            sent.add(field.getName(), field.getValue());
        }
        return sent;
    }

    /** As {@link HeaderRules} does it. */
    @Benchmark
    public UpstreamRequest requestCopied() {
        Set<String> named = HeaderRules.named(request);
        UpstreamRequest sent = new UpstreamRequest("GET", "/", null, 0);
        for (HttpField field : request) {
            if (HeaderRules.passesToBackend(field.getHeader(), field.getName(), named)) {
                sent.add(field.getName(), field.getValue());
            }
        }
        return sent;
    }

    @Benchmark
    public HttpFields answerNothing() {
        return answer;
    }

    @Benchmark
    public HttpFields answerUnruled() {
        toClient.clear();
        for (HttpField field : answer) {
            toClient.add(field);
        }
        return toClient;
    }

    /** As {@link HeaderRules} does it. */
    @Benchmark
    public HttpFields answerCopied() {
        toClient.clear();
        Set<String> named = HeaderRules.named(answer);
        for (HttpField field : answer) {
            if (HeaderRules.passesToClient(field.getHeader(), field.getName(), named)) {
                toClient.add(field);
            }
        }
        return toClient;
    }
}
