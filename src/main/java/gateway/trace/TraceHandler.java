package gateway.trace;

import gateway.client.ProxyPath;
import gateway.client.TrustedProxies;
import gateway.http.PathPrefix;
import gateway.http.ResponseFields;
import gateway.http.Traced;
import gateway.net.Peer;
import gateway.util.Time;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.LongSupplier;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;

/** Begins each request's {@link Trace} and adds the request id to the answer. The first of all handlers. */
public final class TraceHandler implements Handler {
    private final PathPrefix services;
    private final TrustedProxies trustedProxies;
    private final LongSupplier random;
    private final RequestIds ids;
    private final Time time;

    /**
     * @param services the path prefix of requests for services
     * @param trustedProxies the proxies whose headers name the client
     * @param random returns 64 random bits each time, for ids
     */
    public TraceHandler(PathPrefix services, TrustedProxies trustedProxies, LongSupplier random, Time time) {
        this.services = services;
        this.trustedProxies = trustedProxies;
        this.random = random;
        this.ids = new RequestIds(random);
        this.time = time;
    }

    /** A handler with ids by chance. */
    public TraceHandler(PathPrefix services, TrustedProxies trustedProxies, Time time) {
        this(services, trustedProxies, () -> ThreadLocalRandom.current().nextLong(), time);
    }

    @Override
    public void handle(Context ctx) {
        HttpServletRequest request = ctx.req();
        HttpFields fields =
                ServletContextRequest.getServletContextRequest(request).getHeaders();
        TraceContext context = TraceContext.of(only(fields, TraceContext.HEADER), random);
        String id = ids.of(fields.get(RequestIds.HEADER), context);
        ResponseFields.of(ctx.res()).add(new HttpField(RequestIds.HEADER, id));
        InetAddress peer = Peer.address(request);
        ProxyPath through = trustedProxies.trusts(peer) ? trustedProxies.path(peer, fields) : null;
        String path = request.getRequestURI();
        Trace trace = new Trace(
                time.now(),
                time.nanos(),
                through == null ? peer : through.client(),
                request.getMethod(),
                path,
                id,
                context,
                services.covers(path));
        trace.proxyPath(through);
        request.setAttribute(Traced.ATTRIBUTE, trace);
    }

    /** Returns the value of a header that may come once; null if there is none, or more than one. */
    private static String only(HttpFields fields, String name) {
        String value = null;
        for (HttpField field : fields) {
            if (field.getName().equalsIgnoreCase(name)) {
                if (value != null) {
                    return null;
                }
                value = field.getValue();
            }
        }
        return value;
    }
}
