package gateway.trace;

import gateway.client.ProxyPath;
import gateway.client.TrustedProxies;
import gateway.http.Traced;
import gateway.http.Tracing;
import gateway.net.Peer;
import gateway.route.Route;
import gateway.util.Time;
import java.net.InetAddress;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.server.Request;

/** Begins each request's {@link Trace} and adds the request id to the answer. */
public final class TraceStart implements Tracing {
    private static final int LONGEST_ID = 128;
    private static final HexFormat HEX = HexFormat.of();

    private final Function<Request, Route> routes;
    private final TrustedProxies trustedProxies;
    private final boolean trustsSome;
    private final LongSupplier random;
    private final Time time;

    /**
     * @param routes finds the route that takes a request; null if none does
     * @param trustedProxies the proxies whose headers name the client
     * @param random returns 64 random bits each time, for ids
     */
    public TraceStart(Function<Request, Route> routes, TrustedProxies trustedProxies, LongSupplier random, Time time) {
        this.routes = routes;
        this.trustedProxies = trustedProxies;
        this.trustsSome = !trustedProxies.trusted().isEmpty();
        this.random = random;
        this.time = time;
    }

    /** Makes a handler with random ids. */
    public TraceStart(Function<Request, Route> routes, TrustedProxies trustedProxies, Time time) {
        this(routes, trustedProxies, () -> ThreadLocalRandom.current().nextLong(), time);
    }

    @Override
    public Trace open(Request request, HttpFields.Mutable answer) {
        HttpFields fields = request.getHeaders();
        TraceContext context = TraceContext.of(only(fields, TraceContext.HEADER), random);
        String id = requestId(fields.get(Trace.REQUEST_ID), context);
        answer.add(new HttpField(Trace.REQUEST_ID, id));
        InetAddress peer = Peer.address(request);
        ProxyPath through = trustsSome && trustedProxies.trusts(peer) ? trustedProxies.path(peer, fields) : null;
        String path = request.getHttpURI().getPath();
        Route route = (Route) request.getAttribute(Route.ATTRIBUTE);
        Trace trace = new Trace(
                time.now(),
                time.nanos(),
                through == null ? peer : through.client(),
                request.getMethod(),
                path == null ? "/" : path, // a CONNECT of HTTP/2 has none
                id,
                context,
                route != null ? route : routes.apply(request));
        trace.proxyPath(through);
        request.setAttribute(Traced.ATTRIBUTE, trace);
        return trace;
    }

    /**
     * Chooses the id by which one request can be found in the logs of everything that handled it: the client's, if it
     * sent an acceptable one; else the trace id, if the trace begins here, so that there is one id to look for; else a
     * new one, since a trace may have many requests.
     *
     * @param sent the id that the client sent; null if none
     */
    String requestId(String sent, TraceContext trace) {
        if (sent != null && isAcceptable(sent)) {
            return sent;
        }
        return trace.isNew()
                ? trace.traceId()
                : HEX.toHexDigits(random.getAsLong()) + HEX.toHexDigits(random.getAsLong());
    }

    /** Returns whether the id is visible ASCII and short enough for logs. */
    private static boolean isAcceptable(String id) {
        if (id.isEmpty() || id.length() > LONGEST_ID) {
            return false;
        }
        for (int i = 0; i < id.length(); i++) {
            if (id.charAt(i) <= ' ' || id.charAt(i) > '~') {
                return false;
            }
        }
        return true;
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
