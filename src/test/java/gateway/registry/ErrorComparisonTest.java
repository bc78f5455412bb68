package gateway.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.testing.FakeTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class ErrorComparisonTest {
    /** Each service as errors/requests of the last minute; the found ones by their place. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nobody                                     |                          |",
                "one alone has nobody to be compared with   | 30/30                    |",
                "half of one's, and none of the others'     | 0/40 20/40 0/40          | 1",
                "the share counts, not the number           | 30/3000 20/40 30/3000    | 1",
                "20 requests are enough                     | 0/40 4/20 0/40           | 1",
                "19 are not                                 | 0/40 19/19 0/40          |",
                "20 % are enough                            | 0/100 20/100             | 1",
                "less is not                                | 0/1000 199/1000          |",
                "5 times as many are enough                 | 10/100 50/100            | 1",
                "less is not, though it may be bad          | 10/100 49/100            |",
                "all fail alike                             | 40/40 40/40 40/40        |",
                "two of five                                | 0/40 20/40 0/40 20/40 0/40 | 1 3",
                "two of three are no longer the exception   | 0/40 20/40 30/40         |",
                "the median of two is between them          | 0/100 16/100 40/100      | 2",
                "and of two that are worse                  | 0/100 17/100 40/100      |",
                "others with few requests say nothing       | 0/19 40/40               |",
                "nor do they hide it                        | 19/19 0/40 40/40         | 2",
            })
    void far_more_errors_than_the_others_are_found(String what, String services, String found) {
        List<Answers> answers = new ArrayList<>();
        for (String service : services == null ? new String[0] : services.split(" ")) {
            String[] parts = service.split("/");
            answers.add(answers(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        List<String> places = new ArrayList<>();
        boolean[] marks = ErrorComparison.among(answers);
        for (int i = 0; i < marks.length; i++) {
            if (marks[i]) {
                places.add(String.valueOf(i));
            }
        }
        assertEquals(found == null ? "" : found, String.join(" ", places));
    }

    /** Half of the errors are a 5xx, the others no answer; requests that clients abandoned change nothing. */
    private static Answers answers(int errors, int requests) {
        AnswerCounts counts = new AnswerCounts();
        for (int i = 0; i < requests; i++) {
            AnswerClass error = i % 2 == 0 ? AnswerClass.SERVER_ERROR : AnswerClass.NONE;
            AnswerClass good = i % 2 == 0 ? AnswerClass.SUCCESSFUL : AnswerClass.CLIENT_ERROR;
            counts.count(i < errors ? error : good);
            counts.count(AnswerClass.ABANDONED);
        }
        return counts.sinceStart();
    }

    @Test
    void each_is_compared_with_those_of_its_route_and_only_as_long_as_it_lasts() {
        ServiceList services = new ServiceList(new FakeTime());
        Backend bad = register(services, "default", "bad", 500);
        Backend good = register(services, "default", "good", 200);
        Backend alone = register(services, "shop", "alone", 500);
        ErrorComparison.mark(services.all());
        assertTrue(bad.load().farMoreErrors());
        assertFalse(good.load().farMoreErrors());
        assertFalse(alone.load().farMoreErrors(), "its route has no others");
        for (int i = 0; i < 21; i++) {
            bad.load().byClass().tick();
        }
        ErrorComparison.mark(services.all());
        assertFalse(bad.load().farMoreErrors(), "a minute later");
    }

    private static Backend register(ServiceList services, String route, String name, int status) {
        Backend backend = services.register(
                        new Service(
                                route,
                                name,
                                ServiceUrl.parse("http://" + name + ":1"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        Who.GATEWAY)
                .backend();
        for (int i = 0; i < 20; i++) {
            backend.load().countAnswer(status);
        }
        return backend;
    }
}
