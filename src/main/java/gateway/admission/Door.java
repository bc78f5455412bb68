package gateway.admission;

import gateway.http.PathPrefix;
import gateway.http.Problem;
import gateway.http.ProxyStatus;
import gateway.http.UnreadBody;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * Refuses requests for services while there are as many under way as there may be, before anything else is done for
 * them: under more load than the gateway can carry, what it still serves is what refusing leaves over. So the answer is
 * the same for all, with no id and no trace, and was written once. It goes out at once, with a {@link Backoff} that holds
 * no thread.
 */
final class Door extends Handler.Wrapper {
    private static final Problem OVERLOADED = ConcurrencyLimit.overloaded();

    private final ConcurrencyLimit inFlight;
    private final PathPrefix services;
    private final byte[] body;
    private final HttpField[] fields;

    /** @param services what is below this is for a service */
    Door(ConcurrencyLimit inFlight, PathPrefix services) {
        this.inFlight = inFlight;
        this.services = services;
        this.body = OVERLOADED.json(services.text());
        this.fields = new HttpField[] {
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE),
            new PreEncodedHttpField(HttpHeader.CONTENT_LENGTH, String.valueOf(body.length)),
            new PreEncodedHttpField(HttpHeader.RETRY_AFTER, "1"),
            new PreEncodedHttpField(ProxyStatus.HEADER, OVERLOADED.proxyStatus().value())
        };
    }

    @Override
    protected void doStart() throws Exception {
        getServer().addBean(new LingeringClose());
        super.doStart();
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        String path = request.getHttpURI().getPath();
        if (!inFlight.isFull() || path == null || !services.covers(path)) {
            return super.handle(request, response, callback);
        }
        request.setAttribute(Problem.ATTRIBUTE, OVERLOADED);
        UnreadBody.discard(request);
        response.setStatus(OVERLOADED.status());
        for (HttpField field : fields) {
            response.getHeaders().add(field);
        }
        response.write(true, ByteBuffer.wrap(body), Callback.from(() -> pause(callback), callback::failed));
        return true;
    }

    /** For Jetty, a request lasts until its callback is called: then it reads the next. */
    private void pause(Callback callback) {
        getServer().getScheduler().schedule(callback::succeeded, Backoff.MILLIS, TimeUnit.MILLISECONDS);
    }
}
