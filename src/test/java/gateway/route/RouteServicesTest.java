package gateway.route;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import gateway.util.Timer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What becomes of services when the routes that list them change. */
class RouteServicesTest {
    private final FakeTime time = new FakeTime();
    private final Timer timer = new Timer("test");
    private final ServiceList services = new ServiceList(time);
    private final Routes routes = TestRoutes.usual(services);
    private final Set<Backend> checked = new HashSet<>();
    private final List<HealthCheck> howChecked = new ArrayList<>();
    private final Set<Integer> dead = new HashSet<>(); // the ports
    private final RouteServices listed = new RouteServices(routes, services, this::check, time);

    private void check(List<Backend> backends) {
        checked.addAll(backends);
        for (Backend backend : backends) {
            howChecked.add(routes.healthCheck(backend));
            if (!dead.contains(backend.url().port())) {
                services.admit(backend, "a good check");
            }
        }
    }

    @BeforeEach
    void start() {
        routes.file(List.of());
        listed.start(timer);
    }

    @AfterEach
    void close() {
        timer.close();
    }

    private static RouteConfig route(String name, int... ports) {
        return TestRoutes.named(name)
                .withServices(Arrays.stream(ports)
                        .mapToObj(port -> new ServiceEntry(url(port), 1))
                        .toList());
    }

    private static ServiceUrl url(int port) {
        return ServiceUrl.parse("http://10.0.0.1:" + port);
    }

    private Backend backend(String route, int port) {
        return services.all().stream()
                .filter(backend ->
                        backend.route().equals(route) && backend.url().equals(url(port)))
                .findFirst()
                .orElseThrow();
    }

    private List<Integer> available(String route) {
        return routes.table().get(route).pool().snapshot().available().stream()
                .map(backend -> backend.url().port())
                .toList();
    }

    private List<Integer> all() {
        return services.all().stream().map(backend -> backend.url().port()).toList();
    }

    @Test
    void new_services_are_checked_before_the_routes_that_list_them_take_effect() {
        routes.afterChange(change -> assertEquals(2, checked.size()));
        routes.file(List.of(route("a", 1, 2)));
        assertEquals(List.of(1, 2), available("a"));
    }

    @Test
    void they_are_checked_as_their_route_is_going_to_say() {
        routes.file(List.of(healthOf(route("a", 1), HealthCheck.TCP)));
        assertEquals(List.of(HealthCheck.TCP), howChecked);
    }

    private static RouteConfig healthOf(RouteConfig route, HealthCheck health) {
        return new RouteConfig(
                route.name(),
                route.match(),
                route.strip(),
                route.services(),
                route.balance(),
                health,
                route.limits(),
                route.host(),
                route.timeout(),
                route.retries(),
                route.maxBody(),
                route.cors(),
                route.headers(),
                route.rewritesRedirects(),
                route.serviceHeader(),
                route.slowStart());
    }

    @Test
    void a_service_that_stays_keeps_what_is_known_of_it() {
        routes.file(List.of(route("a", 1, 2)));
        Backend first = backend("a", 1);
        first.load().tryStart();
        checked.clear();
        routes.file(List.of(route("a", 1, 3), route("b", 1)));
        assertSame(first, backend("a", 1));
        assertEquals(1, first.load().inFlight());
        assertEquals(Set.of(backend("a", 3)), checked);
        assertEquals(List.of(1, 3), available("a"));
        assertEquals(List.of(1), available("b"));
    }

    /** Else a route that gets another name would have nobody for as long as a check takes. */
    @Test
    void a_service_that_is_healthy_in_another_route_is_healthy_at_once_if_it_is_checked_alike() {
        routes.file(List.of(route("a", 1)));
        checked.clear();
        routes.file(List.of(route("b", 1), healthOf(route("c", 1), HealthCheck.TCP)));
        assertEquals(List.of(1), available("b"));
        assertEquals(Set.of(backend("c", 1)), checked);
    }

    /** It has looked for its route before that was gone, and chooses a service after it. */
    @Test
    void a_request_under_way_finds_the_services_of_a_route_that_is_gone() {
        routes.file(List.of(route("a", 1)));
        Route held = routes.table().get("a");
        routes.file(List.of());
        assertEquals(1, held.pool().snapshot().available().size());
        assertEquals(List.of(), all());
    }

    @Test
    void a_changed_weight_is_applied_in_place() {
        routes.file(List.of(route("a", 1, 2)));
        Backend first = backend("a", 1);
        routes.file(List.of(
                route("a", 2).withServices(List.of(new ServiceEntry(url(1), 5), new ServiceEntry(url(2), 0)))));
        assertSame(first, backend("a", 1));
        assertEquals(5, first.weight());
        assertEquals(List.of(1), available("a"));
    }

