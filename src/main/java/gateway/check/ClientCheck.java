package gateway.check;

import gateway.client.TrustedProxies;
import gateway.net.Peer;
import java.net.InetAddress;
import java.util.List;

/**
 * Explains step by step which client a request would be attributed to, using the code that decides this for requests.
 */
final class ClientCheck {
    private ClientCheck() {}

    static void show(TrustedProxies trustedProxies, CheckArguments.Claim claim, Report report) {
        report.ok("client: the connection comes from " + Peer.text(claim.peer()) + ", with "
                + trustedProxies.header().field() + ": " + claim.header());
        InetAddress current = claim.peer();
        int left = claim.header().length();
        while (left >= 0 && trustedProxies.trusts(current)) {
            int comma = trustedProxies.comma(claim.header(), left);
            String element = claim.header().substring(comma + 1, left).strip();
            left = comma;
            InetAddress next = trustedProxies.client(current, List.of(element));
            if (next.equals(current) && !element.contains(Peer.text(current))) {
                report.note("client: " + Peer.text(current) + " is a trusted proxy, but \"" + element
                        + "\" is no address: the walk ends there");
                break;
            }
            report.ok("client: " + Peer.text(current) + " is a trusted proxy, and says " + Peer.text(next));
            current = next;
        }
        InetAddress client = trustedProxies.client(claim.peer(), List.of(claim.header()));
        report.ok("client: it is " + Peer.text(client) + because(trustedProxies, client, left >= 0));
    }

    private static String because(TrustedProxies trustedProxies, InetAddress client, boolean more) {
        if (!trustedProxies.trusts(client)) {
            return ", which isn't in GATEWAY_TRUSTED_PROXIES" + (more ? ": addresses to its left are ignored" : "");
        }
        return ", though that is a trusted proxy: the header names no further address";
    }
}
