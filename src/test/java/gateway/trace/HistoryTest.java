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
}
