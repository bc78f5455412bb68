package gateway;

import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * Who a request comes from, when proxies stand before the gateway: what they wrote is read from right to left, since
 * each proxy adds to the right, and only as far as those who wrote it are trusted. What a client writes itself stands
 * left of that, and is never reached.
 *
 * @param trusted the proxies whose word is taken
 * @param header in which header they write it; the other one is ignored, for a proxy that fills only one lets the
 *     client's own version of the other pass
 */
public record ForwardedBy(Networks trusted, Header header) {
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

        static Header parse(String text) {
            for (Header header : values()) {
                if (header.field.equalsIgnoreCase(text.strip())) {
                    return header;
                }
            }
            throw new IllegalArgumentException("expected X-Forwarded-For or Forwarded");
        }
    }

    /** Trusts nobody: the client is the peer of the TCP connection. */
    public static final ForwardedBy NOBODY = new ForwardedBy(Networks.NONE, Header.X_FORWARDED_FOR);

    private static final String FOR = "for=";

    /** Whether what this peer says of its clients is taken. */
    public boolean trusts(InetAddress peer) {
        return trusted.contains(peer);
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
        InetAddress client = peer;
        for (int line = lines.size() - 1; line >= 0; line--) {
            String rest = lines.get(line);
            while (rest != null) {
                if (!trusts(client)) {
                    return client;
                }
                int comma = lastComma(rest);
                Optional<InetAddress> said = address(rest.substring(comma + 1).strip());
                if (said.isEmpty()) {
                    return client;
                }
                client = said.get();
                rest = comma < 0 ? null : rest.substring(0, comma);
            }
        }
        return client;
    }

    /** Where the last element begins; a comma in a quoted string (RFC 9110, 5.6.4) separates nothing. */
    private int lastComma(String line) {
        if (header == Header.X_FORWARDED_FOR) {
            return line.lastIndexOf(',');
        }
        boolean quoted = false;
        int last = -1;
        for (int i = 0; i < line.length(); i++) {
            char c = line.charAt(i);
            if (c == '"') {
                quoted = !quoted;
            } else if (c == '\\' && quoted) {
                i++;
            } else if (c == ',' && !quoted) {
                last = i;
            }
        }
        return last;
    }

    private Optional<InetAddress> address(String element) {
        if (header == Header.X_FORWARDED_FOR) {
            return node(element);
        }
        Optional<InetAddress> found = Optional.empty();
        for (String pair : element.split(";", -1)) { // no semicolon is part of an address
            String parameter = pair.strip();
            if (parameter.toLowerCase(Locale.ROOT).startsWith(FOR)) {
                if (found.isPresent()) {
                    return Optional.empty(); // which of the two?
                }
                found = node(unquoted(parameter.substring(FOR.length())));
                if (found.isEmpty()) {
                    return Optional.empty();
                }
            }
        }
        return found;
    }

    private static String unquoted(String value) {
        return value.length() >= 2 && value.startsWith("\"") && value.endsWith("\"")
                ? value.substring(1, value.length() - 1)
                : value;
    }

    /** {@code 192.0.2.7}, {@code 192.0.2.7:4711}, {@code 2001:db8::1}, {@code [2001:db8::1]} or {@code [2001:db8::1]:4711}. */
    private static Optional<InetAddress> node(String text) {
        if (text.startsWith("[")) {
            int end = text.indexOf(']');
            return end > 0 && text.indexOf(':') > 0 && isPortOrNothing(text.substring(end + 1))
                    ? Networks.address(text.substring(1, end)).filter(address -> text.indexOf(':') < end)
                    : Optional.empty();
        }
        int colon = text.indexOf(':');
        if (colon >= 0 && colon == text.lastIndexOf(':')) { // IPv6 has two at least
            return isPortOrNothing(text.substring(colon))
                    ? Networks.address(text.substring(0, colon))
                    : Optional.empty();
        }
        return Networks.address(text);
    }

    private static boolean isPortOrNothing(String text) {
        return text.isEmpty() || (text.length() <= 6 && text.matches(":[0-9]{1,5}"));
    }
}
