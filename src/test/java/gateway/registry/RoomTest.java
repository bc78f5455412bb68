package gateway.registry;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Snapshot.Unavailable;
import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/** A list with room for two services, each of which may have two requests. */
class RoomTest {
    private final ServiceList services = new ServiceList(new FakeTime(), 2, 2);

    private static Service service(String name) {
        return new Service(name, ServiceUrl.parse("http://" + name + ":1"), Optional.empty());
    }

    private static Service service(String name, String url) {
        return new Service(name, ServiceUrl.parse(url), Optional.empty(), Optional.of("its-own-id"));
    }

    private static Listed listed(String name) {
        return new Listed(service(name), false, Duration.ZERO, Optional.empty());
    }

    private List<String> names() {
        return services.all().stream().map(Backend::name).toList();
    }

    @Test
    void one_too_many_is_refused_and_what_is_there_may_renew_and_move() {
        services.register(service("a"), Who.GATEWAY);
        services.register(service("b"), Who.GATEWAY);
        assertThrows(ListFull.class, () -> services.register(service("c"), Who.GATEWAY));
        services.register(service("a", "http://a:1"), Who.GATEWAY);
        services.register(service("a", "http://elsewhere:1"), Who.GATEWAY);
        services.register(service("a", "http://elsewhere:2"), Who.GATEWAY);
        assertThrows(
                ListFull.class,
                () -> services.register(service("b", "http://elsewhere:3"), Who.GATEWAY),
                "another instance of b needs a place of its own");
        services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
        services.register(service("c"), Who.GATEWAY);
        assertEquals(List.of("a", "a", "a", "c"), names(), "two of a's still stand in");
    }

    /** It was out at each try, and got requests that nobody could count. */
    @Test
    void a_listed_service_that_is_refused_a_name_of_its_own_stays_as_it_is() {
        services.register(service("b"), Who.GATEWAY);
        services.register(service("c"), Who.GATEWAY);
        Service listed = Service.configured(Service.DEFAULT_ROUTE, ServiceUrl.parse("http://a:1"), Optional.empty());
        Backend before = services.configure(List.of(listed)).get(0);
        services.admit(before, "test");
        assertThrows(ListFull.class, () -> services.register(service("a"), Who.GATEWAY));
        assertEquals(List.of(before), services.available());
        assertTrue(services.contains(before));
        assertEquals(List.of(), services.configure(List.of(listed)));
    }

    @Test
    void a_configured_service_that_takes_a_name_of_its_own_needs_no_room() {
        services.offer(Service.configured(ServiceUrl.parse("http://a:1")));
        services.register(service("b"), Who.GATEWAY);
        services.register(service("a"), Who.GATEWAY);
        assertEquals(List.of("a", "b"), names());
    }

    @Test
    void what_has_no_room_of_a_shared_list_is_left_out_until_there_is() {
        Listed.Taken taken = services.apply(List.of(listed("a"), listed("b"), listed("c")), name -> false);
        assertEquals(2, taken.came().size());
        assertEquals(List.of("a", "b"), names());
        services.apply(List.of(listed("b"), listed("c")), name -> false);
        assertEquals(List.of("b", "c"), names());
    }

    @Test
    void a_backend_takes_as_many_requests_as_it_may_and_more_when_one_is_over() {
        Backend backend = services.register(service("a"), Who.GATEWAY).backend();
        assertTrue(backend.load().tryStart());
        assertFalse(backend.load().isFull());
        assertTrue(backend.load().tryStart());
        assertTrue(backend.load().isFull());
        assertFalse(backend.load().tryStart());
        assertEquals(2, backend.load().inFlight());
        assertEquals(2, backend.load().requests(), "what it didn't take isn't counted");
        backend.load().finished();
        assertTrue(backend.load().tryStart());
    }

    @Test
    void an_open_websocket_is_in_flight_and_takes_no_room() {
        Backend backend = services.register(service("a"), Who.GATEWAY).backend();
        assertTrue(backend.load().tryStart());
        backend.load().switched();
        assertTrue(backend.load().tryStart());
        assertTrue(backend.load().tryStart());
        assertTrue(backend.load().isFull());
        assertEquals(3, backend.load().inFlight());
        backend.load().switchedFinished();
        assertEquals(2, backend.load().inFlight());
        assertTrue(backend.load().isFull());
    }

    @Test
    void a_snapshot_tells_who_was_full() {
        Backend a = services.register(service("a"), Who.GATEWAY).backend();
        Backend b = services.register(service("b"), Who.GATEWAY).backend();
        services.admit(a, "test");
        services.admit(b, "test");
        Snapshot without = services.snapshot().without(List.of(a));
        assertEquals(List.of(b), without.available());
        assertEquals(
                List.of("full"),
                without.unavailable().stream().map(Unavailable::status).toList());
    }
}
