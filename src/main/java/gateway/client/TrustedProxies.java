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
 * Who a request comes from, when proxies stand before the gateway: what they wrote is read from right to left, since
 * each proxy adds to the right, and only as far as those who wrote it are trusted. What a client writes itself stands
 * left of that, and is never reached.
 *
 * @param trusted the proxies whose word is taken
 * @param header in which header they write it; the other one is ignored, for a proxy that fills only one lets the
 *     client's own version of the other pass
 */
public record TrustedProxies(Networks trusted, Header header) {
    /** Where proxies write whom they forward for. */
    public enum Header {
        /** Addresses with commas between them. */
        X_FORWARDED_FOR("X-Forwarded-For"),
        /** {@code for=} parameters (RFC 7239). */
        FORWARDED("Forwarded");

        private final String field;

        Header(String field) {
            this.field = field;
        }

        /** The name of the header. */
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

    /** Trusts nobody: the client is the peer of the TCP connection. */
    public static final TrustedProxies NOBODY = new TrustedProxies(Networks.NONE, Header.X_FORWARDED_FOR);

    /** More proxies than that, one behind the other, are a client's invention; the walk ends with the last of them. */
    public static final int MOST_PROXIES = 32;

    private static final List<InetAddress> LOCALHOST = Stream.of("127.0.0.1", "::1")
            .flatMap(text -> Networks.address(text).stream())
            .toList();

    private static final String PROTO = "X-Forwarded-Proto";
    private static final String HOST = "X-Forwarded-Host";
    private static final int LONGEST_HOST = 300;
    private static final Pattern HOST_FORM = Pattern.compile("[A-Za-z0-9._:\\[\\]-]+");

    /** Whether what this peer says of its clients is taken. */
    public boolean trusts(InetAddress peer) {
        return trusted.contains(peer);
    }

    /** Whether a trusted proxy is on this machine, by either address that the name localhost has. */
    public boolean trustsLocalhost() {
        return LOCALHOST.stream().anyMatch(this::trusts);
    }

    /**
     * The client: the first address from the right that isn't a trusted proxy's. Junk, {@code unknown} and obfuscated
     * names (RFC 7239, 6.3) end the walk at the trusted proxy that wrote them, because whatever stands left of it
     * nobody vouches for.
     *
     * @param peer of the TCP connection
     * @param lines the header's lines, in the order in which they came
     */
    public InetAddress client(InetAddress peer, List<String> lines) {
        return walk(peer, lines).path(null, null).client();
    }

    /**
     * The whole way from the client, with what it asked for.
     *
     * @param peer of the TCP connection; trusted
     * @param fields the request's
     */
    public ProxyPath path(InetAddress peer, HttpFields fields) {
        Walk walk = walk(peer, fields.getValuesList(header.field));
        if (header == Header.X_FORWARDED_FOR) {
            return walk.path(only(fields, PROTO), only(fields, HOST));
        }
        return walk.outermost == null
                ? walk.path(null, null)
                : walk.path(walk.outermost.proto(), walk.outermost.host()); // said of the client's own request
    }

    /** How far one came, and what the proxy wrote that the client spoke to. */
    private record Walk(List<InetAddress> addresses, ForwardedElement outermost) {
        private ProxyPath path(String proto, String host) {
            return new ProxyPath(
                    addresses, isProto(proto) ? proto.toLowerCase(Locale.ROOT) : null, isHost(host) ? host : null);
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
     * Where what one proxy wrote begins: behind the comma at this place, none within quotes; -1 if it is the line's first.
     *
     * @param end where it ends
     */
    public int comma(String line, int end) {
        return header == Header.X_FORWARDED_FOR ? line.lastIndexOf(',', end - 1) : ForwardedElement.comma(line, end);
    }

    /** The value of a header that came once; null if it didn't, for then who wrote which? */
    private static String only(HttpFields fields, String name) {
        List<String> values = fields.getValuesList(name);
        return values.size() == 1 ? values.get(0) : null;
    }

    private static boolean isProto(String text) {
        return text != null && (text.equalsIgnoreCase("http") || text.equalsIgnoreCase("https"));
    }

    /** Whether it is one host, with or without a port, and nothing else. */
    private static boolean isHost(String text) {
        return text != null
                && text.length() <= LONGEST_HOST
                && HOST_FORM.matcher(text).matches();
    }
}