    @Test
    void a_service_that_is_no_longer_listed_leaves_at_once_if_another_is_healthy() {
        routes.file(List.of(route("a", 1, 2)));
        routes.file(List.of(route("a", 2)));
        assertEquals(List.of(2), all());
    }

    /** Else a route would have nobody until the new one has started. */
    @Test
    void the_last_healthy_one_serves_until_a_new_one_is_healthy() {
        routes.file(List.of(route("a", 1)));
        dead.add(2);
        routes.file(List.of(route("a", 2)));
        assertEquals(List.of(1), available("a"));
        time.pass(RouteServices.LONGEST.minusMillis(1));
        listed.tick();
        assertEquals(List.of(1), available("a"));
        services.admit(backend("a", 2), "a good check");
        listed.tick();
        assertEquals(List.of(2), all());
    }

    @Test
    void it_does_not_serve_for_ever() {
        routes.file(List.of(route("a", 1)));
        dead.add(2);
        routes.file(List.of(route("a", 2)));
        time.pass(RouteServices.LONGEST);
        listed.tick();
        assertEquals(List.of(2), all());
    }

    @Test
    void one_that_is_listed_again_meanwhile_stays() {
        routes.file(List.of(route("a", 1)));
        Backend first = backend("a", 1);
        dead.add(2);
        routes.file(List.of(route("a", 2)));
        routes.file(List.of(route("a", 1)));
        time.pass(RouteServices.LONGEST.multipliedBy(2));
        listed.tick();
        assertSame(first, backend("a", 1));
        assertEquals(List.of(1), all());
    }

    @Test
    void the_services_of_a_route_that_is_gone_leave_but_those_that_registered_stay_until_their_lease_ends() {
        routes.file(List.of(route("a", 1), route("b", 2)));
        Backend registered = services.register(
                        new Service(
                                "a",
                                "orders",
                                url(9),
                                Optional.of(Duration.ofSeconds(15)),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.empty()),
                        Who.GATEWAY)
                .backend();
        routes.file(List.of(route("b", 2)));
        assertEquals(Set.of(2, 9), Set.copyOf(all()));
        assertTrue(services.admit(registered, "a good check"));
        assertTrue(services.eject(registered, "a bad one", true, EventKind.UNHEALTHY));
        time.pass(Duration.ofSeconds(15));
        assertEquals(List.of(registered), services.removeExpired());
    }

    @Test
    void one_that_registered_serves_when_its_route_is_back() {
        routes.file(List.of(route("a", 1)));
        services.register(
                new Service(
                        "a", "orders", url(9), Optional.empty(), Optional.empty(), Optional.empty(), Optional.empty()),
                Who.GATEWAY);
        routes.file(List.of());
        routes.file(List.of(route("a", 1)));
        assertEquals(List.of(1, 9), available("a").stream().sorted().toList());
    }

    /** Whoever lists a service knows how many there are; the bound is for those who register. */
    @Test
    void listed_services_take_no_room() {
        ServiceList small = new ServiceList(time, 1, 10);
        small.configure(RouteServices.of(List.of(route("a", 1, 2, 3))));
        small.register(new Service("x", url(9), Optional.empty()), Who.GATEWAY);
        assertEquals(4, small.all().size());
    }

    @Test
    void a_listed_service_that_also_registers_under_its_name_stays_when_the_lease_ends() {
        routes.file(List.of(route("a", 1)));
        services.register(
                new Service(
                        "a",
                        "10.0.0.1-1",
                        url(1),
                        Optional.of(Duration.ofSeconds(15)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Who.GATEWAY);
        time.pass(Duration.ofSeconds(20));
        assertEquals(List.of(), services.removeExpired());
        assertEquals(List.of(1), available("a"));
    }

    @Test
    void a_listed_service_is_back_when_the_one_that_took_its_place_has_left() {
        // It was gone until the file's next change.
        routes.file(List.of(route("shop", 1)));
        services.register(
                new Service(
                        "shop",
                        "bee",
                        url(1),
                        Optional.of(Duration.ofSeconds(2)),
                        Optional.empty(),
                        Optional.empty(),
                        Optional.empty()),
                Who.GATEWAY);
        listed.tick();
        assertEquals("bee", backend("shop", 1).name());
        time.pass(Duration.ofSeconds(3));
        services.removeExpired();
        listed.tick();
        assertEquals("10.0.0.1-1", backend("shop", 1).name());
        assertTrue(backend("shop", 1).configured());
    }
}
