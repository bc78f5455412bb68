package gateway.balance;

import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.testing.FakeTime;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RoundRobinTest {
    private final ServiceList services = new ServiceList(new FakeTime());

    private Backend healthy(String name) {
        ServiceUrl url = ServiceUrl.parse("http://" + name);
        Backend backend =
                services.register(new Service(name, url, Optional.empty())).backend();
        services.admit(backend, "test");
        return backend;
    }

    private String sequence(Balancer balancer, int length) {
        return IntStream.range(0, length)
                .mapToObj(i -> balancer.choose(services.available(), null).name())
                .collect(Collectors.joining(" "));
    }

    @Test
    void each_in_turn_whatever_the_order_of_registration() {
        List.of("c", "a", "b").forEach(this::healthy);
        assertEquals("a b c a b c a", sequence(new RoundRobin(new AtomicInteger()), 7));
    }

    @Test
    void who_is_next_can_be_seen_without_taking_a_turn() {
        List.of("a", "b").forEach(this::healthy);
        RoundRobin balancer = new RoundRobin(new AtomicInteger(-1));
        assertEquals("b", balancer.next(services.available()).orElseThrow().name());
        assertEquals("b", balancer.next(services.available()).orElseThrow().name());
        assertEquals("b a b", sequence(balancer, 3));
    }

    @Test
    void the_index_runs_over_without_a_gap() {
        List.of("a", "b", "c", "d").forEach(this::healthy);
        RoundRobin balancer = new RoundRobin(new AtomicInteger(Integer.MAX_VALUE - 1));
        assertEquals("c d a b c d", sequence(balancer, 6));
    }

    @Test
    void who_is_out_gets_nothing_and_the_others_share_evenly_and_the_order_is_as_before_when_it_is_back() {
        List.of("a", "b", "c").forEach(this::healthy);
        RoundRobin balancer = new RoundRobin(new AtomicInteger());
        services.eject(services.instances("b", Optional.empty()).get(0), "test", true);
        assertEquals("a c a c a c", sequence(balancer, 6));
        services.admit(services.instances("b", Optional.empty()).get(0), "test");
        assertEquals("a b c a b c", sequence(balancer, 6));
    }
}
