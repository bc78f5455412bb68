package gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import gateway.route.config.RouteProblem;

/**
 * What is wrong with a route that was put.
 *
 * @param field the key, like {@code services[1].weight}; empty for the whole
 * @param line where it is in the body, from 1; null if it isn't in the body
 * @param column the same, from 1
 * @param problem the value, and what is expected
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
record RouteError(String field, Integer line, Integer column, String problem) {
    static RouteError of(RouteProblem problem) {
        return new RouteError(problem.path(), problem.line(), problem.column(), problem.problem());
    }

    /** Returns it as a part of a sentence, without the place: most bodies are one line. */
    @Override
    public String toString() {
        return field.isEmpty() ? problem : field + ": " + problem;
    }
}
