package gateway.limit;

/**
 * The deque of one client's request times: a ring of primitive longs that doubles up to the limit, because an {@code
 * ArrayDeque<Long>} would cost an object and 20 bytes more for each time. Not thread-safe.
 */
final class TimeDeque {
    private static final int FIRST_SIZE = 4;

    private long[] ring;
    private int head;
    private int size;

    /** @param limit the most times that will ever be kept, at least 1 */
    TimeDeque(int limit) {
        ring = new long[Math.min(limit, FIRST_SIZE)];
    }

    int size() {
        return size;
    }

    boolean isEmpty() {
        return size == 0;
    }

    /** Returns the oldest time; there must be one. */
    long first() {
        return ring[head];
    }

    /** Returns the newest time; there must be one. */
    long last() {
        return get(size - 1);
    }

    /** @param index 0 for the oldest to size - 1 for the newest */
    long get(int index) {
        return ring[place(index)];
    }

    private int place(int index) {
        int place = head + index;
        return place < ring.length ? place : place - ring.length;
    }

    void clear() {
        head = 0;
        size = 0;
    }

    void removeFirst() {
        head = head + 1 == ring.length ? 0 : head + 1;
        size--;
    }

    /** Removes the times that lie one window or longer back. */
    void dropOld(long now, long windowNanos) {
        while (size > 0 && now - first() >= windowNanos) {
            removeFirst();
        }
    }

    /**
     * Returns the index of the oldest time that lies less than so many nanoseconds back; the size if there is none. Mostly
     * it is the first.
     */
    int firstYounger(long now, long nanos) {
        if (size == 0 || now - first() < nanos) {
            return 0;
        }
        int old = 0;
        int young = size;
        while (young - old > 1) {
            int middle = (old + young) >>> 1;
            if (now - get(middle) >= nanos) {
                old = middle;
            } else {
                young = middle;
            }
        }
        return young;
    }

    /** @param limit the size up to which the ring may grow, if it isn't larger already */
    void addLast(long time, int limit) {
        if (size == ring.length) {
            grow(limit);
        }
        ring[place(size)] = time;
        size++;
    }

    /**
     * Inserts a time in order. It is hardly older than the newest, so the search begins at the end. Times are compared
     * by difference because they may overflow.
     */
    void add(long time, int limit) {
        addLast(time, limit);
        for (int i = size - 1; i > 0 && get(i - 1) - time > 0; i--) {
            set(i, get(i - 1));
            set(i - 1, time);
        }
    }

    /** Removes a time, if it is there. It is hardly older than the newest, so the search begins at the end. */
    void remove(long time) {
        int index = size - 1;
        while (index >= 0 && get(index) - time > 0) {
            index--;
        }
        if (index >= 0 && get(index) == time) {
            for (int i = index; i < size - 1; i++) {
                set(i, get(i + 1));
            }
            size--;
        }
    }

    private void set(int index, long time) {
        ring[place(index)] = time;
    }

    /** Adds all times of another deque, oldest first. */
    void addAll(TimeDeque other, int limit) {
        for (int i = 0; i < other.size; i++) {
            addLast(other.get(i), limit);
        }
    }

    private void grow(int limit) {
        long[] larger = new long[(int) Math.max(size + 1L, Math.min(limit, ring.length * 2L))];
        System.arraycopy(ring, head, larger, 0, ring.length - head);
        System.arraycopy(ring, 0, larger, ring.length - head, head);
        ring = larger;
        head = 0;
    }
}
