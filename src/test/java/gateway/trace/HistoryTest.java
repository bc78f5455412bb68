package gateway.trace;

import static gateway.registry.Meant.everywhere;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.metrics.Metrics;
import gateway.net.ServiceUrl;
import gateway.registry.Answers;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import java.net.InetAddress;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class HistoryTest {
    private final FakeTime time = new FakeTime();
    private final Metrics counts = new Metrics();
    private final ServiceList services = new ServiceList(time);
    private final History history = new History(counts, services, time);
    private final Backend a = services.register(
                    new Service("a", ServiceUrl.parse("http://h:1"), Optional.empty()), Who.GATEWAY)
            .backend();

    private void served(Duration duration) {
        Trace trace = new Trace(
                time.now(),
                time.nanos(),
                InetAddress.getLoopbackAddress(),
                "GET",
                "/api/x",
                "id",
                null,
                TestRoutes.route());
        trace.end(time.nanos() + duration.toNanos(), 200, 0);
        counts.accept(trace);
        a.load().tryStart();
    }

    private void step() {
        time.pass(History.STEP);
        history.tick();
    }

    @Test
    void a_step_has_what_happened_in_it_alone() {
        served(Duration.ofMillis(10));
        served(Duration.ofMillis(30));
        step();
        served(Duration.ofMillis(5));
        step();
        step();
        List<History.Point> points = history.since(0);
        assertEquals(
                List.of(Map.of(Outcome.SERVED, 2L), Map.of(Outcome.SERVED, 1L), Map.of()),
                points.stream().map(History.Point::outcomes).toList());
        assertEquals(
                List.of(Map.of("a", 2L), Map.of("a", 1L), Map.of()),
                points.stream().map(History.Point::backends).toList());
        assertEquals(10, points.get(0).latency().p50(), 0.1);
        assertEquals(30, points.get(0).latency().p99(), 0.3);
        assertEquals(5, points.get(1).latency().p50(), 0.1);
        assertTrue(Double.isNaN(points.get(2).latency().p99()));
        assertEquals(time.now().toEpochMilli(), points.get(2).timeMillis());
    }

    @Test
    void a_step_has_the_answers_of_all_services_also_of_those_that_leave_in_it() {
        Backend b = services.register(new Service("b", ServiceUrl.parse("http://h:2"), Optional.empty()), Who.GATEWAY)
                .backend();
        a.load().countAnswer(200);
        b.load().countAnswer(500);
        services.remove(everywhere("b", Optional.empty()), Who.GATEWAY);
        step();
        a.load().countFailure();
        step();
        List<Answers> answers =
                history.since(0).stream().map(History.Point::answers).toList();
        assertEquals(List.of(1L, 0L), answers.stream().map(Answers::good).toList());
        assertEquals(List.of(1L, 1L), answers.stream().map(Answers::errors).toList());
    }

    @Test
    void each_step_lets_a_minute_of_answers_go_on_and_compares_the_services() {
        Backend b = services.register(new Service("b", ServiceUrl.parse("http://h:2"), Optional.empty()), Who.GATEWAY)
                .backend();
        for (int i = 0; i < 20; i++) {
            a.load().countAnswer(500);
            b.load().countAnswer(200);
        }
        step();
        assertTrue(a.load().farMoreErrors());
        assertFalse(b.load().farMoreErrors());
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertEquals(0, a.load().byClass().lastMinute().errors());
        assertFalse(a.load().farMoreErrors());
        assertEquals(20, services.totals().answers().sinceStart().errors());
        assertEquals(0, services.totals().answers().lastMinute().errors());
    }

    @Test
    void the_window_of_latency_forgets_after_20_steps() {
        served(Duration.ofMillis(10));
        step();
        assertEquals(10, counts.latency().window().p50(), 0.1);
        for (int i = 0; i < 20; i++) {
            step();
        }
        assertTrue(Double.isNaN(counts.latency().window().p50()));
    }

    @Test
    void fifteen_minutes_are_kept_and_a_viewer_gets_what_he_has_not_seen() {
        for (int i = 0; i < 310; i++) {
            step();
        }
        assertEquals(300, history.since(0).size());
        assertEquals(
                List.of(308L, 309L),
                history.since(308).stream().map(History.Point::number).toList());
    }

    @Test
    void a_backend_that_left_and_came_back_starts_anew() {
        served(Duration.ofMillis(1));
        step();
        services.remove(everywhere("a", Optional.empty()), Who.GATEWAY);
        step();
        Backend again = services.register(
                        new Service("a", ServiceUrl.parse("http://h:1"), Optional.empty()), Who.GATEWAY)
                .backend();
        again.load().tryStart();
        step();
        assertEquals(Map.of("a", 1L), history.since(2).get(0).backends());
    }

    @Test
    void services_of_other_routes_have_their_full_names_and_each_route_its_sum() {
        for (String name : List.of("b", "c")) {
            Service service = new Service(
                    "shop",
                    name,
                    ServiceUrl.parse("http://" + name + ":1"),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty(),
                    Optional.empty());
            services.register(service, Who.GATEWAY).backend().load().tryStart();
        }
        a.load().tryStart();
        step();
        assertEquals(
                Map.of("a", 1L, "shop/b", 1L, "shop/c", 1L),
                history.since(0).get(0).backends());
        assertEquals(Map.of("default", 1L, "shop", 2L), history.since(0).get(0).routes());
    }

    @Test
    void a_step_names_the_busiest_fifty_and_sums_up_the_others() {
        for (int i = 0; i < 1000; i++) {
            Backend backend = services.register(
                            new Service("s" + i, ServiceUrl.parse("http://h" + i + ":1"), Optional.empty()),
                            Who.GATEWAY)
                    .backend();
            for (int requests = 0; requests < (i % 20 == 0 ? 3 : 1); requests++) {
                backend.load().tryStart();
            }
        }
        step();
        Map<String, Long> backends = history.since(0).get(0).backends();
        assertEquals(51, backends.size());
        assertEquals(950, backends.get(History.OTHERS));
        assertEquals(3, backends.get("s980"));
        assertEquals(Map.of("default", 1100L), history.since(0).get(0).routes());
    }

    private void steps(int many) {
        for (int i = 0; i < many; i++) {
            step();
        }
    }

    private History.Point last(Span span) {
        List<History.Point> points = history.of(span);
        return points.get(points.size() - 1);
    }

    private static List<Long> seconds(List<History.Point> points) {
        return points.stream().map(point -> point.durationMillis() / 1000).toList();
    }

    @Test
    void five_steps_are_rolled_up_into_one_of_the_hour_and_a_hundred_into_one_of_the_day() {
        for (int i = 0; i < 200; i++) {
            served(Duration.ofMillis(10));
            a.load().countAnswer(i % 4 == 0 ? 500 : 200);
            step();
        }
        List<History.Point> hour = history.of(Span.HOUR);
        assertEquals(40, hour.size());
        for (History.Point point : hour) {
            assertEquals(15_000, point.durationMillis());
            assertEquals(Map.of(Outcome.SERVED, 5L), point.outcomes());
            assertEquals(Map.of("a", 5L), point.backends());
            assertEquals(Map.of("default", 5L), point.routes());
        }
        List<History.Point> day = history.of(Span.DAY);
        assertEquals(List.of(300L, 300L), seconds(day));
        assertEquals(List.of(0L, 1L), day.stream().map(History.Point::number).toList());
        assertEquals(
                List.of(25L, 25L),
                day.stream().map(point -> point.answers().errors()).toList());
        assertEquals(
                List.of(75L, 75L),
                day.stream().map(point -> point.answers().good()).toList());
        assertEquals(time.now().toEpochMilli(), day.get(1).timeMillis());
        assertEquals(time.now().toEpochMilli() - 300_000, day.get(0).timeMillis());
    }

    /** The median of a step with one slow request is slow; but of all requests of the hour's step, only a few were. */
    @Test
    void percentiles_of_a_rolled_up_step_are_those_of_all_requests_in_it() {
        for (int i = 0; i < 96; i++) {
            served(Duration.ofMillis(10));
        }
        step();
        for (int i = 0; i < 4; i++) {
            served(Duration.ofMillis(800));
            step();
        }
        List<History.Point> hour = history.of(Span.HOUR);
        assertEquals(1, hour.size());
        assertEquals(10, hour.get(0).latency().p50(), 0.1);
        assertEquals(800, hour.get(0).latency().p99(), 8);
        steps(5);
        assertTrue(Double.isNaN(last(Span.HOUR).latency().p99()), "nothing of the step before is left");
    }

    @Test
    void the_step_under_way_is_shown_as_far_as_it_has_got() {
        served(Duration.ofMillis(10));
        step();
        step();
        assertEquals(6000, last(Span.DAY).durationMillis());
        assertEquals(Map.of(Outcome.SERVED, 1L), last(Span.DAY).outcomes());
        assertEquals(10, last(Span.DAY).latency().p50(), 0.1);
        served(Duration.ofMillis(10));
        steps(98);
        assertEquals(1, history.of(Span.DAY).size());
        assertEquals(300_000, last(Span.DAY).durationMillis());
        assertEquals(Map.of("a", 2L), last(Span.DAY).backends());
        step();
        assertEquals(List.of(300L, 3L), seconds(history.of(Span.DAY)));
        assertEquals(Map.of(), last(Span.DAY).backends());
    }

    @Test
    void readings_that_come_a_little_late_make_steps_of_the_length_they_should_have() {
        for (int i = 0; i < 1200; i++) {
            time.pass(History.STEP.plusMillis(7));
            history.tick();
        }
        for (History.Point point : history.of(Span.HOUR)) {
            assertEquals(15_035, point.durationMillis());
        }
        assertEquals(300_700, history.of(Span.DAY).get(0).durationMillis());
    }

    /** On a busy machine: four readings of 3.4 s are nearer to 15 s than five. */
    @Test
    void a_step_ends_with_the_reading_that_is_nearest_to_its_end() {
        for (int i = 0; i < 8; i++) {
            time.pass(Duration.ofMillis(3400));
            history.tick();
        }
        assertEquals(
                List.of(13_600L, 13_600L),
                history.of(Span.HOUR).stream()
                        .map(History.Point::durationMillis)
                        .toList());
    }

    @Test
    void each_span_keeps_as_much_as_it_is_long_and_no_more() {
        steps(2 * 28_800);
        assertEquals(300, history.of(Span.QUARTER_HOUR).size());
        assertEquals(240, history.of(Span.HOUR).size());
        assertEquals(288, history.of(Span.DAY).size());
        assertEquals(
                Duration.ofHours(24).toMillis(),
                history.of(Span.DAY).stream()
                        .mapToLong(History.Point::durationMillis)
                        .sum());
    }

    /** Each at most 300, 267 and 290 ended steps, and one under way, as the memory that they may take is reckoned. */
    @Test
    void odd_readings_make_no_more_steps_than_may_be_kept() {
        for (int i = 0; i < 60_000; i++) {
            time.pass(Duration.ofMillis(i % 7 == 0 ? 20_000 : 3_000 + i % 1500));
            history.tick();
        }
        assertTrue(history.of(Span.QUARTER_HOUR).size() <= 301);
        assertTrue(history.of(Span.HOUR).size() <= 268);
        assertTrue(history.of(Span.DAY).size() <= 291);
        for (Span span : Span.values()) {
            long oldest = history.of(span).get(0).timeMillis();
            assertTrue(oldest > time.now().minus(span.length()).toEpochMilli(), span.word());
        }
    }

    /** A process that was stopped for ten minutes served nothing then: its step must not spread over the minutes before. */
    @Test
    void a_stall_makes_a_step_of_its_own_in_each_span_that_is_shorter() {
        steps(3);
        served(Duration.ofMillis(10));
        time.pass(Duration.ofMinutes(10));
        history.tick();
        steps(5);
        assertEquals(List.of(3L, 3L, 3L, 600L, 3L, 3L, 3L, 3L, 3L), seconds(history.of(Span.QUARTER_HOUR)));
        assertEquals(List.of(9L, 600L, 15L), seconds(history.of(Span.HOUR)));
        assertEquals(List.of(9L, 600L, 15L), seconds(history.of(Span.DAY)));
        assertEquals(Map.of(Outcome.SERVED, 1L), history.of(Span.HOUR).get(1).outcomes());
        assertEquals(
                history.of(Span.HOUR).get(0).timeMillis() + 600_000,
                history.of(Span.HOUR).get(1).timeMillis());
    }

    @Test
    void what_is_older_than_the_span_is_not_shown_after_a_stall() {
        steps(10);
        time.pass(Duration.ofMinutes(20));
        history.tick();
        step();
        assertEquals(List.of(1200L, 3L), seconds(history.of(Span.QUARTER_HOUR)));
        assertEquals(List.of(15L, 15L, 1200L, 3L), seconds(history.of(Span.HOUR)));
    }

    @Test
    void a_clock_that_is_set_back_neither_mixes_the_steps_up_nor_changes_their_length() {
        steps(5);
        time.setClock(Duration.ofHours(-1));
        steps(5);
        long now = time.now().toEpochMilli();
        List<Long> times = history.of(Span.QUARTER_HOUR).stream()
                .map(History.Point::timeMillis)
                .toList();
        for (int i = 0; i < 10; i++) {
            assertEquals(now - (9 - i) * 3000L, times.get(i));
        }
        assertEquals(List.of(15L, 15L), seconds(history.of(Span.HOUR)));
        assertEquals(now - 15_000, history.of(Span.HOUR).get(0).timeMillis());
    }

    @Test
    void steps_before_the_clock_is_set_back_are_not_in_the_future() {
        steps(2);
        time.setClock(Duration.ofMinutes(-5));
        time.pass(Duration.ofSeconds(1));
        assertEquals(
                List.of(time.now().toEpochMilli() - 4000, time.now().toEpochMilli() - 1000),
                history.since(0).stream().map(History.Point::timeMillis).toList());
    }

    /** As in the access log, whose times don't change either. A machine that was suspended looks the same. */
    @Test
    void a_clock_that_is_set_forward_leaves_a_gap() {
        steps(5);
        long before = time.now().toEpochMilli();
        time.setClock(Duration.ofMinutes(2));
        step();
        List<History.Point> points = history.of(Span.QUARTER_HOUR);
        assertEquals(before, points.get(4).timeMillis());
        assertEquals(before + 123_000, points.get(5).timeMillis());
        assertEquals(3000, points.get(5).durationMillis());
    }

    /** In each step, 59 others are busier than the last service; but in all steps together it is the busiest. */
    @Test
    void a_rolled_up_step_names_the_busiest_of_all_of_it() {
        Backend[] some = new Backend[100];
        for (int i = 0; i < some.length; i++) {
            Service service = new Service("s" + i, ServiceUrl.parse("http://h" + i + ":1"), Optional.empty());
            some[i] = services.register(service, Who.GATEWAY).backend();
        }
        for (int step = 0; step < 5; step++) {
            for (int i = 0; i < some.length; i++) {
                int requests = i == 99 ? 2 : (i / 20 + step) % 5 < 3 ? 3 : 0;
                for (int n = 0; n < requests; n++) {
                    some[i].load().tryStart();
                }
            }
            step();
        }
        Map<String, Long> hour = last(Span.HOUR).backends();
        assertEquals(51, hour.size());
        assertEquals(10, hour.get("s99"));
        assertEquals(50 * 9, hour.get(History.OTHERS));
    }

    @Test
    void the_monotonic_clock_may_overflow() {
        FakeTime late = new FakeTime(Long.MAX_VALUE - Duration.ofSeconds(20).toNanos());
        History young = new History(counts, services, late);
        for (int i = 0; i < 10; i++) {
            late.pass(History.STEP);
            young.tick();
        }
        assertEquals(List.of(15L, 15L), seconds(young.of(Span.HOUR)));
        assertEquals(10, young.of(Span.QUARTER_HOUR).size());
    }
}
