package gateway.net;

import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The URL at which a service listens: scheme, host, port and optionally a path, which is prefixed to every forwarded
 * path.
 *
 * @param scheme {@code http} or {@code https}
 * @param host a name or an address; IPv6 without brackets
 * @param port 1 to 65535
 * @param path empty, or starts with a slash and doesn't end with one
 */
public record ServiceUrl(String scheme, String host, int port, String path) {
    // Not URI.getHost(), which refuses host names with underscores, common in container networks.
    private static final Pattern AUTHORITY = Pattern.compile("(\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::(\\d{1,9}))?");

    /**
     * Reads a URL and normalises it: lower-case scheme and host, no trailing slash.
     *
     * @throws IllegalArgumentException if a service can't have this URL; the message says why
     */
    public static ServiceUrl parse(String text) {
        URI uri = uri(text);
        String scheme = uri.getScheme() == null ? "" : uri.getScheme().toLowerCase(Locale.ROOT);
        if (!scheme.equals("http") && !scheme.equals("https")) {
            throw new IllegalArgumentException("must start with http:// or https://");
        }
        String authority = uri.getRawAuthority() == null ? "" : uri.getRawAuthority();
        if (authority.contains("@")) {
            throw new IllegalArgumentException("must not carry a user name or password");
        }
        Matcher parts = AUTHORITY.matcher(authority);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "must name a host and, if any, a port from 1 to 65535, like http://localhost:8001");
        }
        if (uri.getRawQuery() != null || uri.getRawFragment() != null) {
            throw new IllegalArgumentException("must not have a query or a fragment");
        }
        String host = parts.group(1).toLowerCase(Locale.ROOT);
        return new ServiceUrl(
                scheme,
                host.startsWith("[") ? host.substring(1, host.length() - 1) : HostName.checked(host),
                portOf(parts.group(2), scheme),
                pathOf(uri));
    }

    private static int portOf(String text, String scheme) {
        if (text == null) {
            return scheme.equals("https") ? 443 : 80;
        }
        int port = Integer.parseInt(text);
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("must have a port from 1 to 65535");
        }
        return port;
    }

    /**
     * Reads URLs that commas separate; each once, empty places skipped.
     *
     * @throws IllegalArgumentException naming each URL that isn't valid, what is wrong with it, and what is expected
     */
    public static List<ServiceUrl> parseAll(String text) {
        return parseEach(Arrays.stream(text.split(",")).map(String::strip).filter(url -> !url.isEmpty()));
    }

    /**
     * Reads URLs; each once.
     *
     * @throws IllegalArgumentException naming each URL that isn't valid, what is wrong with it, and what is expected; by
     * its number if any of them may have a secret, since a comma in a password may have made two of one
     */
    public static List<ServiceUrl> parseEach(Stream<String> texts) {
        List<String> given = texts.toList();
        boolean secret = given.stream().anyMatch(ServiceUrl::maybeSecret);
        Set<ServiceUrl> urls = new LinkedHashSet<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < given.size(); i++) {
            String text = given.get(i);
            try {
                urls.add(parse(text));
            } catch (IllegalArgumentException e) {
                String which = secret ? "URL " + (i + 1) : "the URL " + (text.isEmpty() ? "(empty)" : text);
                problems.add(which + " " + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(
                    String.join("; ", problems) + "; expected URLs like http://localhost:8001, comma-separated");
        }
        return List.copyOf(urls);
    }

    /** Returns whether a text has what a URL of a service may not have and what is often secret: a password, a query. */
    private static boolean maybeSecret(String text) {
        return text.contains("@") || text.contains("?") || text.contains("#");
    }

    /**
     * Returns those of the URLs that commas separate that are valid; each once. None if the text may have a secret: what
     * looks like a URL may be a part of it.
     */
    public static List<ServiceUrl> validOf(String text) {
        List<ServiceUrl> urls = new ArrayList<>();
        if (maybeSecret(text)) {
            return urls;
        }
        for (String url : text.split(",")) {
            try {
                urls.addAll(parseAll(url));
            } catch (IllegalArgumentException e) {
                // that of all names it
            }
        }
        return urls.stream().distinct().toList();
    }

    private static URI uri(String text) {
        try {
            return new URI(text);
        } catch (URISyntaxException e) {
            throw new IllegalArgumentException("isn't a URL: " + e.getReason() + " at index " + e.getIndex());
        }
    }

    private static String pathOf(URI uri) {
        String path = uri.getRawPath();
        if (List.of(path.split("/")).stream().anyMatch(ServiceUrl::isDots)
                || !path.equals(uri.normalize().getRawPath())) {
            throw new IllegalArgumentException("must not have . or .. or empty parts in its path");
        }
        return path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
    }

    private static boolean isDots(String segment) {
        String decoded = segment.toLowerCase(Locale.ROOT).replace("%2e", ".");
        return decoded.equals(".") || decoded.equals("..");
    }

    /**
     * Returns the host's address if it is known without a name server: if the host is an address or localhost; else
     * empty.
     */
    public Optional<InetAddress> address() {
        return host.equals("localhost") ? Optional.of(InetAddress.getLoopbackAddress()) : Networks.address(host);
    }

    /** Returns {@code host:port} with brackets round IPv6, as in a Host header and in log lines. */
    public String authority() {
        return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
    }

    /** Returns the URL as text. */
    @Override
    public String toString() {
        return scheme + "://" + authority() + path;
    }
}
