package gateway.registry;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;

import gateway.events.EventKind;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.testing.FakeTime;
import gateway.util.Durations;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

/** What the listener of a list is told, and when a state began. */
class ServiceEventsTest {
    private static final Who OPERATOR = Who.operator("192.0.2.7");
    private static final Who SERVICE = Who.service("192.0.2.8");

    private final FakeTime time = new FakeTime();
    private final ServiceList list = new ServiceList(time);
    private final List<String> told = new ArrayList<>();

    private void listen() {
        list.tell((kind, subject, reason, who) -> told.add(
                kind.word() + " " + subject.service() + " at " + subject.url() + " by " + who.word() + ": " + reason));
    }

    private static Service service(String name, String url, String lease, String instance) {
        return new Service(
                name,
                ServiceUrl.parse(url),
                Optional.ofNullable(lease).map(Durations::parse),
                Optional.ofNullable(instance));
    }

    private Backend find(String name) {
        return list.instances(everywhere(name, Optional.empty())).get(0);
    }

    private void pass(int seconds) {
        time.pass(Duration.ofSeconds(seconds));
    }

    private void drain(Draining draining) {
        list.drain(everywhere("a", Optional.empty()), draining, OPERATOR);
    }

    static Stream<Arguments> happenings() {
        return Stream.of(
                of(
                        "a service registers with a lease",
                        test -> test.list.register(service("b", "http://h:2", "15s", null), SERVICE),
                        "registered b at http://h:2 by service: registered with a lease of 15s"),
                of(
                        "it registers beside another",
                        test -> test.list.register(service("a", "http://h:2", null, null), OPERATOR),
                        "registered a at http://h:2 by operator: registered without a lease, beside http://h:1: they take"
                                + " turns"),
                of("it renews", test -> test.list.register(service("a", "http://h:1", "15s", "i"), SERVICE)),
                of(
                        "it takes the place of one in the settings",
                        test -> {
                            test.list.offer(Service.configured(ServiceUrl.parse("http://h:3")));
                            test.list.register(service("c", "http://h:3", null, null), OPERATOR);
                        },
                        "registered c at http://h:3 by operator: registered without a lease, in place of h-3, which the"
                                + " settings list"),
                of(
                        "an instance moves and is healthy there",
                        test -> {
                            test.list.register(service("a", "http://h:2", "15s", "i"), SERVICE);
                            test.list.admit(
                                    test.list
                                            .instances(everywhere("a", Optional.of("http://h:2")))
                                            .get(0),
                                    "well");
                        },
                        "moved a at http://h:2 by service: instance i was at http://h:1, and is replaced here with the"
                                + " first good check",
                        "healthy a at http://h:2 by gateway: well",
                        "removed a at http://h:1 by gateway: its instance i has moved and is healthy"),
                of(
                        "its health changes",
                        test -> {
                            test.list.admit(test.find("a"), "its first check was good");
                            test.list.eject(test.find("a"), "3 bad checks in a row", true, EventKind.UNHEALTHY);
                            test.list.eject(test.find("a"), "refused", true, EventKind.EJECTED); // it is out already
                            test.list.admit(test.find("a"), "2 good checks in a row");
                            test.list.eject(test.find("a"), "5 requests in a row", true, EventKind.EJECTED);
                        },
                        "healthy a at http://h:1 by gateway: its first check was good",
                        "unhealthy a at http://h:1 by gateway: 3 bad checks in a row",
                        "healthy a at http://h:1 by gateway: 2 good checks in a row",
                        "ejected a at http://h:1 by gateway: 5 requests in a row"),
                of(
                        "it is drained, twice, and resumed, twice",
                        test -> {
                            test.drain(Draining.KEEPING_SESSIONS);
                            test.drain(Draining.KEEPING_SESSIONS);
                            test.drain(Draining.MOVING_SESSIONS);
                            test.drain(Draining.NO);
                            test.drain(Draining.NO);
                        },
                        "drained a at http://h:1 by operator: gets no more requests until it is resumed",
                        "drained a at http://h:1 by operator: gets no more requests, and clients bound to it move",
                        "resumed a at http://h:1 by operator: gets requests again"),
                of(
                        "its lease runs out",
                        test -> {
                            test.pass(15);
                            test.list.removeExpired();
                        },
                        "expired a at http://h:1 by gateway: its lease of 15s was not renewed"),
                of(
                        "it is deregistered",
                        test -> test.list.remove(everywhere("a", Optional.empty()), OPERATOR),
                        "deregistered a at http://h:1 by operator: all instances of a were deregistered"),
                of(
                        "its instance is deregistered",
                        test -> test.list.remove(everywhere("a", Optional.of("i")), SERVICE),
                        "deregistered a at http://h:1 by service: this instance was deregistered"),
                of(
                        "its route no longer lists it",
                        test -> {
                            test.list.configure(List.of(
                                    Service.configured("shop", ServiceUrl.parse("http://h:5"), Optional.empty())));
                            test.list.removeConfigured(backend -> true);
                        },
                        "removed h-5 at http://h:5 by gateway: its route no longer lists it"),
                of(
                        "another gateway's list replaces it",
                        test -> test.list.apply(
                                List.of(new Listed(
                                        service("b", "http://h:2", null, null), true, Duration.ZERO, Optional.empty())),
                                id -> false),
                        "removed a at http://h:1 by other-gateway: it is no longer in the list that gateways share",
                        "registered b at http://h:2 by other-gateway: added from the list that gateways share",
                        "drained b at http://h:2 by other-gateway: gets no more requests until it is resumed"));
    }

