package gateway.route.config;

/**
 * What is wrong with the configuration of routes, and where.
 *
 * @param path the key, like {@code routes.shop.services[1].weight}; empty for the whole
 * @param line where the key is (or the element of a list), from 1
 * @param column the same, from 1
 * @param problem the value, and what is expected
 */
public record RouteProblem(String path, int line, int column, String problem) {
    /** Returns it on one line: {@code line 7, column 5: routes.shop.balance: random: expected ...}. */
    @Override
    public String toString() {
        return "line " + line + ", column " + column + ": " + (path.isEmpty() ? "" : path + ": ") + problem;
    }
}
