package gateway.admission;

import gateway.http.Preflight;
import gateway.route.Cors;
import gateway.route.HeaderEdits;
import gateway.route.Route;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.HttpStream;
import org.eclipse.jetty.server.Request;

/**
 * Changes the header of a request's answer as its route says, at the moment it is sent. So it concerns each answer to a
 * request of the route, whether a service, the gateway or Jetty made it.
 */
final class AnswerFields extends HttpStream.Wrapper {
    private final Route route;
    private final Request request;

    private AnswerFields(HttpStream stream, Route route, Request request) {
        super(stream);
        this.route = route;
        this.request = request;
    }

    /** Has the route's changes made in the answer to a request; does nothing if there are none. */
    static void changeFor(Route route, Request request) {
        if (!route.config().cors().origins().isEmpty()
                || !route.config().headers().response().isEmpty()) {
            request.addHttpStreamWrapper(stream -> new AnswerFields(stream, route, request));
        }
    }

    @Override
    public void prepareResponse(HttpFields.Mutable answer) {
        super.prepareResponse(answer);
        Cors cors = route.config().cors();
        if (!cors.origins().isEmpty()) {
            CorsFields.put(
                    cors, request.getHeaders(), Preflight.isOne(request.getMethod(), request.getHeaders()), answer);
        }
        HeaderEdits.Edit edit = route.config().headers().response();
        edit.remove().forEach(answer::remove);
        edit.set().forEach(answer::put);
    }
}
