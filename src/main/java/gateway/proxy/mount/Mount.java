package gateway.proxy.mount;

import gateway.net.ServiceUrl;

/**
 * Turns the references in a service's answer from the service's own address and path to the route's, so that clients
 * come back through the gateway.
 *
 * <p>A service builds absolute URLs from the Host that it saw, from X-Forwarded-Host, or from its own address. All of
 * these become a path: the client knows by what scheme and host it came, whatever stands between. Only a URL by which an
 * app sends the client from http to https stays absolute, or the client would come back by http for ever.
 */
public final class Mount {
    private static final String HTTPS = "https";

    private final MountPaths paths;
    private final ServiceUrl service;
    private final ClientSite client;

    /**
     * @param mount what clients' paths begin with where the service's don't; empty if nothing
     * @param told what X-Forwarded-Prefix says; empty if the service isn't told
     * @param service the service that answers
     * @param asked the raw path that it was asked for, below its URL
     */
    public Mount(String mount, String told, ServiceUrl service, String asked, ClientSite client) {
        this.paths = new MountPaths(mount, service.path(), told, asked);
        this.service = service;
        this.client = client;
    }

    /** Returns the value of a Location or Content-Location for the client; the same object if nothing is to be turned. */
    public String reference(String text) {
        if (text.startsWith("//")) {
            return absolute(text, "", client.scheme());
        }
        if (text.startsWith("/") && !text.startsWith("/\\")) {
            String turned = path(text, 0);
            return turned == null ? text : turned;
        }
        for (String scheme : ClientSite.SCHEMES) {
            if (text.regionMatches(true, 0, scheme, 0, scheme.length()) && text.startsWith("://", scheme.length())) {
                return absolute(text, text.substring(0, scheme.length() + 1), scheme);
            }
        }
        return text; // relative to where the client is, or something else altogether
    }

    /** Returns the value of a Set-Cookie for the client; the same object if nothing is to be turned. */
    public String cookie(String value) {
        return CookieMount.turn(value, paths, service.host(), client);
    }

    /**
     * @param before what comes before the two slashes
     * @param scheme in lower case
     */
    private String absolute(String text, String before, String scheme) {
        int start = before.length() + 2;
        int end = end(text, start, "/?#");
        Authority written = Authority.of(text.substring(start, end));
        boolean isClients = written != null && client.has(written, scheme);
        if (!isClients && (written == null || !isServices(written, scheme))) {
            return text;
        }
        String path = path(text, end);
        if (path == null) {
            return text;
        }
        if (isUpgrade(scheme)) {
            String host = isClients ? text.substring(start, end) : client.host();
            return host == null ? path : scheme + "://" + host + path;
        }
        return path;
    }

    /**
     * Returns whether these are the host and port of the service, or the client's host with the port of the service:
     * nginx writes the port at which it listens behind any Host.
     */
    private boolean isServices(Authority written, String scheme) {
        return written.hasPort(service.port(), service.scheme(), scheme)
                && (written.host().equals(bracketed(service.host())) || client.isNamed(written.host()));
    }

    private static String bracketed(String host) {
        return host.indexOf(':') < 0 ? host : '[' + host + ']';
    }

    /** Returns whether an app asks for https of a client that came by http, rather than speak of its own connection. */
    private boolean isUpgrade(String scheme) {
        return scheme.equals(HTTPS)
                && !client.scheme().equals(HTTPS)
                && !service.scheme().equals(HTTPS);
    }

    /** Returns the path from here on, with what follows it, for the client; null if the client can't reach it. */
    private String path(String text, int start) {
        int end = end(text, start, "?#");
        String written = text.substring(start, end);
        String path = paths.forClient(written.isEmpty() ? "/" : written);
        if (path == null) {
            return null;
        }
        if (start == 0 && path.equals(written)) {
            return text;
        }
        // Two slashes would begin the name of a host; so would a backslash, to browsers.
        boolean looksLikeHost = path.startsWith("//") || path.startsWith("/\\");
        return (looksLikeHost ? "/." : "") + path + text.substring(end);
    }

    private static int end(String text, int start, String ends) {
        int end = start;
        while (end < text.length() && ends.indexOf(text.charAt(end)) < 0) {
            end++;
        }
        return end;
    }
}
