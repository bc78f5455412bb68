package gateway.balance;

import gateway.registry.Backend;
import gateway.registry.Snapshot;
import java.util.List;
import java.util.function.BiConsumer;

/**
 * Sends each client to the backend that its cookie says, and gives a cookie to whoever has come to another one: new
 * clients, and those whose backend is gone, out or full. A backend that drains keeps its clients until the drain's end,
 * unless they are to move.
 *
 * <p>Of the clients without a cookie of this gateway, those that open a page in a browser, as browsers say in two ways,
 * are spread by another strategy: the cookie comes back with all that follows. The others go by a hash of their address,
 * since they may have no place for cookies, as many programs and pages of other sites, or may send several requests at
 * once before they have the cookie; they, too, find again what they have begun.
 */
public final class Sticky implements Balancer {
    private static final HashKey ADDRESS = HashKey.client();

    private final Balancer spread;
    private final String cookie;
    private final String attributes;
    private final StickyTokens tokens;

    /**
     * @param spread chooses for clients that keep cookies and have none
     * @param cookie the cookie's name
     * @param path the path for which clients are to send it, as a cookie has it: {@code /} for all
     * @param secret at least one byte; gateways with the same one agree on which backend a cookie means
     */
    public Sticky(Balancer spread, String cookie, String path, byte[] secret) {
        this.spread = spread;
        this.cookie = cookie;
        this.attributes = "; Path=" + beforeSemicolon(path) + "; HttpOnly; SameSite=Lax";
        this.tokens = new StickyTokens(secret);
    }

    /** Returns the path up to the segment with a semicolon, where a cookie's path would end (RFC 6265, 5.2). */
    private static String beforeSemicolon(String path) {
        int semicolon = path.indexOf(';');
        return semicolon < 0 ? path : path.substring(0, Math.max(1, path.lastIndexOf('/', semicolon)));
    }

    @Override
    public Backend belongsTo(Snapshot pool, RequestView request) {
        for (String token : request.cookies(cookie)) { // several if the route's path has changed since
            Backend own = tokens.backend(token, pool);
            if (own != null && own.servesItsOwn()) {
                return own;
            }
        }
        return null;
    }

    @Override
    public Backend choose(Snapshot pool, RequestView request) {
        return bringsItBack(request) ? spread.choose(pool, request) : byAddress(pool.available(), request);
    }

    @Override
    public Backend choose(List<Backend> available, RequestView request) {
        return bringsItBack(request) ? spread.choose(available, request) : byAddress(available, request);
    }

    @Override
    public Backend chooseAgain(List<Backend> left, RequestView request) {
        return bringsItBack(request) ? spread.chooseAgain(left, request) : byAddress(left, request);
    }

    /** Returns whether the client will send its cookie with what follows: it does already, or opens a page. */
    private boolean bringsItBack(RequestView request) {
        return "document".equals(request.header("Sec-Fetch-Dest")) // over HTTPS and on the same machine alone
                || "1".equals(request.header("Upgrade-Insecure-Requests")) // with pages alone, by http too
                || !request.cookies(cookie).isEmpty();
    }

    private static Backend byAddress(List<Backend> backends, RequestView request) {
        return Rendezvous.of(ADDRESS.of(request), backends, Weights::of, any -> true);
    }

    @Override
    public boolean binds() {
        return true;
    }

    /** Adds the cookie, and beside it that no cache may give this client's answer to another one. */
    @Override
    public void answers(Backend backend, RequestView request, BiConsumer<String, String> answer) {
        for (String token : request.cookies(cookie)) {
            if (tokens.means(token, backend)) {
                return;
            }
        }
        String secure = request.isSecure() ? "; Secure" : "";
        answer.accept("Set-Cookie", cookie + "=" + tokens.of(backend) + attributes + secure);
        answer.accept("Cache-Control", "private");
    }

    @Override
    public String cookie() {
        return cookie;
    }

    @Override
    public String name() {
        return "Sticky";
    }
}
