package gateway.admin;

import gateway.events.Who;
import gateway.net.Peer;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.trace.Trace;
import io.javalin.http.Context;
import java.util.List;

/**
 * Who asks for a change. Services use the same requests as operators, and with the same rights; what tells them apart is
 * that they speak of themselves: they register with a lease, which they mean to renew, and deregister one instance by the
 * id that it gave itself. A page never speaks for a service.
 */
final class Caller {
    private Caller() {}

    /** Returns whoever sent this request as an operator. */
    static Who operator(Context ctx) {
        return Who.operator(address(ctx));
    }

    /** Returns who registers a service. */
    static Who registering(Context ctx, Service service) {
        return service.lease().isPresent() && !isPage(ctx) ? Who.service(address(ctx)) : operator(ctx);
    }

    /**
     * Returns who deregisters instances.
     *
     * @param instances those that the request means
     */
    static Who deregistering(Context ctx, List<Backend> instances) {
        String instance = ctx.queryParam("instance");
        boolean itself = instance != null
                && !isPage(ctx)
                && instances.stream()
                        .allMatch(backend ->
                                backend.ownId().filter(instance::equals).isPresent());
        return itself ? Who.service(address(ctx)) : operator(ctx);
    }

    /** Returns whether a page of a browser sent it: browsers name the page's origin with each change. */
    private static boolean isPage(Context ctx) {
        return ctx.header("Origin") != null;
    }

    private static String address(Context ctx) {
        return Peer.text(Trace.of(ctx.req()).client());
    }
}
