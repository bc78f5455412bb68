package gateway.admin;

import java.util.List;

/**
 * What is wrong with a field of a request's JSON body.
 *
 * @param problem what is wrong, for people; goes after the field's name
 */
record FieldError(String field, String problem) {
    /** Returns all of them as one sentence. */
    static String words(List<FieldError> errors) {
        StringBuilder words = new StringBuilder();
        errors.forEach(error -> words.append(words.isEmpty() ? "" : "; ")
                .append(error.field)
                .append(' ')
                .append(error.problem));
        return words.toString();
    }
}
