package gateway.admin;

import gateway.PathPrefix;
import gateway.Problem;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.net.URI;
import java.util.Set;

/**
 * Refuses changes that a page of another site asks a browser for: whoever looks at the gateway's page would else lend
 * that site the hand. Browsers send {@code Origin} with each such request; other clients send none and pass.
 */
public final class SameOrigin implements Handler {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    private final PathPrefix services;

    /** @param services below this, it is the services' business */
    public SameOrigin(PathPrefix services) {
        this.services = services;
    }

    @Override
    public void handle(Context ctx) throws Exception {
        String origin = ctx.req().getHeader("Origin");
        if (origin == null
                || READING.contains(ctx.req().getMethod())
                || services.covers(ctx.path())
                || isOf(origin, ctx.req().getHeader("Host"))) {
            return;
        }
        new Problem(403, "cross-site", "Cross-site request", "A page of " + origin + " may not change this gateway")
                .send(ctx.req(), ctx.res());
        ctx.skipRemainingHandlers();
    }

    private static boolean isOf(String origin, String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
