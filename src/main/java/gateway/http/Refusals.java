package gateway.http;

import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.LongAdder;

/**
 * How often what was refused, by kind: the slug of the problem that said so, or of what is closed without an answer a
 * name alike. All names come from the code, none from a client, so they are few.
 */
public final class Refusals {
    private final Map<String, LongAdder> counts = new ConcurrentHashMap<>();

    /** Counts one. */
    public void count(String kind) {
        LongAdder count = counts.get(kind);
        if (count == null) { // computeIfAbsent would make its function each time
            count = counts.computeIfAbsent(kind, any -> new LongAdder());
        }
        count.increment();
    }

    /** The counts since the start, by kind. */
    public Map<String, Long> counts() {
        Map<String, Long> seen = new TreeMap<>();
        counts.forEach((kind, count) -> seen.put(kind, count.sum()));
        return seen;
    }
}
