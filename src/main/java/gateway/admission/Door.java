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
 * Refuses requests to services while the {@link ConcurrencyLimit} is reached, before any other work is done for them:
 * under overload, each refusal takes CPU time from the requests that are served. So all get the same prepared answer,
 * without an id and a trace, followed by a {@link Backoff} that holds no thread.
 */
final class Door extends Handler.Wrapper {
    private static final Problem OVERLOADED = ConcurrencyLimit.overloaded();

    private final ConcurrencyLimit inFlight;
    private final PathPrefix services;
    private final byte[] body;
    private final HttpField[] fields;

    /** @param services the path prefix of requests to services */
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

    /** Completes the request after a pause: Jetty reads the next one only then. */
    private void pause(Callback callback) {
        getServer().getScheduler().schedule(callback::succeeded, Backoff.MILLIS, TimeUnit.MILLISECONDS);
    }
}
