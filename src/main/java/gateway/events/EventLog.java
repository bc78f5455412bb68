package gateway.events;

import gateway.util.Time;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.function.Predicate;

/**
 * The last {@value #KEPT} events, in memory: each further one replaces the oldest. Requests to services add none, but for
 * one that takes a service out; so a lock is good enough.
 */
public final class EventLog implements EventListener {
    /** How many events are kept. */
    public static final int KEPT = 500;

    /** The longest reason, in characters: file names, and the words of failures, may be long. */
    static final int LONGEST_REASON = 400;

    private final Time time;
    private final ArrayDeque<Event> events = new ArrayDeque<>(KEPT); // oldest first; guarded by this
    private long last; // guarded by this

    /** @param time the clock for the events' times */
    public EventLog(Time time) {
        this.time = time;
    }

    @Override
    public synchronized void happened(EventKind kind, Subject subject, String reason, Who who) {
        if (events.size() == KEPT) {
            events.removeFirst();
        }
        String words = reason.length() <= LONGEST_REASON ? reason : reason.substring(0, LONGEST_REASON - 1) + "…";
        events.addLast(new Event(++last, time.now(), kind, subject, words, who));
    }

    /** Returns the number of the newest event; 0 if there has been none. */
    public synchronized long last() {
        return last;
    }

    /**
     * Returns the newest events, newest first.
     *
     * @param since only events with larger numbers; all if no event has had this number yet, since then the caller has it
     * from before a restart of the gateway
     * @param which selects events
     * @param most how many at most, 1 or more
     */
    public synchronized List<Event> newest(long since, Predicate<Event> which, int most) {
        long after = since > last ? 0 : since;
        List<Event> found = new ArrayList<>();
        for (Iterator<Event> newestFirst = events.descendingIterator();
                newestFirst.hasNext() && found.size() < most; ) {
            Event event = newestFirst.next();
            if (event.number() <= after) {
                break;
            }
            if (which.test(event)) {
                found.add(event);
            }
        }
        return found;
    }
}
