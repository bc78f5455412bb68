package gateway.client;

import gateway.net.Peer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;

/**
 * The client for whom a request counts: an IPv4 address, or the /64 network of an IPv6 address, because one subscriber
 * gets a whole /64 and could otherwise use each address in turn. An IPv4-mapped address ({@code ::ffff:a.b.c.d}) is
 * that IPv4 address.
 *
 * <p>Both fit into one long, so a table of clients needs no strings: the upper half of an IPv6 address, or the lower
 * half of an IPv4-mapped one, {@code 0000:ffff:a.b.c.d}. As an upper half the latter would lie in 0000::/8, which no
 * client's address does.
 */
public record ClientAddress(long key) {
    private static final long MAPPED_IPV4 = 0x0000_ffffL << 32;

    /** Returns the client with this address. */
    public static ClientAddress of(InetAddress address) {
        byte[] bytes = address.getAddress(); // Java itself turns IPv4-mapped IPv6 into IPv4
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        return bytes.length == 4
                ? new ClientAddress(MAPPED_IPV4 | Integer.toUnsignedLong(buffer.getInt()))
                : new ClientAddress(buffer.getLong());
    }

    /** Returns the address as text: {@code 192.0.2.7}, or {@code 2001:db8:0:1::/64}. */
    @Override
    public String toString() {
        try {
            boolean isIpv4 = key >>> 32 == MAPPED_IPV4 >>> 32;
            ByteBuffer bytes = isIpv4
                    ? ByteBuffer.allocate(4).putInt((int) key)
                    : ByteBuffer.allocate(16).putLong(key);
            return Peer.text(InetAddress.getByAddress(bytes.array())) + (isIpv4 ? "" : "/64");
        } catch (UnknownHostException e) {
            throw new IllegalStateException("4 or 16 bytes are always an address", e);
        }
    }

    /** Multiplies, since neighbouring addresses differ in few bits. */
    @Override
    public int hashCode() {
        return Long.hashCode(key * 0x9E3779B97F4A7C15L);
    }
}
