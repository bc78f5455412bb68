package gateway.health;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.EventKind;
import gateway.events.Who;
import gateway.health.OutlierDetection.Failure;
import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Backend.Status;
import gateway.registry.Check;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.TestBackend;
import gateway.util.Stalls;
import java.time.Duration;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class HealthTest {
    private static final Check.Problem ILL = new Check.Problem("its /health answered 500", Check.Contact.MADE);
    private static final Check.Problem GONE = new Check.Problem("connection refused", Check.Contact.REFUSED);
    private static final Check.Problem LATE = new Check.Problem("could not connect within 1s", Check.Contact.LATE);

    private static final Set<Thread.State> ENDED_OR_BLOCKED = EnumSet.of(Thread.State.TERMINATED, Thread.State.BLOCKED);

    private final FakeTime time = new FakeTime();
    private final ServiceList services = new ServiceList(time);
    private final Stalls stalls = new Stalls(time);
    private final CheckResults results = new CheckResults(services, 2, 3, time);
    private HealthCheck kind = HealthCheck.USUAL;
    private final OutlierDetection outliers = new OutlierDetection(services, backend -> kind, stalls, time);
    private final Backend a = healthy("a");
    private final Backend b = healthy("b");

    private Backend healthy(String name) {
        Service service = new Service(name, ServiceUrl.parse("http://" + name), Optional.empty());
        Backend backend = services.register(service, Who.GATEWAY).backend();
        good(backend, 1);
        return backend;
    }

    private void good(Backend backend, int times) {
        checked(backend, Optional.empty(), times);
    }

    private void bad(Backend backend, Check.Problem problem, int times) {
        checked(backend, Optional.of(problem), times);
    }

    private void checked(Backend backend, Optional<Check.Problem> problem, int times) {
        for (int i = 0; i < times; i++) {
            results.checked(backend, new Check(time.now(), Duration.ZERO, problem));
        }
    }

    private void fail(Backend backend, Failure failure, int times) {
        for (int i = 0; i < times; i++) {
            outliers.failed(backend, failure, "test");
        }
    }

    @Test
    void the_first_good_check_admits_and_bad_ones_before_it_do_not_count() {
        Service service = new Service("c", ServiceUrl.parse("http://c"), Optional.empty());
        Backend c = services.register(service, Who.GATEWAY).backend();
        bad(c, GONE, 10);
        assertEquals(Status.CHECKING, c.state().status());
        good(c, 1);
        assertTrue(c.available());
    }

    @Test
    void fall_bad_checks_in_a_row_eject_and_rise_good_ones_readmit() {
        bad(a, ILL, 2);
        good(a, 1);
        bad(a, ILL, 2);
        assertTrue(a.available(), "never three in a row");
        bad(a, ILL, 1);
        assertEquals(
                "3 bad checks in a row: its /health answered 500", a.state().reason());
        good(a, 1);
        bad(a, ILL, 1);
        good(a, 1);
        assertFalse(a.available(), "never two in a row");
        good(a, 1);
        assertTrue(a.available());
    }

    @Test
    void the_last_available_one_stays_for_bad_answers_but_not_when_it_is_gone() {
        bad(b, ILL, 3);
        bad(a, ILL, 10);
        assertTrue(a.available(), "a poor one beats none");
        bad(a, GONE, 1);
        assertFalse(a.available(), "nobody there helps nobody");
    }

    @Test
    void the_last_available_ones_streak_still_counts_once_another_is_back() {
        bad(b, ILL, 3);
        bad(a, ILL, 3);
        good(b, 2);
        assertTrue(a.available());
        bad(a, ILL, 1);
        assertFalse(a.available());
    }

    @Test
    void one_refused_connection_ejects_at_once_even_the_last_and_calls_for_a_check() {
        a.vitals().nextCheck(time.nanos() + 1_000_000);
        fail(a, Failure.REFUSED, 1);
        assertFalse(a.available());
        assertTrue(a.vitals().checkDue(time.nanos()));
        fail(b, Failure.REFUSED, 1);
        assertFalse(b.available());
    }

    @Test
    void five_failures_in_a_row_eject_and_an_answer_between_starts_the_count_anew() {
        fail(a, Failure.NO_ANSWER, 4);
        a.vitals().answered();
        fail(a, Failure.NO_ANSWER, 4);
        assertTrue(a.available());
        fail(a, Failure.NO_ANSWER, 1);
        assertFalse(a.available());
        assertEquals(9, a.load().failures());
    }

    @ParameterizedTest(name = "the last one and {0}")
    @EnumSource(names = {"NO_ANSWER", "UNREACHABLE", "CONNECTING_TIMED_OUT"})
    void five_failures_eject_the_last_one_only_if_it_cannot_be_reached(Failure failure) {
        fail(b, Failure.REFUSED, 1);
        fail(a, failure, 20);
        assertEquals(failure != Failure.UNREACHABLE, a.available());
    }

    /**
     * A server that is given more connections at once than its backlog holds drops some. With two dozen clients at once
     * the only service was taken out for 5 s, then for 10, while it answered whatever it had accepted.
     */
    @Test
    void connecting_that_takes_too_long_ejects_nobody_whose_last_check_was_good_but_calls_for_a_check() {
        a.vitals().nextCheck(time.nanos() + 1_000_000);
        fail(a, Failure.CONNECTING_TIMED_OUT, 4);
        assertFalse(a.vitals().checkDue(time.nanos()));
        fail(a, Failure.CONNECTING_TIMED_OUT, 1);
        assertTrue(a.vitals().checkDue(time.nanos()));
        a.vitals().nextCheck(time.nanos() + 1_000_000);
        fail(a, Failure.CONNECTING_TIMED_OUT, 20);
        assertTrue(a.available());
        assertFalse(a.vitals().checkDue(time.nanos()), "one is enough");
        bad(a, LATE, 1);
        fail(a, Failure.CONNECTING_TIMED_OUT, 1);
        assertFalse(a.available(), "checks can't reach it either");
    }

    @Test
    void checks_that_cannot_connect_in_time_eject_the_last_one_only_if_requests_get_no_answers_either() {
        fail(b, Failure.REFUSED, 1);
        for (int check = 1; check <= 10; check++) {
            bad(a, LATE, 1);
            assertTrue(a.load().tryStart());
            a.load().finished(); // answered
        }
        assertTrue(a.available(), "busy");
        good(a, 1);
        for (int check = 1; check <= 3; check++) {
            assertTrue(a.available());
            bad(a, LATE, 1);
            assertTrue(a.load().tryStart());
            fail(a, Failure.CONNECTING_TIMED_OUT, 1);
            a.load().finished();
        }
        assertFalse(a.available(), "gone");
    }

    @Test
    void an_ejection_for_failures_lasts_5_s_however_good_the_checks_are_then_doubles_up_to_a_minute() {
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            fail(a, Failure.NO_ANSWER, 5);
            assertFalse(a.available());
            time.pass(Duration.ofSeconds(seconds).minusNanos(1));
            good(a, 5);
            assertFalse(a.available(), "before " + seconds + " s");
            time.pass(Duration.ofNanos(1));
            good(a, 1);
            assertTrue(a.available(), "after " + seconds + " s");
        }
    }

    @Test
    void a_minute_of_calm_forgives_earlier_ejections() {
        fail(a, Failure.NO_ANSWER, 5);
        time.pass(Duration.ofSeconds(5));
        good(a, 2);
        time.pass(Duration.ofSeconds(60));
        fail(a, Failure.NO_ANSWER, 5);
        time.pass(Duration.ofSeconds(5));
        good(a, 2);
        assertTrue(a.available());
    }

    private void beatFor(Duration duration) {
        for (long i = 0; i < duration.toMillis() / 100; i++) {
            time.pass(Stalls.PAUSE);
            stalls.beat();
        }
    }

    /** The gateway's own pause let the timeouts of all requests run out at once, and it blamed the services. */
    @Test
    void requests_without_an_answer_while_this_process_stood_still_eject_nobody() {
        stalls.beat();
        time.pass(Duration.ofSeconds(20));
        fail(a, Failure.NO_ANSWER, 20);
        fail(b, Failure.UNREACHABLE, 20);
        stalls.beat();
        fail(a, Failure.NO_ANSWER, 20);
        assertTrue(a.available() && b.available(), "neither before the timer beats again nor after");
        assertEquals(40, a.load().failures(), "they are counted all the same");
        beatFor(Duration.ofSeconds(1));
        fail(a, Failure.NO_ANSWER, 4);
        assertTrue(a.available());
        fail(a, Failure.NO_ANSWER, 1);
        assertFalse(a.available(), "what fails later is the service's own doing");
    }

    @Test
    void a_refused_connection_ejects_also_after_a_stall() {
        stalls.beat();
        time.pass(Duration.ofSeconds(20));
        fail(a, Failure.REFUSED, 1);
        assertFalse(a.available(), "nothing listens there, whatever happened here");
    }

    @Test
    void a_new_service_without_checks_is_healthy_at_once() {
        Backend c = services.register(new Service("c", ServiceUrl.parse("http://c"), Optional.empty()), Who.GATEWAY)
                .backend();
        results.unchecked(c);
        assertTrue(c.available());
        assertEquals("not checked", c.state().reason());
    }

    @Test
    void without_checks_a_refused_connection_ejects_for_5_s_then_doubling_but_never_the_last_one() {
        kind = HealthCheck.OFF;
        for (int seconds : new int[] {5, 10, 20, 40, 60, 60}) {
            fail(a, Failure.REFUSED, 1);
            assertFalse(a.available());
            fail(b, Failure.REFUSED, 10);
            fail(b, Failure.UNREACHABLE, 10);
            assertTrue(b.available(), "nothing but requests tells when it is back");
            time.pass(Duration.ofSeconds(seconds).minusNanos(1));
            results.unchecked(a);
            assertFalse(a.available(), "before " + seconds + " s");
            time.pass(Duration.ofNanos(1));
            results.unchecked(a);
            assertTrue(a.available(), "after " + seconds + " s");
        }
    }

    /**
     * A backend was unhealthy before the end of its ejection was set. If the timer came in between, a backend without
     * checks, whose ejection was over as far as anybody could tell, was healthy again at once.
     */
    @ParameterizedTest(name = "{0} {1} times")
    @CsvSource({"REFUSED, 1", "NO_ANSWER, 5"})
    void without_checks_an_ejection_holds_though_the_timer_comes_while_it_begins(Failure failure, int times)
            throws Exception {
        kind = HealthCheck.OFF;
        Thread timer = new Thread(() -> results.unchecked(a), "timer");
        services.tell((event, subject, reason, who) -> {
            if (event == EventKind.EJECTED) { // told within the change
                timer.start();
                Await.until("its end or a lock", () -> ENDED_OR_BLOCKED.contains(timer.getState()));
            }
        });
        fail(a, failure, times);
        timer.join();
        assertEquals(Status.UNHEALTHY, a.state().status());
        time.pass(Duration.ofSeconds(5));
        results.unchecked(a);
        assertTrue(a.available());
    }

    @Test
    void what_checks_found_no_longer_counts_once_they_are_off() {
        bad(a, ILL, 3);
        assertFalse(a.available());
        kind = HealthCheck.OFF;
        results.unchecked(a);
        assertTrue(a.available());
        assertTrue(a.checks().last().isEmpty());
    }

    @Test
    void a_move_to_a_url_that_is_not_checked_is_made_at_once() {
        Service before = new Service("m", ServiceUrl.parse("http://m1"), Optional.empty(), Optional.of("id"));
        results.unchecked(services.register(before, Who.GATEWAY).backend());
        Service after = new Service("m", ServiceUrl.parse("http://m2"), Optional.empty(), Optional.of("id"));
        results.unchecked(services.register(after, Who.GATEWAY).backend());
        assertEquals(
                List.of("http://m2:80"),
                services.instances(everywhere("m", Optional.empty())).stream()
                        .map(Backend::urlText)
                        .toList());
    }

    @ParameterizedTest(name = "this process stood still for {0} ms meanwhile: {1}")
    @CsvSource({"0, UNHEALTHY", "800, UNHEALTHY", "900, HEALTHY", "20000, HEALTHY"})
    void a_bad_check_counts_unless_this_process_stood_still_meanwhile(long stood, Backend.Status status)
            throws Exception {
        try (TestBackend ill = TestBackend.named("ill");
                HealthChecker checker = new HealthChecker(
                        services,
                        backend -> HealthCheck.USUAL,
                        Settings.from(Map.of("GATEWAY_HEALTH_FALL", "1")),
                        new NameLookup(),
                        new Via("test"),
                        stalls,
                        time,
                        () -> 0.5,
                        new CheckThreads(Duration.ofSeconds(1)))) {
            Backend backend = services.register(
                            new Service("c", ServiceUrl.parse(ill.url()), Optional.empty()), Who.GATEWAY)
                    .backend();
            services.admit(backend, "test");
            stalls.beat();
            ill.withHealth((request, wire) -> {
                time.pass(Duration.ofMillis(stood));
                wire.send("HTTP/1.1 500 Oh\r\nContent-Length: 0\r\n\r\n");
            });
            assertFalse(checker.check(backend).orElseThrow().good());
            assertEquals(status, backend.state().status());
            assertEquals(
                    status == Backend.Status.HEALTHY,
                    backend.vitals().checkDue(time.nanos()),
                    "it is repeated at once");
        }
    }
}
