package gateway.route.config;

import java.util.List;
import java.util.stream.Collectors;

/** Thrown for routes that can't be used; knows everything that is wrong with them. */
public final class InvalidRoutes extends Exception {
    private static final long serialVersionUID = 1;

    private final transient List<RouteProblem> problems;

    InvalidRoutes(List<RouteProblem> problems) {
        super(problems.stream().map(RouteProblem::toString).collect(Collectors.joining("; ")));
        this.problems = problems;
    }

    /** Returns what is wrong, in the order of the text; at least one. */
    public List<RouteProblem> problems() {
        return problems;
    }
}
