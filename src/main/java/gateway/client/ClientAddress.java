package gateway.client;

import gateway.net.Peer;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;

/**
 * The client for whom a request counts: an IPv4 address, or the /64 network of an IPv6 address, because one subscriber
 * gets a whole /64 and could otherwise use each address in turn. An IPv4-mapped address ({@code ::ffff:a.b.c.d}) is
 * that IPv4 address, and IPv6's loopback address {@code ::1} is {@code 127.0.0.1}: which of both a program on this
 * machine uses, is an accident of its resolver, and it shall have one budget. The other addresses of 127.0.0.0/8 are
 * clients of their own.
 *
 * <p>Both fit into one long, so a table of clients needs no strings: the upper half of an IPv6 address, or the lower
 * half of an IPv4-mapped one, {@code 0000:ffff:a.b.c.d}. As an upper half the latter would lie in 0000::/8, which no
 * client's address does.
 *
 * <p>For a limit that counts by a header, the header's value takes the address's place, as the first 60 bits of its
 * SHA-256: such values are often secrets, so they are neither kept nor shown, and {@code sha256sum} still finds the one
 * that is meant. A request without the header counts for its client's address in the same limit; so the first four bits
 * keep both apart: they are those of 8000::/4, which is assigned to nobody. For a limit of all requests together there
 * is one key, {@link #ALL}.
 */
public record ClientAddress(long key) implements LimitKey {
    /** The key for which each request counts where all count together; in 9000::/4, which is assigned to nobody. */
    public static final ClientAddress ALL = new ClientAddress(0x9L << 60);

    private static final long MAPPED_IPV4 = 0x0000_ffffL << 32;
    private static final ClientAddress LOOPBACK = new ClientAddress(MAPPED_IPV4 | 0x7f00_0001L);
    private static final long HASHED = 0x8L << 60;

    /** Returns the client with this address. */
    public static ClientAddress of(InetAddress address) {
        byte[] bytes = address.getAddress(); // Java itself turns IPv4-mapped IPv6 into IPv4
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length == 4) {
            return new ClientAddress(MAPPED_IPV4 | Integer.toUnsignedLong(buffer.getInt()));
        }
        long network = buffer.getLong();
        return network == 0 && buffer.getLong() == 1 ? LOOPBACK : new ClientAddress(network);
    }

    /** Returns the key for a value of a header, from the hash of its UTF-8 text. */
    public static ClientAddress hashed(String value) {
        try {
            byte[] hash = MessageDigest.getInstance("SHA-256").digest(value.getBytes(StandardCharsets.UTF_8));
            return new ClientAddress(HASHED | ByteBuffer.wrap(hash).getLong() >>> 4);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }

    /** Returns whether this stands for a value of a header. */
    public boolean isHashed() {
        return key >>> 60 == HASHED >>> 60;
    }

    @Override
    public LimitKey part(int number) {
        return this;
    }

    /**
     * Returns the address as text: {@code 192.0.2.7}, or {@code 2001:db8:0:1::/64}; of a hashed value {@code sha256:} and
     * the first 15 hexadecimal digits of its SHA-256; {@code all} of {@link #ALL}.
     */
    @Override
    public String toString() {
        if (isHashed()) {
            return "sha256:" + HexFormat.of().toHexDigits(key, 15);
        }
        if (equals(ALL)) {
            return "all";
        }
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
