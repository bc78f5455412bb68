package gateway.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.limit.RateLimit.Standing;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a sliding window does, wherever it keeps its times. */
public abstract class WindowContract {
    private static final Rate FIVE_A_MINUTE = Rate.parse("5/60s");

    /** A window as clients meet it. */
    protected interface Asked {
        LimitDecision take(ClientAddress client);

        LimitDecision look(ClientAddress client);

        LimitDecision giveBack(ClientAddress client, LimitDecision taken);

        Standing explain(ClientAddress client);
    }

    /** An empty window of this rate. */
    protected abstract Asked of(Rate rate);

    /** Moves the time of all windows on. */
    protected abstract void pass(Duration duration);

    protected static ClientAddress client(long number) {
        return new ClientAddress(number);
    }

    private static int passOf(int requests, Asked limit, ClientAddress client) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += limit.take(client).allowed() ? 1 : 0;
        }
        return passed;
    }

    @Test
    void sixth_request_within_a_minute_is_refused() {
        Asked limit = of(FIVE_A_MINUTE);
        for (int left = 4; left >= 0; left--) {
            assertEquals(new LimitDecision(true, left, 60_000_000_000L), limit.take(client(1)));
        }
        assertEquals(new LimitDecision(false, 0, 60_000_000_000L), limit.take(client(1)));
    }

    @Test
    void explaining_takes_nothing_and_names_each_time_that_counts() {
        Asked limit = of(FIVE_A_MINUTE);
        limit.take(client(1));
        pass(Duration.ofSeconds(10));
        limit.take(client(1));
        pass(Duration.ofSeconds(5));
        Standing standing = limit.explain(client(1));
        assertEquals(List.of(15_000_000_000L, 5_000_000_000L), standing.ages());
        assertEquals(2, standing.used());
        assertEquals(new LimitDecision(true, 3, 45_000_000_000L), standing.decision());
        assertTrue(standing.own());
        assertEquals(standing, limit.explain(client(1)));
        pass(Duration.ofSeconds(45));
        assertEquals(List.of(50_000_000_000L), limit.explain(client(1)).ages());
        assertEquals(List.of(), limit.explain(client(2)).ages());
    }

    @Test
    void of_a_large_limit_the_oldest_thousand_are_explained() {
        Asked large = of(Rate.parse("5000/60s"));
        for (int i = 0; i < 1500; i++) {
            large.take(client(1));
            pass(Duration.ofMillis(1));
        }
        Standing standing = large.explain(client(1));
        assertEquals(1500, standing.used());
        assertEquals(1000, standing.ages().size());
        assertEquals(1_500_000_000L, standing.ages().get(0));
    }

    @Test
    void a_place_is_free_exactly_one_window_after_it_was_taken() {
        Asked limit = of(FIVE_A_MINUTE);
        assertEquals(5, passOf(9, limit, client(1)));
        pass(Duration.ofSeconds(60).minusNanos(1000));
        assertEquals(new LimitDecision(false, 0, 1000), limit.take(client(1)));
        pass(Duration.ofNanos(1000));
        assertEquals(5, passOf(9, limit, client(1)));
    }

    @Test
    void the_window_slides_instead_of_starting_anew() {
        Asked limit = of(FIVE_A_MINUTE);
        assertTrue(limit.take(client(1)).allowed());
        pass(Duration.ofSeconds(50));
        assertEquals(4, passOf(9, limit, client(1)));
        pass(Duration.ofSeconds(10));
        assertEquals(1, passOf(9, limit, client(1)), "only the first request's place is free");
    }

    @Test
    void refused_requests_are_not_counted() {
        Asked limit = of(FIVE_A_MINUTE);
        assertEquals(5, passOf(5, limit, client(1)));
        pass(Duration.ofSeconds(59));
        assertEquals(0, passOf(100, limit, client(1)));
        pass(Duration.ofSeconds(1));
        assertEquals(5, passOf(5, limit, client(1)));
    }

    @Test
    void looking_takes_nothing() {
        Asked limit = of(FIVE_A_MINUTE);
        assertEquals(new LimitDecision(true, 5, 0), limit.look(client(1)));
        limit.take(client(1));
        assertEquals(new LimitDecision(true, 4, 60_000_000_000L), limit.look(client(1)));
        assertEquals(new LimitDecision(true, 4, 60_000_000_000L), limit.look(client(1)));
        passOf(5, limit, client(1));
        assertFalse(limit.look(client(1)).allowed());
    }

    @Test
    void of_the_requests_that_count_exactly_the_one_that_is_given_back_no_longer_does() {
        Asked limit = of(FIVE_A_MINUTE);
        List<LimitDecision> taken = new ArrayList<>();
        for (int i = 0; i < 4; i++) {
            taken.add(limit.take(client(1)));
            pass(Duration.ofSeconds(10));
        }
        assertEquals(new LimitDecision(true, 2, 20_000_000_000L), limit.giveBack(client(1), taken.get(1)));
        assertEquals(
                List.of(40_000_000_000L, 20_000_000_000L, 10_000_000_000L),
                limit.explain(client(1)).ages());
        assertEquals(new LimitDecision(true, 2, 20_000_000_000L), limit.giveBack(client(1), taken.get(1)), "again");
        assertEquals(new LimitDecision(true, 3, 40_000_000_000L), limit.giveBack(client(1), taken.get(0)));
        assertEquals(new LimitDecision(true, 4, 40_000_000_000L), limit.giveBack(client(1), taken.get(3)));
        assertEquals(new LimitDecision(true, 5, 0), limit.giveBack(client(1), taken.get(2)));
        assertEquals(5, passOf(9, limit, client(1)));
    }

    @Test
    void what_is_given_back_makes_room_for_one_request() {
        Asked limit = of(FIVE_A_MINUTE);
        LimitDecision first = limit.take(client(1));
        assertEquals(4, passOf(9, limit, client(1)));
        limit.giveBack(client(1), first);
        assertEquals(1, passOf(9, limit, client(1)));
    }

    @Test
    void what_is_given_back_after_its_window_frees_nothing_more() {
        Asked limit = of(FIVE_A_MINUTE);
        LimitDecision first = limit.take(client(1));
        pass(Duration.ofSeconds(60));
        assertEquals(5, passOf(9, limit, client(1)));
        limit.giveBack(client(1), first);
        assertEquals(0, passOf(9, limit, client(1)));
    }

    @Test
    void clients_do_not_disturb_each_other() {
        Asked limit = of(FIVE_A_MINUTE);
        assertEquals(5, passOf(9, limit, client(1)));
        assertEquals(5, passOf(9, limit, client(2)));
    }

    @Test
    void a_large_limit_holds_too() {
        Asked large = of(Rate.parse("3000/1s"));
        assertEquals(3000, passOf(3100, large, client(1)));
        pass(Duration.ofSeconds(1));
        assertEquals(3000, passOf(3100, large, client(1)));
    }
}
