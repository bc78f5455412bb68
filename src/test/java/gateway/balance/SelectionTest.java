package gateway.balance;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.registry.Backend;
import gateway.registry.Draining;
import gateway.registry.ServiceList;
import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Named;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What holds for every strategy, and the selection by it. */
class SelectionTest {
    private static final FakeTime TIME = new FakeTime();

    /** Services that are full with two requests. */
    private final Pools pools = new Pools(TIME, new ServiceList(TIME, 100, 2));

    static Stream<Named<Balancer>> strategies() {
        Random random = new Random(3);
        WarmUp warmUp = new WarmUp(Duration.ofSeconds(10), TIME);
        Balancer roundRobin = new RoundRobin(new AtomicInteger(Integer.MAX_VALUE));
        byte[] secret = {1};
        return Stream.of(
                        roundRobin,
                        new LeastRequests(() -> random),
                        new ConsistentHash("Hash of Client", HashKey.client(), warmUp),
                        new ConsistentHash("Hash of X-User", HashKey.header("X-User"), warmUp),
                        new Sticky(roundRobin, "gateway-x", "/", secret))
                .flatMap(balancer -> Stream.of(
                        Named.of(balancer.name(), balancer),
                        Named.of(balancer.name() + ", slowly", new SlowStart(balancer, warmUp, () -> random))));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    void as_many_requests_are_begun_as_there_is_room_for_and_no_more(Balancer balancer) {
        List<Backend> all =
                List.of(pools.healthy("a", 1), pools.healthy("b", 5), pools.healthy("c", 1), pools.healthy("d", 0));
        Selection selection = new Selection(balancer);
        for (int i = 0; i < 6; i++) {
            Backend begun = selection.start(pools.now(), Pools.ANYBODY);
            assertTrue(all.subList(0, 3).contains(begun), "request " + i);
        }
        assertNull(selection.start(pools.now(), Pools.ANYBODY), "all are full");
        assertNull(selection.start(pools.available(), Pools.ANYBODY));
        all.get(1).load().finished();
        assertSame(all.get(1), selection.start(pools.available(), Pools.ANYBODY));
        assertEquals(
                List.of(2, 2, 2, 0),
                all.stream().map(backend -> backend.load().inFlight()).toList());
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("strategies")
    void with_no_service_there_is_nothing_to_choose_and_with_one_there_is_that_one(Balancer balancer) {
        Selection selection = new Selection(balancer);
        assertNull(selection.start(pools.now(), Pools.ANYBODY));
        Backend only = pools.healthy("a", 3);
        assertSame(only, selection.start(pools.now(), Pools.ANYBODY));
    }

    @Test
    void who_belongs_to_a_service_that_drains_is_served_even_if_no_other_is() {
        Backend only = pools.healthy("a", 1);
        pools.services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        byte[] secret = {1};
        Sticky balancer = new Sticky(new RoundRobin(new AtomicInteger()), "gateway-x", "/", secret);
        Pools.Asked bound = Pools.ANYBODY.withCookies(new StickyTokens(secret).of(only));
        assertSame(only, new Selection(balancer).start(pools.now(), bound));
        assertNull(new Selection(balancer).start(pools.now(), Pools.ANYBODY));
    }

    @Test
    void who_belongs_to_a_full_service_is_served_by_another() {
        Backend own = pools.healthy("a", 1);
        Backend other = pools.healthy("b", 1);
        byte[] secret = {1};
        Sticky balancer = new Sticky(new RoundRobin(new AtomicInteger()), "gateway-x", "/", secret);
        Pools.Asked bound = Pools.ANYBODY.withCookies(new StickyTokens(secret).of(own));
        Set<Backend> begun = new HashSet<>();
        for (int i = 0; i < 3; i++) {
            begun.add(new Selection(balancer).start(pools.now(), bound));
        }
        assertEquals(Set.of(own, other), begun);
        assertEquals(2, own.load().inFlight());
    }
}
