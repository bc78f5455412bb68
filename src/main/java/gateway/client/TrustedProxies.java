package gateway.client;

import gateway.net.Networks;
import java.net.InetAddress;
import java.util.LinkedList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.eclipse.jetty.http.HttpFields;

/**
 * Finds the client of a request that came through proxies. Each proxy adds its peer's address to the right of the
 * header; so the header is read from right to left, and only as far as the proxies are trusted. What the client itself
 * wrote stands left of that and is never reached.
 *
 * @param trusted the proxies whose header is believed
 * @param header the header that they add to. The other one is ignored, since a proxy that adds to only one passes on
 * the client's own version of the other
 */
public record TrustedProxies(Networks trusted, Header header) {
    /** A header in which proxies name the client. */
    public enum Header {
        /** Addresses separated by commas. */
        X_FORWARDED_FOR("X-Forwarded-For"),
        /** {@code for=} parameters (RFC 7239). */
        FORWARDED("Forwarded");

        private final String field;

        Header(String field) {
            this.field = field;
        }

        /** Returns the header's name. */
        public String field() {
            return field;
        }

        public static Header parse(String text) {
            for (Header header : values()) {
                if (header.field.equalsIgnoreCase(text.strip())) {
                    return header;
                }
            }
            throw new IllegalArgumentException("expected X-Forwarded-For or Forwarded");
        }
    }

    /** Trusts no proxies: the client is the TCP connection's peer. */
    public static final TrustedProxies NOBODY = new TrustedProxies(Networks.NONE, Header.X_FORWARDED_FOR);

    /** The most proxies in a row that are believed; a longer list must be invented, so the walk ends there. */
    public static final int MOST_PROXIES = 32;

    private static final List<InetAddress> LOCALHOST = Stream.of("127.0.0.1", "::1")
            .flatMap(text -> Networks.address(text).stream())
            .toList();

    private static final String PROTO = "X-Forwarded-Proto";
    private static final String HOST = "X-Forwarded-Host";
    private static final String PREFIX = "X-Forwarded-Prefix";
    private static final int LONGEST_HOST = 300;
    private static final int LONGEST_PREFIX = 300;
    private static final Pattern PREFIX_FORM = Pattern.compile("(/[A-Za-z0-9._~%!$&'()*+=:@-]+)+");
    private static final Pattern HOST_FORM = Pattern.compile("[A-Za-z0-9._:\\[\\]-]+");

    /** Returns whether this peer is a trusted proxy. */
    public boolean trusts(InetAddress peer) {
        return trusted.contains(peer);
    }

    /** Returns whether 127.0.0.1 or ::1 is a trusted proxy. */
    public boolean trustsLocalhost() {
        return LOCALHOST.stream().anyMatch(this::trusts);
    }

    /**
     * Returns the client: the first address from the right that isn't a trusted proxy's. An invalid address, {@code
     * unknown} or an obfuscated name (RFC 7239, 6.3) ends the walk at the trusted proxy that wrote it, because no one
     * vouches for what stands left of it.
     *
     * @param peer the TCP connection's peer
     * @param lines the header's lines, in the order in which they came
     */
    public InetAddress client(InetAddress peer, List<String> lines) {
        return walk(peer, lines).addresses().get(0);
    }

    /**
     * Returns the whole path from the client, with the protocol and host that the client used.
     *
     * @param peer the TCP connection's peer, a trusted proxy
     * @param fields the request's fields
     */
    public ProxyPath path(InetAddress peer, HttpFields fields) {
        Walk walk = walk(peer, fields.getValuesList(header.field));
        if (header == Header.X_FORWARDED_FOR) {
            return walk.path(only(fields, PROTO), only(fields, HOST), only(fields, PREFIX));
        }
        return walk.outermost == null
                ? walk.path(null, null, null)
                : walk.path(walk.outermost.proto(), walk.outermost.host(), null); // of the client's own request
    }

    /** The addresses found, and the element of the proxy to which the client connected. */
    private record Walk(List<InetAddress> addresses, ForwardedElement outermost) {
        private ProxyPath path(String proto, String host, String prefix) {
            return ProxyPath.through(
                    addresses,
                    isProto(proto) ? proto.toLowerCase(Locale.ROOT) : null,
                    isHost(host) ? host : null,
                    prefix == null ? "" : whole(prefix));
        }
    }

    private Walk walk(InetAddress peer, List<String> lines) {
        LinkedList<InetAddress> addresses = new LinkedList<>(List.of(peer));
        ForwardedElement outermost = null;
        for (int line = lines.size() - 1; line >= 0; line--) {
            String text = lines.get(line);
            for (int end = text.length(); end >= 0; ) {
                if (addresses.size() > MOST_PROXIES || !trusts(addresses.getFirst())) {
                    return new Walk(addresses, outermost);
                }
                int comma = comma(text, end);
                String element = text.substring(comma + 1, end).strip();
                Optional<ForwardedElement> said = header == Header.X_FORWARDED_FOR
                        ? ForwardedElement.address(element)
                        : ForwardedElement.pairs(element);
                if (said.isEmpty()) {
                    return new Walk(addresses, outermost);
                }
                outermost = said.get();
                addresses.addFirst(outermost.node());
                end = comma;
            }
        }
        return new Walk(addresses, outermost);
    }

    /**
     * Returns the index of the comma before a proxy's element, ignoring commas within quotes; -1 if the element is the
     * line's first.
     *
     * @param end where the element ends
     */
    public int comma(String line, int end) {
        return header == Header.X_FORWARDED_FOR ? line.lastIndexOf(',', end - 1) : ForwardedElement.comma(line, end);
    }

    /** Returns the value of a header that came exactly once; else null, since a second one may be the client's. */
    private static String only(HttpFields fields, String name) {
        List<String> values = fields.getValuesList(name);
        return values.size() == 1 ? values.get(0) : null;
    }

    private static boolean isProto(String text) {
        return text != null && (text.equalsIgnoreCase("http") || text.equalsIgnoreCase("https"));
    }

    /**
     * Returns what several proxies have cut off, joined: each adds its part behind a comma. Empty if it isn't a path.
     */
    private static String whole(String prefixes) {
        if (prefixes.length() > LONGEST_PREFIX) {
            return "";
        }
        StringBuilder whole = new StringBuilder();
        for (String part : prefixes.split(",")) {
            String path = part.strip();
            whole.append(path, 0, path.endsWith("/") ? path.length() - 1 : path.length());
        }
        return PREFIX_FORM.matcher(whole).matches() && !hasDots(whole.toString()) ? whole.toString() : "";
    }

    private static boolean hasDots(String path) {
        return List.of(path.toLowerCase(Locale.ROOT).replace("%2e", ".").split("/")).stream()
                .anyMatch(segment -> segment.equals(".") || segment.equals(".."));
    }

    /** Returns whether the text is a host, with or without a port. */
    private static boolean isHost(String text) {
        return text != null
                && text.length() <= LONGEST_HOST
                && HOST_FORM.matcher(text).matches();
    }
}