    private static Arguments of(String what, Consumer<ServiceEventsTest> steps, String... told) {
        return Arguments.of(what, steps, List.of(told));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("happenings")
    void the_listener_is_told_each_change_once(String what, Consumer<ServiceEventsTest> steps, List<String> expected) {
        list.register(service("a", "http://h:1", "15s", "i"), SERVICE);
        listen();
        steps.accept(this);
        assertEquals(expected, told);
    }

    @Test
    void a_service_of_a_route_is_told_with_its_route_and_instance() {
        List<Subject> subjects = new ArrayList<>();
        list.tell((kind, subject, reason, who) -> subjects.add(subject));
        list.register(
                new Service(
                        "shop",
                        "cart",
                        ServiceUrl.parse("http://h:9"),
                        Optional.empty(),
                        Optional.of("web-1"),
                        Optional.empty(),
                        Optional.empty()),
                OPERATOR);
        assertEquals(List.of(new Subject("shop", "cart", "web-1", "http://h:9")), subjects);
    }

    /** The steps are each the second and what happens then. */
    @ParameterizedTest(name = "{0}")
    @CsvSource(
            delimiter = '|',
            value = {
                "nothing                             | checking  | 0  | waiting for its first good check",
                "10 well                             | healthy   | 10 | well",
                "10 well, 20 drain                   | draining  | 20 | drained by an operator",
                "10 well, 20 drain, 30 move          | draining  | 20 | drained by an operator, who also moves the clients"
                        + " that are bound to it",
                "10 well, 20 drain, 30 ill           | draining  | 20 | drained by an operator",
                "10 well, 20 drain, 40 resume        | healthy   | 40 | resumed by an operator",
                "10 well, 20 drain, 30 ill, 40 resume | unhealthy | 30 | ill",
                "10 well, 20 drain, 40 resume, 50 ill | unhealthy | 50 | ill",
                "10 well, 20 weight=0                | draining  | 20 | its weight is 0",
                "10 well, 20 weight=0, 30 weight=2   | healthy   | 30 | its weight is no longer 0",
                "10 well, 20 drain, 30 weight=0      | draining  | 20 | drained by an operator",
            })
    void since_is_when_the_state_that_is_shown_began(String steps, String status, int since, String reason) {
        Instant start = time.now();
        list.register(service("a", "http://h:1", null, null), OPERATOR);
        int now = 0;
        for (String step : steps.equals("nothing") ? new String[0] : steps.split(", ")) {
            int second = Integer.parseInt(step.split(" ")[0]);
            pass(second - now);
            now = second;
            happens(step.split(" ")[1]);
        }
        pass(60 - now);
        Backend backend = find("a");
        assertEquals(status, backend.statusWord());
        assertEquals(start.plusSeconds(since), backend.since());
        assertEquals(reason, backend.reason());
    }

    private void happens(String what) {
        switch (what) {
            case "well" -> list.admit(find("a"), "well");
            case "ill" -> list.eject(find("a"), "ill", true, EventKind.UNHEALTHY);
            case "drain" -> drain(Draining.KEEPING_SESSIONS);
            case "move" -> drain(Draining.MOVING_SESSIONS);
            case "resume" -> drain(Draining.NO);
            default ->
                list.register(
                        new Service(
                                Service.DEFAULT_ROUTE,
                                "a",
                                ServiceUrl.parse("http://h:1"),
                                Optional.empty(),
                                Optional.empty(),
                                Optional.of(Integer.parseInt(what.replace("weight=", ""))),
                                Optional.empty()),
                        OPERATOR);
        }
    }
}
