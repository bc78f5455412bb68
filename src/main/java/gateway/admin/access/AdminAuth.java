package gateway.admin.access;

import gateway.client.ClientAddress;
import gateway.http.PageHeaders;
import gateway.http.Problem;
import gateway.net.Peer;
import gateway.server.AdminPort;
import gateway.settings.Settings;
import gateway.trace.Trace;
import gateway.util.Durations;
import gateway.util.Time;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who may change the gateway and read what is private. With a token set: whoever shows it (RFC 6750), from anywhere, and
 * nobody else. Without one: whoever is on this machine, or can't be told from that. With a port for that alone: only
 * there.
 */
public final class AdminAuth {
    private static final Logger LOG = LoggerFactory.getLogger(AdminAuth.class);
    private static final String CHALLENGE = "Bearer realm=\"api-gateway\"";

    private final Optional<AdminToken> token;
    private final boolean ownPort;
    private final ThisMachine thisMachine;
    private final WrongTokens wrong = new WrongTokens();
    private final Time time;

    public AdminAuth(Settings settings, Time time) {
        this.token = settings.access().token().map(AdminToken::new);
        this.ownPort = settings.access().port().isPresent();
        this.thisMachine = new ThisMachine(settings);
        this.time = time;
    }

    /** The same for operators alone; where there is a port for that, elsewhere there is nothing. */
    public Handler only(Handler handler) {
        return atTheirPort(ctx -> {
            if (admits(ctx)) {
                handler.handle(ctx);
            }
        });
    }

    /** The same for everybody who reaches it, but only at the operators' port if there is one. */
    public Handler atTheirPort(Handler handler) {
        return ownPort
                ? ctx -> {
                    if (AdminPort.isOf(ctx.req())) {
                        handler.handle(ctx);
                    } else {
                        AdminPort.refuse(ctx);
                    }
                }
                : handler;
    }

    /** Whether operators' paths are to be found where this request came in. */
    public boolean areHere(HttpServletRequest request) {
        return !ownPort || AdminPort.isOf(request);
    }

    /** Whether an operator asks; if not, this answers. What follows is for that operator alone: nothing keeps it. */
    public boolean admits(Context ctx) throws Exception {
        ctx.res().setHeader("Cache-Control", "no-store");
        PageHeaders.keepFromOthers(ctx.res());
        Optional<Problem> refusal = refusal(ctx);
        if (refusal.isPresent()) {
            refusal.get().send(ctx.req(), ctx.res());
        }
        return refusal.isEmpty();
    }

    private Optional<Problem> refusal(Context ctx) {
        if (!areHere(ctx.req())) {
            return Optional.of(operatorsOnly("this is for the gateway's port for operators"));
        }
        return token.isPresent()
                ? refusalByToken(ctx, token.get())
                : thisMachine
                        .doubt(ctx.req())
                        .map(doubt -> operatorsOnly("only the gateway's own machine may, and " + doubt
                                + "; GATEWAY_ADMIN_TOKEN lets operators in from elsewhere"));
    }

    private static Problem operatorsOnly(String why) {
        return new Problem(403, "operators-only", "Operators only", "This is for operators: " + why);
    }

    private Optional<Problem> refusalByToken(Context ctx, AdminToken right) {
        Optional<String> shown = AdminToken.shown(ctx.req().getHeaders("Authorization"));
        if (shown.isEmpty()) {
            ctx.res().setHeader("WWW-Authenticate", CHALLENGE);
            return Optional.of(new Problem(
                    401,
                    "token-required",
                    "Token required",
                    "This is for operators: send Authorization: Bearer and the gateway's GATEWAY_ADMIN_TOKEN"));
        }
        InetAddress client = Trace.of(ctx.req()).client();
        ClientAddress address = ClientAddress.of(client);
        WrongTokens.Judged judged = wrong.judge(address, AdminToken.digest(shown.get()), right, time.nanos());
        if (judged.right()) {
            return Optional.empty();
        }
        if (judged.waitNanos() > 0 && !judged.last()) {
            return Optional.of(slowedDown(ctx, client, judged.waitNanos()));
        }
        if (judged.last()) {
            LOG.warn("{} has shown {} wrong tokens and is slowed down", Peer.text(client), WrongTokens.FREE);
        }
        ctx.res().setHeader("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\"");
        return Optional.of(new Problem(
                401, "invalid-token", "Invalid token", "The token isn't the gateway's GATEWAY_ADMIN_TOKEN"));
    }

    private static Problem slowedDown(Context ctx, InetAddress client, long wait) {
        long seconds = Math.max(1, Durations.secondsRoundedUp(wait));
        ctx.res().setHeader("Retry-After", String.valueOf(seconds));
        return new Problem(
                429,
                "too-many-tokens",
                "Too many wrong tokens",
                Peer.text(client) + " has shown too many wrong tokens; no token is looked at for " + seconds + " s");
    }
}
