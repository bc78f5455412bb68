package gateway.registry;

/**
 * The streaks that decide on a backend's health; {@code health/} draws the conclusions. Guarded by its own monitor
 * except the number of failures in a row, which every request reads. Whoever holds the monitor may take the list's lock,
 * but not the other way round.
 */
public final class Vitals {
    private volatile int failuresInARow;
    private int goodChecks;
    private int badChecks;
    private long answersBefore;
    private int ejections;
    private long ejectedUntil;
    private volatile long nextCheck = Long.MIN_VALUE;

    /** Notes a request's whole answer, whatever its status. Costs one volatile read unless the last request failed. */
    public void answered() {
        if (failuresInARow != 0) {
            failuresInARow = 0;
        }
    }

    /** Notes that a request got no answer; returns how many in a row now. */
    public synchronized int failed() {
        return ++failuresInARow;
    }

    /** Notes a good check; returns how many in a row now. */
    public synchronized int goodCheck() {
        badChecks = 0;
        return ++goodChecks;
    }

    /**
     * Notes a bad check; returns how many in a row now.
     *
     * @param answers how many requests have been answered so far
     */
    public synchronized int badCheck(long answers) {
        goodChecks = 0;
        if (badChecks == 0) {
            answersBefore = answers;
        }
        return ++badChecks;
    }

    /** Returns how many requests had been answered when the current streak of bad checks began. */
    public synchronized long answersBefore() {
        return answersBefore;
    }

    /** Starts all streaks anew, after the backend was ejected or came back. */
    public synchronized void clear() {
        failuresInARow = 0;
        goodChecks = 0;
        badChecks = 0;
    }

    /**
     * Begins an ejection whose length doubles each time. After a calm period as long as the longest ejection, the
     * length starts anew.
     *
     * @param now nanoseconds
     * @param first the length of the first ejection, nanoseconds
     * @param longest the length of the longest ejection, nanoseconds
     * @return the length of this ejection, nanoseconds
     */
    public synchronized long eject(long now, long first, long longest) {
        boolean calm = ejections > 0 && now - ejectedUntil >= longest;
        ejections = calm ? 1 : ejections + 1;
        long length = Math.min(longest, first << Math.min(ejections - 1, 30));
        ejectedUntil = now + length;
        return length;
    }

    /** Returns whether an ejection still runs at this time. */
    public synchronized boolean ejected(long now) {
        return ejections > 0 && now - ejectedUntil < 0;
    }

    /** Returns whether the next check is due at this time, nanoseconds; always true before the first check. */
    public boolean checkDue(long now) {
        long due = nextCheck;
        return due == Long.MIN_VALUE || now - due >= 0;
    }

    /** Sets when the next check is due, nanoseconds. */
    public void nextCheck(long at) {
        nextCheck = at;
    }
}
