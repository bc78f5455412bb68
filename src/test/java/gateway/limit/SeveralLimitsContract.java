package gateway.limit;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.limit.RateLimit.Standing;
import gateway.route.Limit;
import gateway.trace.LimitDecision;
import java.time.Duration;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What several limits of a route do that hold at the same time, wherever they are kept. */
public abstract class SeveralLimitsContract {
    private static final long MINUTE = 60_000_000_000L;

    /** Limits as requests meet them. */
    protected interface Asked {
        LimitDecision take(LimitKey key);

        LimitDecision look(LimitKey key);

        LimitDecision giveBack(LimitKey key, LimitDecision taken);

        List<Standing> explain(LimitKey key);
    }

    /** These limits of a route of its own, of which nothing is used. */
    protected abstract Asked of(List<Limit> limits);

    /** Moves time on. */
    protected abstract void pass(Duration duration);

    protected static List<Limit> limits(String... texts) {
        return Stream.of(texts).map(Limit::parse).toList();
    }

    /** The key of a request by this client with this value of the header, in limits by client, header and route. */
    private static LimitKey request(int client, int value) {
        return LimitKey.of(List.of(new ClientAddress(client), ClientAddress.hashed("v" + value), ClientAddress.ALL));
    }

    /** The key of a request by this client, in limits by client and route. */
    private static LimitKey by(int client) {
        return LimitKey.of(List.of(new ClientAddress(client), ClientAddress.ALL));
    }

    private static int passOf(int requests, Asked limits, LimitKey key) {
        int passed = 0;
        for (int i = 0; i < requests; i++) {
            passed += limits.take(key).allowed() ? 1 : 0;
        }
        return passed;
    }

    private static LimitDecision decision(boolean allowed, int remaining, long resetNanos, int limit) {
        return new LimitDecision(allowed, remaining, resetNanos, 0, 0, limit);
    }

    @Test
    void a_request_that_one_limit_refuses_takes_from_no_other() {
        Asked limits = of(limits("2/60s by client", "5/60s by route"));
        assertEquals(2, passOf(9, limits, by(1)), "by its own limit");
        assertEquals(2, passOf(9, limits, by(2)), "by its own limit");
        assertEquals(1, passOf(9, limits, by(3)), "by that of the route");
        assertEquals(1, limits.explain(by(3)).get(0).used());
        assertEquals(0, passOf(9, limits, by(4)));
        assertEquals(0, limits.explain(by(4)).get(0).used(), "the route's refusals take nothing from the client");
    }

    @Test
    void of_what_lets_a_request_pass_the_one_with_fewest_remaining_is_spoken_of() {
        Asked limits = of(limits("3/60s by client", "4/60s by route"));
        assertEquals(decision(true, 2, MINUTE, 0), limits.take(by(1)));
        assertEquals(decision(true, 2, MINUTE, 0), limits.take(by(2)), "both have two: the first");
        assertEquals(decision(true, 1, MINUTE, 1), limits.take(by(3)));
        assertEquals(decision(true, 1, MINUTE, 1), limits.look(by(3)));
    }

    @Test
    void of_equally_few_remaining_the_one_that_resets_last_is_spoken_of() {
        Asked limits = of(limits("2/30s by client", "2/60s by route"));
        assertEquals(decision(true, 1, MINUTE, 1), limits.take(by(1)));
        Asked turned = of(limits("2/60s by route", "2/30s by client"));
        assertEquals(decision(true, 1, MINUTE, 0), turned.take(by(1)), "in whatever order they are written");
    }

    @Test
    void of_those_that_refuse_the_one_that_resets_last_is_spoken_of() {
        Asked limits = of(limits("1/10s by client", "1/60s by route"));
        limits.take(by(1));
        assertEquals(decision(false, 0, MINUTE, 1), limits.take(by(1)));
        assertEquals(decision(false, 0, MINUTE, 1), limits.take(by(2)), "by the route's alone");
        pass(Duration.ofSeconds(10));
        assertEquals(decision(false, 0, MINUTE - 10_000_000_000L, 1), limits.look(by(1)));
    }

    @Test
    void two_rates_by_the_same_key_hold_together() {
        Asked limits = of(limits("2/1s by client", "3/60s by client"));
        ClientAddress client = new ClientAddress(1);
        assertEquals(2, passOf(5, limits, client));
        assertEquals(decision(false, 0, 1_000_000_000L, 0), limits.take(client));
        pass(Duration.ofSeconds(1));
        assertEquals(decision(true, 0, 59_000_000_000L, 1), limits.take(client));
        assertEquals(decision(false, 0, 59_000_000_000L, 1), limits.take(client));
        pass(Duration.ofSeconds(59));
        assertEquals(2, passOf(5, limits, client));
        assertEquals(3, limits.explain(client).get(1).used());
        assertEquals(2, limits.explain(client).get(0).used());
    }

    @Test
    void each_limit_is_explained_by_itself() {
        Asked limits = of(limits("1/1s by client", "5/60s by client", "9/60s by route"));
        limits.take(by(1));
        pass(Duration.ofSeconds(2));
        limits.take(by(2));
        limits.take(by(1));
        List<Standing> standings = limits.explain(by(1));
        assertEquals(3, standings.size());
        assertEquals(decision(false, 0, 1_000_000_000L, 0), standings.get(0).decision());
        assertEquals(List.of(0L), standings.get(0).ages());
        assertEquals(
                decision(true, 3, MINUTE - 2_000_000_000L, 1), standings.get(1).decision());
        assertEquals(List.of(2_000_000_000L, 0L), standings.get(1).ages());
        assertEquals(
                decision(true, 6, MINUTE - 2_000_000_000L, 2), standings.get(2).decision());
        assertEquals(List.of(2_000_000_000L, 0L, 0L), standings.get(2).ages());
        assertEquals(standings, limits.explain(by(1)), "and takes nothing");
    }

