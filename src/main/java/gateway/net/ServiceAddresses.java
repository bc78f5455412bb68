package gateway.net;

import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.Optional;
import java.util.Set;

/**
 * Where services may be. Never at addresses that mean something to this machine alone, or at which clouds hand out
 * secrets to whoever asks from it: who registers such a URL wants the gateway to ask in his place. Nor at IPv6 addresses
 * that stand for such an IPv4 one. Loopback and private networks are where services are.
 *
 * @param allowed the networks in which they must be; empty: anywhere else
 */
public record ServiceAddresses(Networks allowed) {
    /** "This network" (RFC 1122); Linux takes 0.0.0.0 for itself. */
    private static final Networks UNSPECIFIED = Networks.parse("0.0.0.0/8, ::");

    private static final Networks LINK_LOCAL = Networks.parse("169.254.0.0/16, fe80::/10");

    /** Of AWS; Google; Oracle; Scaleway; Alibaba; Azure; Oracle Classic. The usual 169.254.169.254 is link-local. */
    private static final Networks METADATA = Networks.parse("fd00:ec2::/32, fd20:ce::254, fd00:c1::a9fe:a9fe, "
            + "fd00:42::42, 100.100.100.200, 168.63.129.16, 192.0.0.192");

    /** Multicast; what is reserved, with the broadcast address. */
    private static final Networks NO_HOST = Networks.parse("224.0.0.0/4, ff00::/8, 240.0.0.0/4");

    /** IPv4 in the last four bytes: compatible (RFC 4291); translated (RFC 2765); NAT64 (RFC 6052, 8215). */
    private static final Networks ENDS_IN_IPV4 = Networks.parse("::/96, ::ffff:0:0:0/96, 64:ff9b::/96, 64:ff9b:1::/48");

    private static final Networks SIX_TO_FOUR = Networks.parse("2002::/16");
    private static final Networks TEREDO = Networks.parse("2001::/32");
    private static final int IPV4_BYTES = 4;

    /**
     * What is wrong with a URL whose host stands for this address, in words; empty if nothing is.
     *
     * @param own the gateway's ports, at which no service can be
     */
    public Optional<String> objection(ServiceUrl url, InetAddress address, Set<Integer> own) {
        return own.contains(url.port()) && OwnAddress.isHere(address)
                ? Optional.of("is the gateway's own address")
                : objection(address).map(words -> "leads to " + words);
    }

    /**
     * Why no service may be there, in words that follow "leads to"; empty if one may.
     *
     * @param address what a URL's host stands for
     */
    public Optional<String> objection(InetAddress address) {
        String kind = forbidden(address);
        if (kind == null && !(address instanceof Inet4Address)) {
            kind = embedded(address);
        }
        if (kind != null) {
            return Optional.of(Peer.text(address) + ", " + kind + ", where no service may be");
        }
        return allowed.isEmpty() || allowed.contains(address)
                ? Optional.empty()
                : Optional.of(Peer.text(address) + ", which is in none of the networks that services may be in");
    }

    private static String forbidden(InetAddress address) {
        if (UNSPECIFIED.contains(address)) {
            return "an unspecified address";
        }
        if (LINK_LOCAL.contains(address)) {
            return "a link-local address";
        }
        if (METADATA.contains(address)) {
            return "the address of a cloud's metadata";
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
        } else if (TEREDO.contains(address)) { // the client's address, each bit turned round (RFC 4380, 4)
            inner = ipv4(bytes, bytes.length - IPV4_BYTES, 0xff);
        } else if (isIsatap(bytes)) {
            inner = ipv4(bytes, bytes.length - IPV4_BYTES, 0);
        }
        return inner == null || forbidden(inner) == null ? null : "which stands for " + forbidden(inner);
    }

    /** An interface identifier of 0000:5efe or 0200:5efe and an IPv4 address (RFC 5214, 6.1). */
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
