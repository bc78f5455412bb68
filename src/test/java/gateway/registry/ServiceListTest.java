package gateway.registry;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotSame;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Registered.Outcome;
import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServiceListTest {
    private final FakeTime time = new FakeTime();
    private final ServiceList services = new ServiceList(time);

    private static Service service(String name, String url, String lease) {
        Optional<Duration> length =
                lease.isEmpty() ? Optional.empty() : Optional.of(gateway.util.Durations.parse(lease));
        return new Service(name, ServiceUrl.parse(url), length);
    }

    private Backend find(String name) {
        return services.instances(everywhere(name, Optional.empty())).get(0);
    }

    private List<String> names() {
        return services.all().stream().map(Backend::name).toList();
    }

    @Test
    void a_new_name_is_added_and_waits_for_its_first_good_check() {
        Registered registered = services.register(service("a", "http://h:1", ""), Who.GATEWAY);
        assertEquals(Outcome.ADDED, registered.outcome());
        assertEquals(Backend.Status.CHECKING, registered.backend().state().status());
        assertEquals(List.of(), services.available());
    }

    @Test
    void the_same_name_and_url_renews_and_keeps_what_is_known() {
        Backend backend =
                services.register(service("a", "http://h:1", ""), Who.GATEWAY).backend();
        services.admit(backend, "test");
        Registered again = services.register(service("a", "http://h:1/", "15s"), Who.GATEWAY);
        assertEquals(Outcome.RENEWED, again.outcome());
        assertSame(backend, again.backend());
        assertTrue(backend.available());
        assertEquals(Optional.of(Duration.ofSeconds(15)), backend.lease().length());
    }

    @Test
    void the_same_name_with_another_url_is_a_further_instance_and_both_serve() {
        Backend before =
                services.register(service("a", "http://h:1", ""), Who.GATEWAY).backend();
        services.admit(before, "test");
        Registered another = services.register(service("a", "http://h:2", ""), Who.GATEWAY);
        assertEquals(Outcome.ADDED, another.outcome());
        assertEquals(List.of(before), services.available(), "nobody has checked the new one yet");
        services.admit(another.backend(), "test");
        assertEquals(List.of(before, another.backend()), services.available());
        assertEquals(List.of(before, another.backend()), services.instances(everywhere("a", Optional.empty())));
    }

    @Test
    void a_drained_one_is_out_of_turn_until_resumed_whatever_its_health_and_its_renewals() {
        Backend backend = services.register(service("a", "http://h:1", "15s"), Who.GATEWAY)
                .backend();
        services.admit(backend, "test");
        assertEquals(
                List.of(backend),
                services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY));
        assertEquals(List.of(), services.available());
        assertEquals(
                List.of(new Snapshot.Unavailable(backend, "draining", "drained by an operator")),
                services.snapshot().unavailable());
        services.register(service("a", "http://h:1", "15s"), Who.GATEWAY);
        assertTrue(services.eject(backend, "ill", true, EventKind.UNHEALTHY), "its health goes on beneath");
        services.admit(backend, "well");
        assertEquals(List.of(), services.available());
        services.drain(everywhere("a", Optional.empty()), Draining.NO, Who.GATEWAY);
        assertEquals(List.of(backend), services.available());
        assertEquals("well", backend.reason());
        assertEquals(1, backend.ejections());
    }

    @Test
    void draining_one_that_is_not_there_says_so() {
        assertEquals(
                List.of(), services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY));
    }

    @Test
    void a_snapshot_keeps_why_a_backend_could_not_be_chosen_then() {
        Backend backend =
                services.register(service("a", "http://h:1", ""), Who.GATEWAY).backend();
        Snapshot before = services.snapshot();
        services.admit(backend, "test");
        assertEquals(
                List.of(new Snapshot.Unavailable(backend, "checking", "waiting for its first good check")),
                before.unavailable());
        assertEquals(List.of(), services.snapshot().unavailable());
    }

    @Test
    void a_service_from_the_settings_that_registers_itself_is_listed_once() {
        services.register(Service.configured(ServiceUrl.parse("http://localhost:8001")), Who.GATEWAY);
        services.register(Service.configured(ServiceUrl.parse("http://localhost:8002")), Who.GATEWAY);
        services.register(service("service-a", "http://localhost:8001", "15s"), Who.GATEWAY);
        assertEquals(List.of("localhost-8002", "service-a"), names());
    }

    private Backend listed(String url) {
        Service service = Service.configured(Service.DEFAULT_ROUTE, ServiceUrl.parse(url), Optional.empty());
        Backend backend = services.configure(List.of(service)).get(0);
        services.admit(backend, "its first check was good");
        return backend;
    }

    /** A route's only service was out until the next check, which answered all its requests with 503. */
    @Test
    void one_from_the_settings_that_registers_itself_goes_on_serving_as_it_is_checked_the_same() {
        listed("http://h:1");
        Backend registered = services.register(service("a", "http://h:1", "15s"), Who.GATEWAY)
                .backend();
        assertEquals(List.of(registered), services.available());
        assertEquals("its first check was good", registered.reason());

        listed("http://h:2");
        HealthCheck another = HealthCheck.parse("tcp");
        Service checked = new Service(
                Service.DEFAULT_ROUTE,
                "b",
                ServiceUrl.parse("http://h:2"),
                Optional.empty(),
                Optional.empty(),
                Optional.empty(),
                Optional.of(another));
        assertFalse(services.register(checked, Who.GATEWAY).backend().available(), "by another check it is unknown");
    }

    /** An operator drained it, to restart it; as it came back, it got requests. */
    @Test
    void the_drain_of_one_from_the_settings_holds_when_it_registers_itself() {
        listed("http://h:1");
        services.drain(everywhere("h-1", Optional.empty()), Draining.MOVING_SESSIONS, Who.GATEWAY);
        Backend registered = services.register(service("a", "http://h:1", "15s"), Who.GATEWAY)
                .backend();
        assertEquals(Draining.MOVING_SESSIONS, registered.drain());
        assertEquals(List.of(), services.available());
    }

    @Test
    void the_drain_of_an_instance_holds_when_it_moves() {
        Service before = new Service("a", ServiceUrl.parse("http://h:1"), Optional.empty(), Optional.of("a1"));
        services.admit(services.register(before, Who.GATEWAY).backend(), "test");
        services.drain(everywhere("a", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        Service after = new Service("a", ServiceUrl.parse("http://h:2"), Optional.empty(), Optional.of("a1"));
        Backend moved = services.register(after, Who.GATEWAY).backend();
        services.admit(moved, "test");
        assertTrue(moved.draining());
        assertEquals(List.of(), services.available());
    }

    /** It was gone from the list, and still got requests. */
    @Test
    void one_that_renews_beside_one_from_the_settings_takes_its_place_at_once() {
        services.register(service("a", "http://h:1", ""), Who.GATEWAY);
        services.register(service("h-1", "http://h:1", ""), Who.GATEWAY);
        assertEquals(List.of("a", "h-1"), names());
        assertEquals(
                Outcome.RENEWED,
                services.register(service("a", "http://h:1", ""), Who.GATEWAY).outcome());
        assertEquals(List.of("a"), names());
    }

    @Test
    void a_lease_that_is_not_renewed_ends_and_a_renewal_puts_the_end_off() {
        services.register(service("a", "http://h:1", "10s"), Who.GATEWAY);
        services.register(service("b", "http://h:2", ""), Who.GATEWAY);
        time.pass(Duration.ofSeconds(6));
        services.register(service("a", "http://h:1", "10s"), Who.GATEWAY);
        time.pass(Duration.ofSeconds(9));
        assertEquals(List.of(), services.removeExpired());
        assertEquals(Optional.of(Duration.ofSeconds(1)), find("a").lease().left(time.nanos()));
        time.pass(Duration.ofSeconds(1));
        assertEquals(
                List.of("a"),
                services.removeExpired().stream().map(Backend::name).toList());
        assertEquals(List.of("b"), names());
        time.pass(Duration.ofDays(100));
        assertEquals(List.of(), services.removeExpired(), "without a lease it stays until it is deleted");
    }

    @Test
    void a_hundred_registrations_at_once_lose_none() {
        IntStream.range(0, 100)
                .parallel()
                .forEach(i -> services.register(service("s" + i, "http://h:" + (i + 1), ""), Who.GATEWAY));
        assertEquals(100, services.all().size());
    }

    @Test
    void the_last_available_one_is_only_ejected_when_it_must_be() {
        Backend a =
                services.register(service("a", "http://h:1", ""), Who.GATEWAY).backend();
        Backend b =
                services.register(service("b", "http://h:2", ""), Who.GATEWAY).backend();
        services.admit(a, "test");
        services.admit(b, "test");
        assertTrue(services.eject(a, "slow", false, EventKind.UNHEALTHY));
        assertFalse(services.eject(a, "slow", false, EventKind.UNHEALTHY), "it was out already");
        assertFalse(services.eject(b, "slow", false, EventKind.UNHEALTHY), "it is the last");
        assertTrue(services.eject(b, "refused", true, EventKind.UNHEALTHY));
        assertEquals(List.of(), services.available());
    }

    @ParameterizedTest(name = "\"{0}\" is no name")
    @ValueSource(strings = {"", "-a", ".a", "_a", "a b", "a/b", "ä", "a\n", "<script>"})
    void names_that_are_none(String text) {
        assertFalse(Service.isName(text));
    }

    @Test
    void a_name_has_up_to_64_characters() {
        assertTrue(Service.isName("a".repeat(64)));
        assertFalse(Service.isName("a".repeat(65)));
        assertTrue(Service.isName("0.A_b-9"));
    }

    @ParameterizedTest(name = "{0} is called {1}")
    @CsvSource({
        "http://localhost:8001, localhost-8001",
        "http://10.0.0.1, 10.0.0.1-80",
        "http://[2001:db8::1]:8001, ipv6-2001-db8--1-8001",
    })
    void services_from_the_settings_are_named_after_host_and_port(String url, String name) {
        String given = Service.configured(ServiceUrl.parse(url)).name();
        assertEquals(name, given);
        assertTrue(Service.isName(given));
    }

    @Test
    void a_long_hosts_name_is_shortened_to_a_valid_one() {
        String host = "h".repeat(60) + ".example.org";
        assertTrue(Service.isName(Service.configured(ServiceUrl.parse("http://" + host + ":65535"))
                .name()));
    }

    private static Listed listed(String name, String url, String lease, boolean draining, long leftSeconds) {
        return new Listed(service(name, url, lease), draining, Duration.ofSeconds(leftSeconds), Optional.empty());
    }

    @Test
    void what_is_shared_replaces_what_is_here_and_keeps_what_is_known() {
        Backend a = services.register(service("a", "http://h:1", "15s"), Who.GATEWAY)
                .backend();
        Backend b =
                services.register(service("b", "http://h:2", ""), Who.GATEWAY).backend();
        Backend c =
                services.register(service("c", "http://h:3", ""), Who.GATEWAY).backend();
        services.admit(a, "test");
        Listed.Taken applied = services.apply(
                List.of(
                        listed("a", "http://h:1", "20s", true, 7),
                        listed("b", "http://h:4", "", false, 0),
                        listed("d", "http://h:5", "", true, 0)),
                name -> false);
        assertEquals(List.of("a", "b", "d"), names());
        assertSame(a, find("a"));
        assertTrue(a.draining());
        assertEquals(Backend.Status.HEALTHY, a.state().status());
        assertEquals(Optional.of(Duration.ofSeconds(20)), a.lease().length());
        assertEquals(Optional.of(Duration.ofSeconds(7)), a.lease().left(time.nanos()));
        assertNotSame(b, find("b"));
        assertTrue(find("d").draining());
        assertEquals(List.of(b, c), applied.left());
        assertEquals(
                List.of("b", "d"), applied.came().stream().map(Backend::name).toList());
        assertEquals(List.of(), services.available(), "the only healthy one is drained");
    }

    /** The list that gateways share neither has them nor takes them away: each gateway has a configuration of its own. */
    @Test
    void what_a_route_lists_is_this_gateways_own() {
        ServiceUrl url = ServiceUrl.parse("http://h:1");
        Backend own = services.configure(List.of(Service.configured("default", url, Optional.of(3))))
                .get(0);
        services.apply(List.of(), name -> false);
        assertEquals(List.of("h-1"), names());
        services.apply(List.of(listed("h-1", "http://h:1", "15s", true, 1)), name -> false);
        services.leases(Map.of(own.id(), Duration.ZERO), any -> false);
        assertTrue(own.draining(), "that holds for all gateways");
        assertEquals(3, own.weight());
        assertEquals(Optional.empty(), own.lease().length());
        services.apply(List.of(), name -> false);
        assertSame(own, find("h-1"));
    }

    @Test
    void what_a_route_lists_gives_way_to_the_same_name_and_to_the_same_url_in_it() {
        services.register(service("a", "http://h:1", ""), Who.GATEWAY);
        services.register(service("h-2", "http://h:3", ""), Who.GATEWAY);
        List<Service> listed = List.of("http://h:1", "http://h:2", "http://h:4").stream()
                .map(url -> Service.configured("default", ServiceUrl.parse(url), Optional.of(1)))
                .toList();
        services.configure(listed);
        assertEquals(List.of("a", "h-2", "h-4"), names());
        services.configure(List.of(Service.configured("other", ServiceUrl.parse("http://h:1"), Optional.of(1))));
        assertEquals(List.of("a", "h-2", "h-4", "h-1"), names());
        services.removeConfigured(backend -> true);
        assertEquals(List.of("a", "h-2"), names());
    }

    @Test
    void what_is_newer_here_stays_whatever_is_shared() {
        services.register(service("a", "http://h:1", "15s"), Who.GATEWAY);
        services.register(service("b", "http://h:2", "15s"), Who.GATEWAY);
        services.apply(
                List.of(listed("a", "http://h:9", "", true, 0), listed("gone-here", "http://h:3", "", false, 0)),
                name -> true);
        BackendId id = new BackendId("a", "http://h:1");
        services.leases(Map.of(id, Duration.ofSeconds(1)), any -> true);
        assertEquals(List.of("a", "b"), names());
        Backend a = find("a");
        assertEquals("http://h:1", a.urlText());
        assertEquals(Optional.of(Duration.ofSeconds(15)), a.lease().left(time.nanos()));
        services.leases(
                Map.of(id, Duration.ofSeconds(1), new BackendId("a", "http://h:9"), Duration.ofSeconds(1)),
                any -> false);
        assertEquals(Optional.of(Duration.ofSeconds(1)), a.lease().left(time.nanos()));
    }

    @Test
    void what_is_offered_gives_way_to_the_same_name_and_to_the_same_url() {
        services.register(service("a", "http://h:1", ""), Who.GATEWAY);
        services.offer(service("h-1", "http://h:1", ""));
        services.offer(service("a", "http://h:2", ""));
        services.offer(service("h-3", "http://h:3", ""));
        assertEquals(List.of("a", "h-3"), names());
        assertEquals("http://h:1", find("a").urlText());
    }

    @Test
    void the_journal_is_told_what_was_asked_for_here_and_not_what_was_shared() {
        List<String> told = new ArrayList<>();
        services.journal(new Journal() {
            @Override
            public void offered(Service service) {
                told.add("offered " + service.name());
            }

            @Override
            public void registered(Service service, Backend backend, Outcome outcome) {
                told.add(outcome.name().toLowerCase(Locale.ROOT) + " " + service.name());
            }

            @Override
            public void removed(BackendId id) {
                told.add("removed " + id.name() + " at " + id.url());
            }

            @Override
            public void removedAll(String name) {
                told.add("removed all " + name);
            }

            @Override
            public void drained(BackendId id, Draining draining) {
                told.add((draining == Draining.NO ? "resumed " : "drained ") + id.name() + " at " + id.url());
            }
        });
        services.offer(service("h-1", "http://h:1", ""));
        services.offer(service("h-1", "http://h:1", ""));
        services.register(service("a", "http://h:1", ""), Who.GATEWAY);
        services.register(service("a", "http://h:1", ""), Who.GATEWAY);
        services.register(service("a", "http://h:2", ""), Who.GATEWAY);
        services.drain(everywhere("a", Optional.of("http://h:2")), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        services.drain(everywhere("unknown", Optional.empty()), Draining.KEEPING_SESSIONS, Who.GATEWAY);
        services.apply(
                List.of(listed("b", "http://h:3", "", false, 0)),
                id -> !id.name().equals("b"));
        services.drain(everywhere("b", Optional.empty()), Draining.NO, Who.GATEWAY);
        services.remove(everywhere("b", Optional.of("http://h:3")), Who.GATEWAY);
        services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
        services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        assertEquals(
                List.of(
                        "offered h-1",
                        "removed h-1 at http://h:1",
                        "added a",
                        "renewed a",
                        "added a",
                        "drained a at http://h:2",
                        "resumed b at http://h:3",
                        "removed b at http://h:3",
                        "removed all a"),
                told);
    }

    private static Service at(String route, String name, String url, Optional<String> instance, Integer weight) {
        return new Service(
                route,
                name,
                ServiceUrl.parse(url),
                Optional.empty(),
                instance,
                Optional.ofNullable(weight),
                weight == null ? Optional.empty() : Optional.of(HealthCheck.TCP));
    }

    @Test
    void what_a_registration_leaves_out_stays_as_it_was_at_the_url_of_before_too() {
        services.register(at("shop", "a", "http://h:1", Optional.of("one"), 3), Who.GATEWAY);
        Backend renewed = services.register(at("shop", "a", "http://h:1", Optional.of("one"), null), Who.GATEWAY)
                .backend();
        assertEquals(3, renewed.weight());
        Registered moved = services.register(at("shop", "a", "http://h:2", Optional.of("one"), null), Who.GATEWAY);
        assertEquals(Outcome.MOVED, moved.outcome());
        assertEquals(3, moved.backend().weight());
        assertEquals(Optional.of(HealthCheck.TCP), moved.backend().health());

        services.offer(Service.configured("shop", ServiceUrl.parse("http://h:3"), Optional.of(5)));
        Registered named = services.register(at("shop", "b", "http://h:3", Optional.empty(), null), Who.GATEWAY);
        assertEquals(5, named.backend().weight(), "the settings' one with a name of its own");
        assertEquals(
                1,
                services.register(at("other", "b", "http://h:3", Optional.empty(), null), Who.GATEWAY)
                        .backend()
                        .weight(),
                "another route's is another");
        assertEquals(4, services.all().size());
    }

    @Test
    void another_weight_counts_at_once() {
        Pool pool = services.pool("shop");
        Backend a = services.register(at("shop", "a", "http://h:1", Optional.empty(), 3), Who.GATEWAY)
                .backend();
        services.admit(a, "test");
        assertEquals(List.of(a), pool.snapshot().available());
        services.register(at("shop", "a", "http://h:1", Optional.empty(), 0), Who.GATEWAY);
        assertEquals(List.of(), pool.snapshot().available());
    }
}