    @Test
    void what_is_given_back_no_longer_counts_in_any_limit() {
        Asked limits = of(limits("2/60s by client", "3/60s by route"));
        limits.take(by(2));
        pass(Duration.ofSeconds(1));
        LimitDecision taken = limits.take(by(1));
        pass(Duration.ofSeconds(1));
        limits.take(by(1));
        assertFalse(limits.take(by(3)).allowed());
        LimitDecision standing = limits.giveBack(by(1), taken);
        assertEquals(decision(true, 1, MINUTE, 0), standing);
        assertEquals(List.of(0L), limits.explain(by(1)).get(0).ages());
        assertEquals(List.of(2_000_000_000L, 0L), limits.explain(by(1)).get(1).ages());
        assertTrue(limits.take(by(3)).allowed());
        assertEquals(standing.remaining(), limits.giveBack(by(1), taken).remaining() + 1, "and only once");
    }

    @Test
    void what_is_given_back_passes_even_if_a_limit_is_full_since() {
        Asked limits = of(limits("1/10s by client", "1/60s by route"));
        LimitDecision taken = limits.take(by(1));
        pass(Duration.ofSeconds(60));
        limits.take(by(1));
        assertEquals(decision(true, 0, MINUTE, 1), limits.giveBack(by(1), taken));
    }

    /** The plainest limiter one could write: a list of all requests that passed, and a count for each limit. */
    private static final class Plain {
        private record Passed(LimitKey key, long at) {}

        private final List<Limit> limits;
        private final List<CountedBy> kinds;
        private final List<Passed> passed = new ArrayList<>();

        Plain(List<Limit> limits) {
            this.limits = limits;
            this.kinds = CountedBy.of(limits);
        }

        /** Returns the tightest limit's decision on a request; if it is one to count, counts it. */
        LimitDecision decide(LimitKey key, long now, boolean take) {
            passed.removeIf(each -> now - each.at() >= MINUTE); // no limit looks farther back
            boolean allowed = standings(key, now, false).stream().allMatch(LimitDecision::allowed);
            if (allowed && take) {
                passed.add(new Passed(key, now));
            }
            List<LimitDecision> standings = standings(key, now, allowed && take);
            LimitDecision tightest = standings.get(0);
            for (LimitDecision other : standings) {
                tightest = tightest.tighter(other);
            }
            return tightest;
        }

        private List<LimitDecision> standings(LimitKey key, long now, boolean counted) {
            List<LimitDecision> standings = new ArrayList<>();
            for (int i = 0; i < limits.size(); i++) {
                int kind = kinds.indexOf(CountedBy.of(limits.get(i)));
                long window = limits.get(i).rate().window().toNanos();
                List<Long> times = passed.stream()
                        .filter(each -> each.key().part(kind).equals(key.part(kind)) && now - each.at() < window)
                        .map(Passed::at)
                        .toList();
                int remaining = limits.get(i).rate().requests() - times.size();
                standings.add(decision(
                        counted || remaining > 0, remaining, times.isEmpty() ? 0 : times.get(0) + window - now, i));
            }
            return standings;
        }

        void giveBack(long at) {
            passed.removeIf(each -> each.at() == at);
        }
    }

    @ParameterizedTest(name = "{0}")
    @ValueSource(
            strings = {
                "3/10s by client, 5/20s by header:X-Key, 12/30s by route",
                "12/30s by route, 5/20s by header:X-Key, 3/10s by client",
                "2/1s by client, 6/60s by client, 9/10s by header:x-key, 30/60s by route, 12/5s by route",
                "1/60s by header:X-Key, 100/1s by client, 100/1s by route",
                "40/60s by client, 50/60s by header:X-Key, 60/60s by route",
            })
    void a_random_history_is_decided_as_by_the_plainest_limiter_one_could_write(String texts) {
        List<Limit> rates = limits(texts.split(", "));
        Asked limits = of(rates);
        Plain plain = new Plain(rates);
        Random random = new Random(42);
        long now = 0;
        List<LimitKey> keys = new ArrayList<>();
        List<LimitDecision> taken = new ArrayList<>();
        List<Long> times = new ArrayList<>();
        for (int step = 0; step < 2_000; step++) {
            long micros = random.nextInt(6) == 0 ? random.nextInt(8_000_000) : 1 + random.nextInt(400_000);
            now += micros * 1000;
            pass(Duration.of(micros, ChronoUnit.MICROS));
            LimitKey key = request(random.nextInt(random.nextInt(6) + 1), random.nextInt(4));
            int what = random.nextInt(20);
            if (what == 0 && !taken.isEmpty()) {
                int which = random.nextInt(taken.size());
                plain.giveBack(times.get(which));
                limits.giveBack(keys.get(which), taken.get(which));
            } else if (what < 4) {
                assertEquals(plain.decide(key, now, false), limits.look(key), texts + ", step " + step);
            } else {
                LimitDecision decision = limits.take(key);
                assertEquals(plain.decide(key, now, true), decision, texts + ", step " + step);
                if (decision.allowed()) {
                    keys.add(key);
                    taken.add(decision);
                    times.add(now);
                }
            }
        }
        assertTrue(taken.size() > 50, "some pass: " + taken.size());
        assertTrue(taken.size() < 1_700, "some don't: " + taken.size());
    }
}
