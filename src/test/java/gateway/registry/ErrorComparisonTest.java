package gateway.registry;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assertions.fail;

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
        List<Optional<String>> changes = ErrorComparison.changes(answers, new boolean[answers.size()]);
        for (int i = 0; i < changes.size(); i++) {
            if (changes.get(i).isPresent()) {
                places.add(String.valueOf(i));
            }
        }
        assertEquals(found == null ? "" : found, String.join(" ", places));
    }

    /** Of the first, which is marked, and the others, each as errors/requests of the last minute. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "a share that only wavers                  | 19/100 0/100        |",
                "half of the least is still too much       | 10/100 0/100        |",
                "less is not                               | 9/100 0/100         | 9 of 100 requests of the last minute"
                        + " got a 5xx or no whole answer (9 %); the median of the others is 0 %",
                "half of 5 times is still too much         | 25/100 10/100       |",
                "less is not                               | 24/100 10/100       | 24 of 100 requests of the last minute"
                        + " got a 5xx or no whole answer (24 %); the median of the others is 10 %",
                "with few requests, it is not known better | 1/2 0/100           |",
                "a few good ones                           | 0/2 0/100           | 0 of 2 requests of the last minute got"
                        + " a 5xx or no whole answer (0 %); the median of the others is 0 %",
                "nothing to count                          | 0/0 0/100           | it got no request to answer in the last minute",
                "10 requests of another are enough         | 50/100 0/10         |",
                "fewer are not                             | 50/100 0/9          | no other had 10 requests in the last minute",
                "nor is there another for a few            | 9/9 0/9             | no other had 10 requests in the last minute",
                "the median is that of the others alone    | 5/9 40/100 0/100    |",
                "as it is of two that are worse            | 5/9 40/100 50/100   | 5 of 9 requests of the last minute got a"
                        + " 5xx or no whole answer (56 %); the median of the others is 45 %",
            })
    void a_mark_stays_until_its_reason_has_clearly_gone(String what, String services, String reason) {
        List<Answers> answers = new ArrayList<>();
        for (String service : services.split(" ")) {
            String[] parts = service.split("/");
            answers.add(answers(Integer.parseInt(parts[0]), Integer.parseInt(parts[1])));
        }
        boolean[] marked = new boolean[answers.size()];
        marked[0] = true;
        assertEquals(
                Optional.ofNullable(reason).map(words -> "no longer answers far more errors than the others: " + words),
                ErrorComparison.changes(answers, marked).get(0));
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
        ErrorComparison.mark(services);
        assertTrue(bad.load().farMoreErrors());
        assertFalse(good.load().farMoreErrors());
        assertFalse(alone.load().farMoreErrors(), "its route has no others");
        for (int i = 0; i < 21; i++) {
            bad.load().byClass().tick();
        }
        ErrorComparison.mark(services);
        assertFalse(bad.load().farMoreErrors(), "a minute later");
    }

    /** A share about the bound once made a mark come and go with each step, and nobody was told of it. */
    @Test
    void a_mark_is_told_once_when_it_begins_and_once_when_it_ends() {
        ServiceList services = new ServiceList(new FakeTime());
        Backend bad = register(services, "default", "bad", 500);
        Backend good = register(services, "default", "good", 200);
        List<String> told = new ArrayList<>();
        services.tell((kind, subject, reason, who) ->
                told.add(kind.word() + " " + subject.instance() + " by " + who.word() + ": " + reason));
        ErrorComparison.mark(services);
        for (int i = 0; i < 70; i++) { // 20 of 90
            bad.load().countAnswer(200);
        }
        for (int i = 0; i < 20; i++) { // 20 of 91 to 20 of 110, about 20 %
            bad.load().countAnswer(200);
            ErrorComparison.mark(services);
        }
        assertTrue(bad.load().farMoreErrors());
        String begun =
                "marked http://bad:1 by gateway: answers far more errors than the others: 20 of 20 requests of the"
                        + " last minute got a 5xx or no whole answer (100 %); the median of the others is 0 %";
        assertEquals(List.of(begun), told);
        for (int i = 0; i < 21; i++) {
            bad.load().byClass().tick();
            good.load().byClass().tick();
            ErrorComparison.mark(services);
        }
        assertFalse(bad.load().farMoreErrors());
        assertEquals(
                List.of(
                        begun,
                        "unmarked http://bad:1 by gateway: no longer answers far more errors than the others: it got no"
                                + " request to answer in the last minute"),
                told);
    }

    @Test
    void one_that_has_left_meanwhile_is_not_told_of() {
        ServiceList services = new ServiceList(new FakeTime());
        Backend gone = register(services, "default", "gone", 500);
        services.remove(everywhere("gone", Optional.empty()), Who.GATEWAY);
        services.tell((kind, subject, reason, who) -> fail(kind.word()));
        assertFalse(services.mark(gone, true, "why"));
        assertFalse(gone.load().farMoreErrors());
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
