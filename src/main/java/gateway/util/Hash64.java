package gateway.util;

/**
 * Hashes of 64 bits that are the same in every process, for deciding alike at several gateways. They spread well and
 * resist nobody who wants two keys to collide.
 */
public final class Hash64 {
    private static final long FNV_BASIS = 0xcbf29ce484222325L;
    private static final long FNV_PRIME = 0x100000001b3L;

    private Hash64() {}

    /** Returns the hash of a text: FNV-1a over its chars, then mixed. */
    public static long of(String text) {
        long hash = FNV_BASIS;
        for (int i = 0; i < text.length(); i++) {
            hash = (hash ^ text.charAt(i)) * FNV_PRIME;
        }
        return of(hash);
    }

    /** Returns the hash of a number, in which each of its bits changes about half of the bits: SplitMix64's finish. */
    public static long of(long number) {
        long hash = number;
        hash = (hash ^ hash >>> 30) * 0xbf58476d1ce4e5b9L;
        hash = (hash ^ hash >>> 27) * 0x94d049bb133111ebL;
        return hash ^ hash >>> 31;
    }
}
