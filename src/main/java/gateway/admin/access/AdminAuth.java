package gateway.admin.access;

import gateway.http.PageHeaders;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.server.AdminPort;
import gateway.settings.Settings;
import gateway.util.Time;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import jakarta.servlet.http.HttpServletRequest;
import java.util.Optional;

/**
 * Decides who may change the gateway and read private data. With a token: everybody who sends it (RFC 6750), from
 * anywhere, and nobody else. Without one: clients on this machine, and those that look just like them ({@link ThisMachine}). With a separate
 * admin port, only on that port.
 */
public final class AdminAuth {
    private static final String CHALLENGE = "Bearer realm=\"api-gateway\"";

    private final Optional<AdminToken> token;
    private final boolean ownPort;
    private final ThisMachine thisMachine;

    public AdminAuth(Settings settings, Time time) {
        this.token = settings.access().token().map(AdminToken::new);
        this.ownPort = settings.access().port().isPresent();
        this.thisMachine = new ThisMachine(settings, new PeerUser(time));
    }

    /** Returns a handler that serves operators only; on the main port it answers 404 if there is an admin port. */
    public Handler only(Handler handler) {
        return atTheirPort(ctx -> {
            if (admits(ctx)) {
                handler.handle(ctx);
            }
        });
    }

    /** Returns a handler that serves every client, but only on the admin port if there is one. */
    public Handler atTheirPort(Handler handler) {
        return ownPort ? AdminPort.only(handler) : handler;
    }

    /** Returns whether the operators' paths are on the port of this request. */
    public boolean areHere(HttpServletRequest request) {
        return !ownPort || AdminPort.isOf(request);
    }

    /**
     * Returns whether the request is an operator's; answers it if not. In either case the answer must not be cached.
     */
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
            return Optional.of(operatorsOnly("use the gateway's admin port"));
        }
        return token.isPresent()
                ? refusalByToken(ctx, token.get())
                : thisMachine
                        .doubt(ctx.req())
                        .map(doubt -> operatorsOnly("only clients on the gateway's machine have access, and " + doubt
                                + "; GATEWAY_ADMIN_TOKEN gives access from elsewhere"));
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
