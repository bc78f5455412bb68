package gateway.admin.access;

import gateway.http.PageHeaders;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.server.AdminPort;
import gateway.settings.Settings;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Who may change the gateway and read what is private. With a token set: whoever shows it (RFC 6750), from anywhere, and
 * nobody else. Without one: whoever is on this machine, or can't be told from that. With a port for that alone: only
 * there.
 */
public final class AdminAuth {
    private static final String CHALLENGE = "Bearer realm=\"api-gateway\"";

    private final Optional<AdminToken> token;
    private final boolean ownPort;
    private final ThisMachine thisMachine;

    public AdminAuth(Settings settings) {
        this.token = settings.access().token().map(AdminToken::new);
        this.ownPort = settings.access().port().isPresent();
        this.thisMachine = new ThisMachine(settings);
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
        return ProblemType.OPERATORS_ONLY.problem("This is for operators: " + why);
    }

    private Optional<Problem> refusalByToken(Context ctx, AdminToken right) {
        Optional<String> shown = AdminToken.shown(ctx.req().getHeaders("Authorization"));
        if (shown.isEmpty()) {
            ctx.res().setHeader("WWW-Authenticate", CHALLENGE);
            return Optional.of(ProblemType.TOKEN_REQUIRED.problem(
                    "This is for operators: send Authorization: Bearer and the gateway's GATEWAY_ADMIN_TOKEN"));
        }
        if (right.is(shown.get())) {
            return Optional.empty();
        }
        ctx.res().setHeader("WWW-Authenticate", CHALLENGE + ", error=\"invalid_token\"");
        return Optional.of(ProblemType.INVALID_TOKEN.problem("The token isn't the gateway's GATEWAY_ADMIN_TOKEN"));
    }
}
