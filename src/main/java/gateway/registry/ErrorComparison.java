package gateway.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Finds the backends that answer far more errors than the others of their route. Such a backend is marked if in the last
 * minute it had at least {@value #LEAST_REQUESTS} requests, {@value #LEAST_PERCENT} % or more of them got an error, and
 * that share is at least {@value #TIMES} times the median of the others'. It is compared only with those that had so
 * many requests, too: chance makes the shares of fewer jump.
 *
 * <p>It stays marked until its share is below half of these bounds, or there is nothing any more to count or to compare
 * with. A share that wavers about one bound so makes no event every few seconds: from one bound to the other, a good
 * part of the minute must change.
 */
public final class ErrorComparison {
    private static final Logger LOG = LoggerFactory.getLogger(ErrorComparison.class);

    private static final int LEAST_REQUESTS = 20;
    private static final int LEAST_PERCENT = 20;
    private static final int TIMES = 5;
    private static final String WHAT = "far more errors than the others: ";

    private ErrorComparison() {}

    /**
     * Compares all backends, each with those of its route, and marks them; logs and tells each change. Costs a sort of
     * each route's, and takes the list's lock only for a change.
     */
    public static void mark(ServiceList services) {
        Map<String, List<Backend>> routes = new HashMap<>();
        for (Backend backend : services.all()) {
            routes.computeIfAbsent(backend.route(), any -> new ArrayList<>()).add(backend);
        }
        routes.values().forEach(route -> mark(services, route));
    }

    private static void mark(ServiceList services, List<Backend> route) {
        List<Answers> lastMinute = route.stream()
                .map(backend -> backend.load().byClass().lastMinute())
                .toList();
        boolean[] marked = new boolean[route.size()];
        for (int i = 0; i < marked.length; i++) {
            marked[i] = route.get(i).load().farMoreErrors();
        }
        List<Optional<String>> changes = changes(lastMinute, marked);
        for (int i = 0; i < marked.length; i++) {
            Backend backend = route.get(i);
            boolean mark = !marked[i];
            changes.get(i)
                    .filter(reason -> services.mark(backend, mark, reason))
                    .ifPresent(reason -> log(backend, mark, reason));
        }
    }

    private static void log(Backend backend, boolean marked, String reason) {
        if (marked) {
            LOG.warn("{} {}", backend, reason);
        } else {
            LOG.info("{} {}", backend, reason);
        }
    }

    /**
     * Returns for each backend of a route why its mark is to be another; empty if it stays as it is.
     *
     * @param lastMinute what each has answered in the last minute
     * @param marked whether each is marked
     */
    static List<Optional<String>> changes(List<Answers> lastMinute, boolean[] marked) {
        Shares toMark = Shares.of(lastMinute, LEAST_REQUESTS);
        Shares toStay = Shares.of(lastMinute, LEAST_REQUESTS / 2);
        List<Optional<String>> changes = new ArrayList<>();
        for (int i = 0; i < marked.length; i++) {
            Answers own = lastMinute.get(i);
            changes.add(marked[i] ? whyNoLonger(own, toStay) : why(own, toMark));
        }
        return changes;
    }

    private static Optional<String> why(Answers own, Shares route) {
        return route.hasEnough(own) && route.hasOthers(own) && exceeds(own, route, 1)
                ? Optional.of("answers " + WHAT + numbers(own, route))
                : Optional.empty();
    }

    private static Optional<String> whyNoLonger(Answers own, Shares route) {
        String begin = "no longer answers " + WHAT;
        if (own.answerable() == 0) {
            return Optional.of(begin + "it got no request to answer in the last minute");
        }
        if (!route.hasOthers(own)) {
            return Optional.of(begin + "no other had " + route.least + " requests in the last minute");
        }
        return exceeds(own, route, 2) ? Optional.empty() : Optional.of(begin + numbers(own, route));
    }

    /** Returns whether a share reaches the bounds divided by this. */
    private static boolean exceeds(Answers own, Shares route, int divisor) {
        return own.errors() * 100 * divisor >= LEAST_PERCENT * own.answerable()
                && own.errorShare() * divisor >= TIMES * route.medianOfOthers(own);
    }

    private static String numbers(Answers own, Shares route) {
        return own.errors() + " of " + own.answerable() + " requests of the last minute got a 5xx or no whole answer ("
                + percent(own.errorShare()) + "); the median of the others is " + percent(route.medianOfOthers(own));
    }

    private static String percent(double share) {
        return Math.round(share * 100) + " %";
    }

    /**
     * The shares of those backends of a route that had enough requests to be compared with.
     *
     * @param least how many requests are enough
     * @param sorted their shares, in ascending order
     */
    private record Shares(int least, double[] sorted) {
        static Shares of(List<Answers> lastMinute, int least) {
            return new Shares(
                    least,
                    lastMinute.stream()
                            .filter(answers -> answers.answerable() >= least)
                            .mapToDouble(Answers::errorShare)
                            .sorted()
                            .toArray());
        }

        boolean hasEnough(Answers own) {
            return own.answerable() >= least;
        }

        /** Returns whether there are others than this one. */
        boolean hasOthers(Answers own) {
            return others(own) > 0;
        }

        private int others(Answers own) {
            return sorted.length - (hasEnough(own) ? 1 : 0);
        }

        /** Returns the median of the others, of which there must be one. */
        double medianOfOthers(Answers own) {
            int at = hasEnough(own)
                    ? Arrays.binarySearch(sorted, own.errorShare()) // of several that are equal any will do
                    : sorted.length;
            int others = others(own);
            return (without(at, (others - 1) / 2) + without(at, others / 2)) / 2;
        }

        private double without(int at, int index) {
            return sorted[index < at ? index : index + 1];
        }
    }
}
