package gateway.admission;

import gateway.http.Problem;
import gateway.http.ProxyStatus;
import gateway.http.UnreadBody;
import gateway.route.Route;
import java.nio.ByteBuffer;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
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
 *
 * <p>As the outermost handler, it also finds each request's route, for all that come after it.
 */
final class Door extends Handler.Wrapper {
    private static final Problem OVERLOADED = ConcurrencyLimit.overloaded();
    private static final int MOST_BODIES = 10_000;

    private final ConcurrencyLimit inFlight;
    private final Function<Request, Route> routes;
    private final ConcurrentHashMap<String, byte[]> bodies = new ConcurrentHashMap<>();
    private final HttpField[] fields;

    /** @param routes finds the route that takes a request; null if none does */
    Door(ConcurrencyLimit inFlight, Function<Request, Route> routes) {
        this.inFlight = inFlight;
        this.routes = routes;
        this.fields = new HttpField[] {
            new PreEncodedHttpField(HttpHeader.CONTENT_TYPE, Problem.CONTENT_TYPE),
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
        Route route = routes.apply(request);
        if (route != null) {
            request.setAttribute(Route.ATTRIBUTE, route);
            AnswerFields.changeFor(route, request);
        }
        if (route == null || !inFlight.isFull() || PreflightHandler.isAnswered(route, request)) {
            return super.handle(request, response, callback);
        }
        byte[] body = body(route);
        request.setAttribute(Problem.ATTRIBUTE, OVERLOADED);
        UnreadBody.discard(request);
        response.setStatus(OVERLOADED.status());
        for (HttpField field : fields) {
            response.getHeaders().add(field);
        }
        response.getHeaders().put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), Callback.from(() -> pause(callback), callback::failed));
        return true;
    }

    /** Returns the answer's body, made once for each prefix. */
    private byte[] body(Route route) {
        String prefix = route.path().toString();
        byte[] known = bodies.get(prefix);
        if (known == null) {
            known = OVERLOADED.json(prefix);
            if (bodies.size() >= MOST_BODIES) {
                bodies.clear();
            }
            bodies.put(prefix, known);
        }
        return known;
    }

    /** Completes the request after a pause: Jetty reads the next one only then. */
    private void pause(Callback callback) {
        getServer().getScheduler().schedule(callback::succeeded, Backoff.MILLIS, TimeUnit.MILLISECONDS);
    }
}
