package gateway.admin.access;

import gateway.client.ClientAddress;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Slows down who tries tokens. Each address has {@value #FREE} tries, and gets one back every six seconds; while it has
 * none, nothing it shows is looked at: would the right one pass meanwhile, guessing would not be slowed at all. The
 * same wrong token shown again is no guess and costs nothing, so a service with an old token doesn't lock out
 * those beside it.
 *
 * <p>A map by address in the order in which they were last asked for, of at most {@value #MOST} entries; the oldest gives way.
 * It is only added to by who showed a wrong token. Whoever has more addresses than that has as many tries.
 */
public final class WrongTokens {
    static final int FREE = 10;
    static final Duration EACH = Duration.ofSeconds(6);
    public static final int MOST = 10_000;

    /**
     * What is known of an address.
     *
     * @param whole when it has all tries again, as of the monotonic clock
     * @param last the digest of the token that it showed last
     */
    private record Tries(long whole, byte[] last) {}

    private final Map<ClientAddress, Tries> addresses = new LinkedHashMap<>(16, 0.75f, true) {
        private static final long serialVersionUID = 1;

        @Override
        protected boolean removeEldestEntry(Map.Entry<ClientAddress, Tries> eldest) {
            return size() > MOST;
        }
    };

    /**
     * What came of showing a token.
     *
     * @param right whether it is the right one
     * @param waitNanos how long to wait for the next try; more than 0 and not {@code last}: it wasn't looked at
     * @param last whether this was the address's last try for now
     */
    record Judged(boolean right, long waitNanos, boolean last) {}

    /** Looks at a token if the address has a try left. In one step: many tries sent at once are counted, too. */
    public synchronized Judged judge(ClientAddress address, byte[] shown, AdminToken token, long now) {
        long wait = pause(address, now);
        if (wait > 0) {
            return new Judged(false, wait, false);
        }
        if (token.is(shown)) {
            return new Judged(true, 0, false);
        }
        boolean last = add(address, shown, now);
        return new Judged(false, pause(address, now), last);
    }

    /**
     * How long this address has to wait for its next try, in nanoseconds; 0 if it may try.
     *
     * @param now the monotonic clock's time
     */
    public synchronized long pause(ClientAddress address, long now) {
        Tries tries = addresses.get(address);
        return tries == null ? 0 : Math.max(0, tries.whole - now - (FREE - 1) * EACH.toNanos());
    }

    /**
     * Counts a wrong token.
     *
     * @return whether that was the address's last try for now
     */
    public synchronized boolean add(ClientAddress address, byte[] digest, long now) {
        Tries before = addresses.get(address);
        if (before != null && MessageDigest.isEqual(before.last, digest)) {
            return false;
        }
        long from = before == null || before.whole - now < 0 ? now : before.whole;
        addresses.put(address, new Tries(from + EACH.toNanos(), digest));
        return pause(address, now) > 0;
    }

    /** How many addresses are remembered. */
    public synchronized int size() {
        return addresses.size();
    }
}
