package gateway.proxy;

import gateway.Time;
import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Headers;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Stands between OkHttp's good intentions and the socket: notes that the connection stands, and hides from OkHttp the
 * statuses on which it would act by itself. It repeats a request on 503 with {@code Retry-After: 0} (and throws if that
 * number is too large for an int), and treats 407 as an error without a proxy.
 */
final class Wire implements Interceptor {
    /** Added to such a status; a status line has three digits, so no backend can send one of these. */
    private static final int HIDDEN = 1000;

    private final Time time;

    Wire(Time time) {
        this.time = time;
    }

    @Override
    public Response intercept(Chain chain) throws IOException {
        Attempt attempt = chain.request().tag(Attempt.class);
        attempt.connected(chain.connection());
        attempt.waitForBackend(time.nanos());
        Response answer = proceed(chain);
        attempt.answered();
        int status = answer.code();
        if (status < 200) {
            WebSocketHandshake.check(chain.request(), answer);
        }
        check(answer.headers()); // throwing ends the exchange; closing the answer would read on
        return status == 503 || status == 407
                ? answer.newBuilder().code(status + HIDDEN).build()
                : answer;
    }

    private static Response proceed(Chain chain) throws IOException {
        try {
            return chain.proceed(asTheClientSentIt(chain));
        } catch (IllegalStateException | IllegalArgumentException e) { // OkHttp's, at a status like -12
            throw new ProtocolException("not HTTP");
        }
    }

    /** OkHttp takes any framing and guesses; a guess could make one answer's bytes the next one's. */
    private static void check(Headers headers) throws ProtocolException {
        String length = null;
        String coding = null;
        for (int i = 0; i < headers.size(); i++) {
            String name = headers.name(i);
            if (name.equalsIgnoreCase("Content-Length")) {
                String value = headers.value(i);
                if (!isNumber(value) || length != null && !length.equals(value)) {
                    throw new ProtocolException("its Content-Length is unclear");
                }
                length = value;
            } else if (name.equalsIgnoreCase("Transfer-Encoding")) {
                if (coding != null || !headers.value(i).equalsIgnoreCase("chunked")) {
                    throw new ProtocolException("its Transfer-Encoding isn't chunked");
                }
                coding = headers.value(i);
            }
        }
    }

    private static boolean isNumber(String text) {
        if (text.isEmpty() || text.length() > 18) {
            return false;
        }
        for (int i = 0; i < text.length(); i++) {
            if (text.charAt(i) < '0' || text.charAt(i) > '9') {
                return false;
            }
        }
        return true;
    }

    private static Request asTheClientSentIt(Chain chain) {
        boolean named = chain.call().request().header("User-Agent") != null;
        return named
                ? chain.request()
                : chain.request().newBuilder().removeHeader("User-Agent").build();
    }

    /** The status that the backend sent. */
    static int status(Response answer) {
        int status = answer.code();
        return status >= HIDDEN ? status - HIDDEN : status;
    }
}
