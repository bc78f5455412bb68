package gateway.proxy.mount;

import java.util.List;

/**
 * By what scheme and host a client came, which the services are told in Host or X-Forwarded-Host.
 *
 * @param scheme {@code http} or {@code https}
 * @param host with its port, as it was sent or as a trusted proxy says; null if unknown
 * @param sent the Host of the request itself; null if it has none
 */
public record ClientSite(String scheme, String host, String sent) {
    static final List<String> SCHEMES = List.of("http", "https");

    /** Returns whether a URL with this scheme and authority leads to it. */
    boolean has(Authority written, String urlScheme) {
        return isSame(host, written, urlScheme) || isSame(sent, written, urlScheme);
    }

    private static boolean isSame(String own, Authority written, String urlScheme) {
        Authority known = own == null ? null : Authority.of(own);
        return known != null && known.isSame(written, urlScheme);
    }

    /** Returns whether it has this name or address, whatever the port. */
    boolean isNamed(String name) {
        return isNamed(host, name) || isNamed(sent, name);
    }

    private static boolean isNamed(String own, String name) {
        Authority known = own == null ? null : Authority.of(own);
        return known != null && known.host().equals(name);
    }

    /** Returns whether a cookie with this domain goes back to it (RFC 6265, 5.1.3). */
    boolean isOf(String domain) {
        return isOf(host, domain) || isOf(sent, domain);
    }

    private static boolean isOf(String own, String domain) {
        Authority known = own == null ? null : Authority.of(own);
        return known != null && CookieMount.isOf(known.host(), domain);
    }
}
