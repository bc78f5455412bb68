package gateway.registry;

/**
 * The streaks from which a backend's health is judged; what they lead to is {@code health/}'s to say. Guarded by its own
 * monitor, but for the number of failures in a row, which every request looks at.
 */
public final class Vitals {
    private volatile int failuresInARow;
    private int goodChecks;
    private int badChecks;
    private int ejections;
    private long ejectedUntil;
    private volatile long nextCheck = Long.MIN_VALUE;

    /** A request got an answer. One volatile read while all is well. */
    public void answered() {
        if (failuresInARow != 0) {
            failuresInARow = 0;
        }
    }

    /** A request got none; returns how many in a row that makes. */
    public synchronized int failed() {
        return ++failuresInARow;
    }

    /** A check was good; returns how many in a row that makes. */
    public synchronized int goodCheck() {
        badChecks = 0;
        return ++goodChecks;
    }

    /** A check was bad; returns how many in a row that makes. */
    public synchronized int badCheck() {
        goodChecks = 0;
        return ++badChecks;
    }

    /** Starts all streaks anew, as after the backend left or came back. */
    public synchronized void clear() {
        failuresInARow = 0;
        goodChecks = 0;
        badChecks = 0;
    }

    /**
     * Ejects for a time that doubles with each ejection, and is forgiven after a calm as long as the longest one.
     *
     * @param now nanoseconds
     * @param first the length of the first ejection, nanoseconds
     * @param longest the most it can become, nanoseconds
     * @return the length of this one, nanoseconds
     */
    public synchronized long eject(long now, long first, long longest) {
        boolean calm = ejections > 0 && now - ejectedUntil >= longest;
        ejections = calm ? 1 : ejections + 1;
        long length = Math.min(longest, first << Math.min(ejections - 1, 30));
        ejectedUntil = now + length;
        return length;
    }

    /** Whether an ejection still runs at this time. */
    public synchronized boolean ejected(long now) {
        return ejections > 0 && now - ejectedUntil < 0;
    }

    /** When the next check is due, nanoseconds; a backend that never was checked is always due. */
    public boolean checkDue(long now) {
        long due = nextCheck;
        return due == Long.MIN_VALUE || now - due >= 0;
    }

    /** Sets when the next check is due, nanoseconds. */
    public void nextCheck(long at) {
        nextCheck = at;
    }
}
