package gateway.proxy;

import gateway.Time;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.util.Set;
import okhttp3.Headers;
import okhttp3.Response;
import okio.Buffer;
import okio.BufferedSource;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/** Passes a backend's answer on to the client: headers first, then bytes as they arrive, nothing collected. */
final class Relay {
    private final Time time;
    private final String balancerName;

    /** @param balancerName for the header that says how the backend was chosen */
    Relay(Time time, String balancerName) {
        this.time = time;
        this.balancerName = balancerName;
    }

    /**
     * Passes the whole answer on.
     *
     * @throws IOException if the backend fails or the attempt is cancelled; the attempt tells whether it was the client
     */
    void pass(Response answer, Attempt attempt, ClientRequest request, HttpServletResponse response)
            throws IOException {
        long length = answer.body().contentLength();
        boolean hasBody = length != 0 && mayHaveBody(request.method(), Wire.status(answer));
        if (hasBody && length > 0) {
            // Before anything of the answer is set: a backend that dies here can still be replaced by another.
            attempt.waitForBackend(time.nanos());
            answer.body().source().require(1);
        }
        HttpFields.Mutable fields =
                ServletContextResponse.getServletContextResponse(response).getHeaders();
        response.setStatus(Wire.status(answer));
        copyHeaders(answer, fields);
        fields.put(RequestIds.HEADER, request.id());
        fields.put("X-Gateway", "API Gateway");
        fields.put("X-Backend-Service", attempt.backend().urlText());
        fields.put("X-Load-Balancer", balancerName);
        if (hasBody) {
            passBody(answer.body().source(), length, attempt, response);
        }
    }

    private static void copyHeaders(Response answer, HttpFields.Mutable fields) {
        Headers headers = answer.headers();
        Set<String> named = HeaderRules.named(headers.values("Connection"));
        fields.remove(HttpHeader.CONTENT_TYPE); // Javalin's default
        boolean chunked = headers.get("Transfer-Encoding") != null;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (!HeaderRules.passesToClient(name, named)) {
                continue;
            }
            HttpHeader known = HttpHeader.CACHE.get(name);
            if (known == HttpHeader.DATE) {
                fields.put(name, headers.value(i)); // instead of Jetty's
            } else if (known == HttpHeader.CONTENT_LENGTH ? !chunked : known != null || !isSaidAlready(name, fields)) {
                fields.add(name, HeaderRules.utf8AsBytes(headers.value(i)));
            }
        }
    }

    /** What the gateway says of its own limit isn't mixed with what the backend says of its own. */
    private static boolean isSaidAlready(String name, HttpFields fields) {
        return name.regionMatches(true, 0, "RateLimit", 0, 9) && fields.contains(name)
                || name.regionMatches(true, 0, "X-RateLimit-", 0, 12) && fields.contains(name);
    }

    private static boolean mayHaveBody(String method, int status) {
        return !method.equals("HEAD") && status >= 200 && status != 204 && status != 304;
    }

    private void passBody(BufferedSource source, long length, Attempt attempt, HttpServletResponse response)
            throws IOException {
        OutputStream out = response.getOutputStream();
        if (length < 0) {
            toClient(attempt, response::flushBuffer); // whoever streams wants its headers seen at once
        }
        Buffer arrived = source.getBuffer();
        long passed = 0;
        attempt.waitForBackend(time.nanos());
        while (source.request(1)) {
            attempt.waitForClient();
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
        attempt.waitForClient();
    }

    private static void toClient(Attempt attempt, Writing writing) throws IOException {
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
