package gateway.proxy;

import gateway.util.Time;
import java.io.IOException;
import java.net.ProtocolException;
import okhttp3.Interceptor;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Stands between OkHttp's good intentions and the socket: notes that the connection stands, and hides from OkHttp the
 * statuses on which it would act by itself. For the first exchange on a connection; {@link WarmConnection} drives the others. It repeats a request on 503 with {@code Retry-After: 0} (and throws if that
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
        Exchange attempt = chain.request().tag(Exchange.class);
        attempt.connected(chain.connection());
        attempt.waitForBackend(time.nanos());
        Response answer = proceed(chain);
        attempt.answered();
        int status = answer.code();
        Framing.check(chain.request(), answer); // throwing ends the exchange; closing the answer would read on
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
