package gateway.route.config;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;

/** Collects what is wrong with a configuration, so that all of it is reported at once; the first {@value #MOST}. */
final class Problems {
    private static final int MOST = 1_000;
    private static final int LONGEST_VALUE = 80;
    private static final int LONGEST_PATH = 300;

    private final List<RouteProblem> found = new ArrayList<>();

    void add(KeyPath path, Node.Place place, String words) {
        if (!isFull()) {
            found.add(new RouteProblem(printable(path.toString(), LONGEST_PATH), place.line(), place.column(), words));
        }
    }

    /** Returns whether no more are collected. */
    boolean isFull() {
        return found.size() == MOST;
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
        return value.isEmpty() ? "nothing" : printable(value, LONGEST_VALUE);
    }

    /** Returns the text on one line that is not too long. */
    private static String printable(String text, int longest) {
        StringBuilder printable = new StringBuilder();
        text.codePoints()
                .limit(longest)
                .map(c -> Character.isISOControl(c) ? '?' : c)
                .forEach(printable::appendCodePoint);
        return printable.length() < text.length() ? printable + "..." : printable.toString();
    }

    /** @throws InvalidRoutes if anything is wrong */
    void throwAny() throws InvalidRoutes {
        if (!found.isEmpty()) {
            found.sort(Comparator.comparingInt(RouteProblem::line).thenComparingInt(RouteProblem::column));
            throw new InvalidRoutes(List.copyOf(found));
        }
    }
}
