package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonProperty;
import gateway.registry.AnswerClass;
import gateway.registry.Answers;

/**
 * How many requests to a service, or to all, had an answer of each class, or none. Each attempt counts once, when it has
 * ended.
 *
 * @param good those without an error: 2xx, 3xx, and open WebSockets (101)
 * @param none no answer, or not the whole of it
 * @param abandoned given up before an answer began, by no fault of the service's: mostly because the client left
 */
public record AnswersView(
        @JsonProperty("2xx_3xx") long good,
        @JsonProperty("4xx") long clientErrors,
        @JsonProperty("5xx") long serverErrors,
        long none,
        long abandoned) {

    public static AnswersView of(Answers answers) {
        return new AnswersView(
                answers.good(),
                answers.of(AnswerClass.CLIENT_ERROR),
                answers.of(AnswerClass.SERVER_ERROR),
                answers.of(AnswerClass.NONE),
                answers.of(AnswerClass.ABANDONED));
    }
}
