package gateway.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Which addresses services may have. Always forbidden are addresses that have a meaning on this machine alone,
 * addresses at which clouds hand out secrets to any program on this machine, and IPv6 addresses that embed such an IPv4
 * address: a client that registers one wants the gateway to fetch what it can't reach itself (SSRF). Loopback and
 * private networks are allowed, since services live there.
 *
 * @param allowed the networks in which services must be; empty for any that isn't forbidden
 */
public record ServiceAddresses(Networks allowed) {
    /** "This network" (RFC 1122); Linux takes 0.0.0.0 for itself. */
    private static final Networks UNSPECIFIED = Networks.parse("0.0.0.0/8, ::");

    private static final Networks LINK_LOCAL = Networks.parse("169.254.0.0/16, fe80::/10");

    /**
     * The metadata services of AWS, Google, Oracle, Scaleway, Alibaba, Azure and Oracle Classic. The usual
     * 169.254.169.254 is link-local.
     */
    private static final Networks METADATA = Networks.parse("fd00:ec2::/32, fd20:ce::254, fd00:c1::a9fe:a9fe, "
            + "fd00:42::42, 100.100.100.200, 168.63.129.16, 192.0.0.192");

    /** Multicast, and the reserved addresses with the broadcast address. */
    private static final Networks NO_HOST = Networks.parse("224.0.0.0/4, ff00::/8, 240.0.0.0/4");

    /**
     * Networks whose last four bytes are an IPv4 address: compatible (RFC 4291), translated (RFC 2765), NAT64 (RFC
     * 6052, 8215).
     */
    private static final Networks ENDS_IN_IPV4 = Networks.parse("::/96, ::ffff:0:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48");

    private static final Networks SIX_TO_FOUR = Networks.parse("2002::/16");
    private static final Networks TEREDO = Networks.parse("2001::/32");
    private static final int IPV4_BYTES = 4;

    /**
     * Returns why a URL whose host resolves to this address isn't allowed; empty if it is.
     *
     * @param own the gateway's own ports, on which no service can be
     */
    public Optional<String> objection(ServiceUrl url, InetAddress address, Set<Integer> own) {
        return own.contains(url.port()) && OwnAddress.isHere(address)
                ? Optional.of("is the gateway's own address")
                : objection(address).map(words -> "leads to " + words);
    }

    /**
     * Returns why a service may not have this address, to follow "leads to"; empty if it may.
     *
     * @param address the address to which a URL's host resolves
     */
    public Optional<String> objection(InetAddress address) {
        String kind = forbidden(address);
        if (kind == null && !(address instanceof Inet4Address)) {
            kind = embedded(address);
        }
        if (kind != null) {
            return Optional.of(Peer.text(address) + ", " + kind + ", which is not allowed for a service");
        }
        return allowed.isEmpty() || allowed.contains(address)
                ? Optional.empty()
                : Optional.of(Peer.text(address) + ", which is outside the networks in GATEWAY_SERVICE_NETWORKS");
    }

    private static String forbidden(InetAddress address) {
        if (UNSPECIFIED.contains(address)) {
            return "an unspecified address";
        }
        if (LINK_LOCAL.contains(address)) {
            return "a link-local address";
        }
        if (METADATA.contains(address)) {
            return "the address of a cloud's metadata service";
        }
        return NO_HOST.contains(address) ? "an address of no single host" : null;
    }

    private static String embedded(InetAddress address) {
        byte[] bytes = address.getAddress();
        InetAddress inner = null;
        if (ENDS_IN_IPV4.contains(address) && !address.isLoopbackAddress()) {
            inner = ipv4(bytes, bytes.length - IPV4_BYTES, 0);
        } else if (SIX_TO_FOUR.contains(address)) {
            inner = ipv4(bytes, 2, 0);
        } else if (TEREDO.contains(address)) { // the client's address with each bit inverted (RFC 4380, 4)
            inner = ipv4(bytes, bytes.length - IPV4_BYTES, 0xff);
        } else if (isIsatap(bytes)) {
            inner = ipv4(bytes, bytes.length - IPV4_BYTES, 0);
        }
        return inner == null || forbidden(inner) == null ? null : "which stands for " + forbidden(inner);
    }

    /**
     * Returns whether the interface identifier is 0000:5efe or 0200:5efe followed by an IPv4 address (RFC 5214, 6.1).
     */
    private static boolean isIsatap(byte[] bytes) {
        return (bytes[8] & ~2) == 0 && bytes[9] == 0 && bytes[10] == 0x5e && bytes[11] == (byte) 0xfe;
    }

    private static InetAddress ipv4(byte[] bytes, int from, int mask) {
        byte[] four = Arrays.copyOfRange(bytes, from, from + IPV4_BYTES);
        for (int i = 0; i < IPV4_BYTES; i++) {
            four[i] ^= (byte) mask;
        }
        try {
            return InetAddress.getByAddress(four);
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 bytes are always an address", e);
        }
    }
}
