package gateway.limit;

/**
 * The deque of one client's request times: a ring of primitive longs that grows by doubling up to the limit, because an
 * {@code ArrayDeque<Long>} would cost an object and 20 bytes more for each. Not thread-safe.
 */
final class TimeDeque {
    private static final int FIRST_SIZE = 4;

    private long[] ring;
    private int head;
    private int size;

    /** @param limit the most that will ever be kept, at least 1 */
    TimeDeque(int limit) {
        ring = new long[Math.min(limit, FIRST_SIZE)];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** The oldest time; there must be one. */
    long first() {
        return ring[head];
    }

    /** The newest time; there must be one. */
    long last() {
        return get(size - 1);
    }

    /** @param index from the oldest on, 0 to size - 1 */
    long get(int index) {
        return ring[(head + index) % ring.length];
    }

    void removeFirst() {
        head = head + 1 == ring.length ? 0 : head + 1;
        size--;
    }

    /** Removes what came one window ago or longer. */
    void dropOld(long now, long windowNanos) {
        while (size > 0 && now - first() >= windowNanos) {
            removeFirst();
        }
    }

    /** @param limit the size up to which the ring may grow */
    void addLast(long time, int limit) {
        if (size == ring.length) {
            grow(limit);
        }
        int tail = head + size;
        ring[tail >= ring.length ? tail - ring.length : tail] = time;
        size++;
    }

    /** Puts a time in its place, which is near the end: it isn't much older than the newest. Times may have overflowed. */
    void add(long time, int limit) {
        addLast(time, limit);
        for (int i = size - 1; i > 0 && get(i - 1) - time > 0; i--) {
            set(i, get(i - 1));
            set(i - 1, time);
        }
    }

    private void set(int index, long time) {
        ring[(head + index) % ring.length] = time;
    }

    /** Takes over all times of another deque, oldest first. */
    void addAll(TimeDeque other, int limit) {
        for (int i = 0; i < other.size; i++) {
            addLast(other.get(i), limit);
        }
    }

    private void grow(int limit) {
        long[] larger = new long[(int) Math.min(limit, ring.length * 2L)];
        System.arraycopy(ring, head, larger, 0, ring.length - head);
        System.arraycopy(ring, 0, larger, ring.length - head, head);
        ring = larger;
        head = 0;
    }
}
