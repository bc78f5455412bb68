package gateway.registry;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * Finds the backends that answer far more errors than the others of their route. In the last minute such a backend had
 * at least {@value #LEAST_REQUESTS} requests, {@value #LEAST_PERCENT} % or more of them got an error, and that share is
 * at least {@value #TIMES} times the median of the others'. It is compared only with those that had so many requests,
 * too: chance makes the shares of fewer jump.
 */
public final class ErrorComparison {
    private static final int LEAST_REQUESTS = 20;
    private static final int LEAST_PERCENT = 20;
    private static final int TIMES = 5;

    private ErrorComparison() {}

    /** Compares all backends, each with those of its route, and marks them. Costs a sort of each route's. */
    public static void mark(List<Backend> all) {
        Map<String, List<Backend>> routes = new HashMap<>();
        for (Backend backend : all) {
            routes.computeIfAbsent(backend.route(), any -> new ArrayList<>()).add(backend);
        }
        for (List<Backend> route : routes.values()) {
            boolean[] found = among(route.stream()
                    .map(backend -> backend.load().byClass().lastMinute())
                    .toList());
            for (int i = 0; i < found.length; i++) {
                route.get(i).load().farMoreErrors(found[i]);
            }
        }
    }

    /**
     * Returns for each backend of a route whether it answers far more errors than the others.
     *
     * @param lastMinute what each has answered in the last minute
     */
    static boolean[] among(List<Answers> lastMinute) {
        double[] shares = lastMinute.stream()
                .filter(ErrorComparison::isEnough)
                .mapToDouble(Answers::errorShare)
                .sorted()
                .toArray();
        boolean[] found = new boolean[lastMinute.size()];
        for (int i = 0; i < found.length; i++) {
            Answers own = lastMinute.get(i);
            found[i] = isEnough(own)
                    && own.errors() * 100 >= LEAST_PERCENT * own.answerable()
                    && shares.length > 1
                    && own.errorShare() >= TIMES * medianWithout(own.errorShare(), shares);
        }
        return found;
    }

    private static boolean isEnough(Answers answers) {
        return answers.answerable() >= LEAST_REQUESTS;
    }

    /**
     * Returns the median of the others.
     *
     * @param shares two or more in ascending order, one of which is the own
     */
    private static double medianWithout(double own, double[] shares) {
        int at = Arrays.binarySearch(shares, own); // of several that are equal any will do
        int others = shares.length - 1;
        return (without(at, shares, (others - 1) / 2) + without(at, shares, others / 2)) / 2;
    }

    private static double without(int at, double[] shares, int index) {
        return shares[index < at ? index : index + 1];
    }
}
