package gateway.net;

import inet.ipaddr.AddressStringParameters.RangeParameters;
import inet.ipaddr.IPAddress;
import inet.ipaddr.IPAddressString;
import inet.ipaddr.IPAddressStringParameters;
import inet.ipaddr.ipv4.IPv4Address;
import inet.ipaddr.ipv6.IPv6Address;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * A set of networks, IPv4 and IPv6. An IPv4-mapped IPv6 address ({@code ::ffff:a.b.c.d}) is the IPv4 address, as it is
 * for Java's {@link InetAddress}.
 */
public final class Networks {
    /** The format that {@link #parse} accepts, for messages. */
    public static final String FORM =
            "expected networks or addresses like 10.0.0.0/8, 192.0.2.7 or 2001:db8::/32, comma-separated";

    /** No networks. */
    public static final Networks NONE = new Networks(List.of());

    /**
     * Accepts only addresses written in full: neither 10.1 nor 010.0.0.1 nor 0x0a000001, whose meaning differs from
     * program to program.
     */
    private static final IPAddressStringParameters STRICT = new IPAddressStringParameters.Builder()
            .allowEmpty(false)
            .allowAll(false)
            .allowSingleSegment(false)
            .allowWildcardedSeparator(false)
            .allowPrefixOnly(false)
            .setRangeOptions(RangeParameters.NO_RANGE)
            .getIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .allowBinary(false)
            .getParentBuilder()
            .getIPv6AddressParametersBuilder()
            .allowBase85(false)
            .allowBinary(false)
            .allowZone(true)
            .getEmbeddedIPv4AddressParametersBuilder()
            .allow_inet_aton(false)
            .allowLeadingZeros(false)
            .allowBinary(false)
            .getEmbeddedIPv4AddressParentBuilder()
            .getParentBuilder()
            .toParams();

    private final List<IPAddress> blocks;

    private Networks(List<IPAddress> blocks) {
        this.blocks = blocks;
    }

    /**
     * Reads networks and single addresses, separated by commas.
     *
     * @throws IllegalArgumentException if some aren't valid; the message names each
     */
    public static Networks parse(String text) {
        List<IPAddress> blocks = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (String part : text.split(",")) {
            if (!part.isBlank()) {
                try {
                    blocks.add(block(part.strip()));
                } catch (IllegalArgumentException e) {
                    problems.add(e.getMessage());
                }
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return new Networks(List.copyOf(blocks));
    }

    private static IPAddress block(String text) {
        IPAddress block = new IPAddressString(text, STRICT).getAddress();
        if (block == null || text.contains("%")) {
            throw new IllegalArgumentException(text + " isn't a network; " + FORM);
        }
        if (block.isPrefixed() && !block.isPrefixBlock()) {
            throw new IllegalArgumentException(
                    text + " has bits beyond its prefix; did you mean " + block.toPrefixBlock() + "?");
        }
        return unmapped(block);
    }

    /** Returns the address as this class compares it: without a zone, and as IPv4 if it is IPv4-mapped. */
    static IPAddress canonical(InetAddress address) {
        return address instanceof Inet4Address four
                ? new IPv4Address(four)
                : unmapped(new IPv6Address(address.getAddress()));
    }

    private static IPAddress unmapped(IPAddress address) {
        return address.isIPv6() && address.toIPv6().isIPv4Mapped()
                ? address.toIPv6().getEmbeddedIPv4Address()
                : address;
    }

    /** Returns whether the set is empty. */
    public boolean isEmpty() {
        return blocks.isEmpty();
    }

    /** Returns whether the address lies in one of the networks, regardless of its zone. */
    public boolean contains(InetAddress address) {
        if (blocks.isEmpty()) {
            return false; // the usual case, if nothing is set: costs nothing
        }
        IPAddress sought = canonical(address);
        for (IPAddress block : blocks) {
            if (block.contains(sought)) {
                return true;
            }
        }
        return false;
    }

    /**
     * Reads one address, IPv4 or IPv6, without brackets; drops a zone. Never asks a name server.
     *
     * @return empty if the text isn't an address
     */
    public static Optional<InetAddress> address(String text) {
        IPAddress address = new IPAddressString(text, STRICT).getAddress();
        if (address == null || address.isPrefixed() || address.isMultiple()) {
            return Optional.empty();
        }
        IPAddress plain = unmapped(address);
        return Optional.of(plain.isIPv6() ? plain.toIPv6().removeZone().toInetAddress() : plain.toInetAddress());
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof Networks networks && networks.blocks.equals(blocks);
    }

    @Override
    public int hashCode() {
        return blocks.hashCode();
    }

    /** Returns the networks in canonical form, separated by commas. */
    @Override
    public String toString() {
        return blocks.stream().map(IPAddress::toString).collect(Collectors.joining(","));
    }
}
