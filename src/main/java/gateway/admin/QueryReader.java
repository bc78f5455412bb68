package gateway.admin;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** Reads the parameters of a query one after another, and collects what is wrong with them. */
final class QueryReader {
    private final Map<String, List<String>> parameters;
    private final List<String> errors = new ArrayList<>();

    /**
     * @param parameters of the query, decoded
     * @param names those that may be there: a misspelt one would choose nothing without a word
     */
    QueryReader(Map<String, List<String>> parameters, List<String> names) {
        this.parameters = parameters;
        List<String> unknown = parameters.keySet().stream()
                .filter(name -> !names.contains(name))
                .toList();
        if (!unknown.isEmpty()) {
            errors.add(String.join(", ", unknown) + (unknown.size() == 1 ? " isn't a parameter" : " aren't parameters")
                    + "; expected some of " + String.join(", ", names));
        }
    }

    /** Returns what is wrong, each error with its value and what was expected; empty if nothing is. */
    List<String> errors() {
        return errors;
    }

    /** Returns a parameter's text; empty if it isn't there. */
    Optional<String> text(String name) {
        return Optional.ofNullable(parameters.get(name)).map(values -> values.get(0));
    }

    /**
     * Returns what a parameter means; empty if it isn't there, or means nothing, which is an error.
     *
     * @param expected what it may be, for the error
     */
    <T> Optional<T> read(String name, Function<String, Optional<T>> reader, String expected) {
        return text(name).flatMap(text -> {
            Optional<T> meaning = reader.apply(text);
            if (meaning.isEmpty()) {
                errors.add(name + "=" + text + ": expected " + expected);
            }
            return meaning;
        });
    }

    /** Returns a parameter that is a whole number from {@code least} to {@code most}; likewise. */
    Optional<Long> number(String name, long least, long most, String expected) {
        return read(
                name,
                text -> {
                    try {
                        return Optional.of(Long.parseLong(text)).filter(number -> number >= least && number <= most);
                    } catch (NumberFormatException e) {
                        return Optional.empty();
                    }
                },
                expected);
    }
}
