package gateway.check;

import gateway.client.TrustedProxies;
import gateway.net.Peer;
import java.net.InetAddress;
import java.util.List;

/** Shows whom a request would be taken to come from, step by step, by the very code that decides it for requests. */
final class ClientWalk {
    private ClientWalk() {}

    static void show(TrustedProxies forwardedBy, CheckArguments.Claim claim, Report report) {
        report.ok("client: the connection comes from " + Peer.text(claim.peer()) + ", with "
                + forwardedBy.header().field() + ": " + claim.header());
        InetAddress current = claim.peer();
        int left = claim.header().length();
        while (left >= 0 && forwardedBy.trusts(current)) {
            int comma = forwardedBy.comma(claim.header(), left);
            String element = claim.header().substring(comma + 1, left).strip();
            left = comma;
            InetAddress next = forwardedBy.client(current, List.of(element));
            if (next.equals(current) && !element.contains(Peer.text(current))) {
                report.note("client: " + Peer.text(current) + " is a trusted proxy, but \"" + element
                        + "\" is no address: there it ends");
                break;
            }
            report.ok("client: " + Peer.text(current) + " is a trusted proxy, and says " + Peer.text(next));
            current = next;
        }
        InetAddress client = forwardedBy.client(claim.peer(), List.of(claim.header()));
        report.ok("client: it is " + Peer.text(client) + because(forwardedBy, client, left >= 0));
    }

    private static String because(TrustedProxies forwardedBy, InetAddress client, boolean more) {
        if (!forwardedBy.trusts(client)) {
            return ", which isn't in GATEWAY_TRUSTED_PROXIES" + (more ? ": what stands left of it is ignored" : "");
        }
        return ", though that is a trusted proxy: nobody further is named";
    }
}
