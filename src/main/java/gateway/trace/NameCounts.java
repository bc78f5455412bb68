package gateway.trace;

import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Sums up counts by name. However many names there are, the result has the busiest {@value #MOST} and the sum of the
 * others. Above {@value #MOST_UNDER_WAY} names, those with the smaller sums so far are summed up early, which bounds the
 * memory; one of them that gets busy afterwards may then count for less than it had. Not thread-safe.
 */
final class NameCounts {
    /** Stands for all that have no place of their own; no name, since it has a space. */
    static final String OTHERS = "all others";

    static final int MOST = 50;
    static final int MOST_UNDER_WAY = 5_000;

    private final Map<String, Long> sums = new HashMap<>();

    void add(Map<String, Long> counts) {
        counts.forEach((name, count) -> sums.merge(name, count, Long::sum));
        if (sums.size() > MOST_UNDER_WAY) {
            Map<String, Long> fewer = bounded(MOST_UNDER_WAY / 2);
            sums.clear();
            sums.putAll(fewer);
        }
    }

    /** Returns the sums so far, in as little memory as a map takes. */
    Map<String, Long> busiest() {
        return Map.copyOf(bounded(MOST));
    }

    void clear() {
        sums.clear();
    }

    private Map<String, Long> bounded(int most) {
        long named = sums.size() - (sums.containsKey(OTHERS) ? 1 : 0);
        if (named <= most) {
            return sums;
        }
        List<Map.Entry<String, Long>> ordered = sums.entrySet().stream()
                .filter(entry -> !entry.getKey().equals(OTHERS))
                .sorted(Map.Entry.<String, Long>comparingByValue(Comparator.reverseOrder())
                        .thenComparing(Map.Entry.comparingByKey()))
                .toList();
        Map<String, Long> kept = new HashMap<>();
        ordered.subList(0, most).forEach(entry -> kept.put(entry.getKey(), entry.getValue()));
        long others = sums.getOrDefault(OTHERS, 0L);
        for (Map.Entry<String, Long> entry : ordered.subList(most, ordered.size())) {
            others += entry.getValue();
        }
        kept.put(OTHERS, others);
        return kept;
    }
}
