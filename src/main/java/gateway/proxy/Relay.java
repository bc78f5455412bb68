package gateway.proxy;

import gateway.http.ProxyStatus;
import gateway.http.ResponseFields;
import gateway.registry.Backend;
import gateway.trace.Attempt;
import gateway.trace.RequestIds;
import gateway.util.Time;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.net.ProtocolException;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import okhttp3.Headers;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** Passes a backend's answer on to the client: headers first, then bytes as they arrive, nothing collected. */
final class Relay {
    /** Said by the gateway of each answer; a backend that is a gateway itself may have said them too. */
    private static final List<String> OWN =
            List.of(RequestIds.HEADER, "X-Gateway", BackendPool.HEADER, "X-Load-Balancer");

    private static final HttpField GATEWAY = new PreEncodedHttpField("X-Gateway", "API Gateway");

    private final Time time;
    private final long clientPatience;
    private final HttpField loadBalancer;

    /**
     * @param clientPatience how long a client may take to take a part of an answer: 32 KB, or what a backend sent at once
     * @param balancerName for the header that says how the backend was chosen
     */
    Relay(Time time, Duration clientPatience, String balancerName) {
        this.time = time;
        this.clientPatience = clientPatience.toNanos();
        this.loadBalancer = new PreEncodedHttpField("X-Load-Balancer", balancerName);
    }

    /**
     * Passes the whole answer on.
     *
     * @param backend the header that names the backend
     * @throws IOException if the backend fails or the attempt is cancelled; the attempt tells whether it was the client
     */
    void pass(Response answer, HttpField backend, Exchange attempt, ClientRequest request, HttpServletResponse response)
            throws IOException {
        attempt.answered(Wire.status(answer), time.nanos());
        long length = answer.body().contentLength();
        boolean hasBody = length != 0 && Framing.mayHaveBody(request.method(), Wire.status(answer));
        if (hasBody && length > 0) {
            // Before anything of the answer is set: a backend that dies here can still be replaced by another.
            attempt.waitForBackend(time.nanos());
            requireFirstByte(answer.body().source());
        }
        response.setStatus(Wire.status(answer));
        HttpFields.Mutable fields = ResponseFields.of(response);
        copyHeaders(answer, fields, response);
        fields.add(GATEWAY);
        fields.add(backend);
        fields.add(loadBalancer);
        List<Attempt> before = request.trace().attempts();
        if (!before.isEmpty()) {
            fields.add(ProxyStatus.HEADER, afterFailures(before, attempt.backend()));
        }
        if (!hasBody) {
            return;
        }
        if (answer.body() instanceof KnownLengthBody body) {
            passKnownLength(body, attempt, response.getOutputStream());
        } else if (length < 0 && request.takesTrailers()) {
            TrailersToClient trailers = new TrailersToClient();
            ResponseFields.trailers(response, trailers);
            passBody(answer.body().source(), length, attempt, response);
            trailers.came(answer.trailers());
        } else {
            passBody(answer.body().source(), length, attempt, response);
        }
    }

    /** Of an answer that others didn't give; without an error type, which would say that the gateway made it. */
    private static String afterFailures(List<Attempt> failed, Backend backend) {
        String details = failed.stream()
                .map(hop -> hop.backend().name() + ": " + hop.failure())
                .collect(Collectors.joining("; "));
        return new ProxyStatus(null, backend.name(), details).value();
    }

    private static void requireFirstByte(BufferedSource source) throws IOException {
        if (!source.request(1)) {
            throw new ProtocolException("unexpected end of stream");
        }
    }

    private static void copyHeaders(Response answer, HttpFields.Mutable fields, HttpServletResponse response) {
        Headers headers = answer.headers();
        Set<String> named = HeaderRules.named(headers.values("Connection"));
        fields.remove(HttpHeader.CONTENT_TYPE); // Javalin's default
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            HttpHeader known = HttpHeader.CACHE.get(name);
            if (!HeaderRules.passesToClient(known, name, named)) {
                continue;
            }
            String value = HeaderRules.utf8AsBytes(headers.value(i));
            if (known == HttpHeader.DATE) {
                fields.put(known, value); // instead of Jetty's
            } else if (known == HttpHeader.CONTENT_LENGTH) {
                if (headers.get("Transfer-Encoding") == null) {
                    response.setHeader(name, value);
                }
            } else if (known != null || !isSaidByGateway(name, fields)) {
                fields.add(new HttpField(known, name, value));
            }
        }
    }

    /** What the gateway says of itself and of its own limit isn't mixed with what the backend says of its own. */
    private static boolean isSaidByGateway(String name, HttpFields fields) {
        for (int i = 0; i < OWN.size(); i++) {
            if (name.equalsIgnoreCase(OWN.get(i))) {
                return true;
            }
        }
        return name.regionMatches(true, 0, "RateLimit", 0, 9) && fields.contains(name)
                || name.regionMatches(true, 0, "X-RateLimit-", 0, 12) && fields.contains(name);
    }

    private void passKnownLength(KnownLengthBody body, Exchange attempt, OutputStream out) throws IOException {
        while (body.hasMore()) {
            attempt.waitForBackend(time.nanos());
            int count = body.await();
            toClient(attempt, () -> {
                body.pass(count, out);
                if (body.hasMore()) {
                    out.flush();
                }
            });
        }
    }

    private void passBody(BufferedSource source, long length, Exchange attempt, HttpServletResponse response)
            throws IOException {
        OutputStream out = response.getOutputStream();
        if (length < 0) {
            toClient(attempt, response::flushBuffer); // whoever streams wants its headers seen at once
        }
        Buffer arrived = source.getBuffer();
        long passed = 0;
        attempt.waitForBackend(time.nanos());
        while (source.request(1)) {
            passed += arrived.size();
            boolean last = passed == length;
            toClient(attempt, () -> {
                arrived.writeTo(out);
                if (!last) {
                    out.flush();
                }
            });
            attempt.waitForBackend(time.nanos());
        }
    }

    private void toClient(Exchange attempt, Writing writing) throws IOException {
        attempt.waitForClient(time.nanos(), clientPatience);
        try {
            writing.run();
        } catch (IOException e) {
            throw attempt.clientFailed(e);
        }
    }

    /** A step that writes to the client, and so may find it gone. */
    private interface Writing {
        void run() throws IOException;
    }
}
