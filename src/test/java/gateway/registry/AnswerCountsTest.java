package gateway.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class AnswerCountsTest {
    private final AnswerCounts counts = new AnswerCounts();

    private void count(AnswerClass answer, int times) {
        for (int i = 0; i < times; i++) {
            counts.count(answer);
        }
    }

    private void ticks(int times) {
        for (int i = 0; i < times; i++) {
            counts.tick();
        }
    }

    @ParameterizedTest(name = "{0}")
    @CsvSource({
        "100,1xx", "101,1xx", "200,2xx", "299,2xx", "304,3xx", "404,4xx", "499,4xx", "500,5xx", "599,5xx", "600,5xx",
        "999,5xx"
    })
    void a_status_has_the_class_that_rfc_9110_gives_it(int status, String word) {
        assertEquals(word, AnswerClass.of(status).word());
    }

    @Test
    void each_class_is_counted_for_itself() {
        count(AnswerClass.INFORMATIONAL, 1);
        count(AnswerClass.SUCCESSFUL, 2);
        count(AnswerClass.REDIRECTION, 3);
        count(AnswerClass.CLIENT_ERROR, 4);
        count(AnswerClass.SERVER_ERROR, 5);
        count(AnswerClass.NONE, 6);
        count(AnswerClass.ABANDONED, 7);
        Answers all = counts.sinceStart();
        assertEquals(1 + 2 + 3, all.good());
        assertEquals(4, all.of(AnswerClass.CLIENT_ERROR));
        assertEquals(5, all.of(AnswerClass.SERVER_ERROR));
        assertEquals(6, counts.of(AnswerClass.NONE));
        assertEquals(7, all.of(AnswerClass.ABANDONED));
        assertEquals(5 + 6, all.errors());
        assertEquals(21, all.answerable());
        assertEquals(11 / 21.0, all.errorShare());
    }

    @Test
    void without_requests_there_is_no_share_of_errors() {
        count(AnswerClass.ABANDONED, 3);
        assertEquals(0, counts.sinceStart().errorShare());
    }

    @Test
    void the_last_minute_begins_at_the_twentieth_end_of_a_step_before_now() {
        count(AnswerClass.SERVER_ERROR, 2);
        counts.tick();
        count(AnswerClass.SERVER_ERROR, 1);
        ticks(18);
        assertEquals(3, counts.lastMinute().of(AnswerClass.SERVER_ERROR), "19 ends: the first step is within it");
        ticks(1);
        assertEquals(1, counts.lastMinute().of(AnswerClass.SERVER_ERROR), "20 ends: the first step is over");
        ticks(1);
        assertEquals(0, counts.lastMinute().of(AnswerClass.SERVER_ERROR));
        count(AnswerClass.SERVER_ERROR, 1);
        assertEquals(1, counts.lastMinute().of(AnswerClass.SERVER_ERROR), "before its step has ended");
        assertEquals(4, counts.sinceStart().of(AnswerClass.SERVER_ERROR));
    }

    @Test
    void steps_before_the_first_request_leave_the_last_minute_whole() {
        ticks(100);
        count(AnswerClass.SUCCESSFUL, 5);
        ticks(19);
        assertEquals(5, counts.lastMinute().good());
        ticks(1);
        assertEquals(0, counts.lastMinute().good());
    }

    @Test
    void a_step_has_what_came_in_it_alone() {
        count(AnswerClass.SUCCESSFUL, 5);
        assertEquals(5, counts.tick().good());
        assertEquals(0, counts.tick().good());
        ticks(50);
        count(AnswerClass.SUCCESSFUL, 1);
        count(AnswerClass.NONE, 2);
        Answers step = counts.tick();
        assertEquals(1, step.good());
        assertEquals(2, step.of(AnswerClass.NONE));
    }
}
