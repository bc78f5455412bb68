package gateway.route.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it is reported at once. */
final class Problems {
    private static final int LONGEST_VALUE = 80;

    private final List<RouteProblem> found = new ArrayList<>();

    void add(KeyPath path, Node.Place place, String words) {
        found.add(new RouteProblem(path.toString(), place.line(), place.column(), words));
    }

    /**
     * Adds what is wrong with a value.
     *
     * @param words begins with "expected", or goes on after the value, like "must start with a slash"
     */
    void add(KeyPath path, Node.Place place, String value, String words) {
        add(path, place, shown(value) + (words.startsWith("expected") ? ": " : " ") + words);
    }

    private static String shown(String value) {
        StringBuilder shown = new StringBuilder();
        value.codePoints()
                .limit(LONGEST_VALUE)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .forEach(shown::appendCodePoint);
        return shown.isEmpty() ? "nothing" : shown + (shown.length() < value.length() ? "..." : "");
    }

    /** @throws InvalidRoutes if anything is wrong */
    void throwAny() throws InvalidRoutes {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(RouteProblem::line).thenComparingInt(RouteProblem::column));
            throw new InvalidRoutes(List.copyOf(found));
        }
    }
}
