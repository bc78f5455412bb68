package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.TestRoutes;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class TracesTest {
    private final Traces traces = new Traces();

    private static Trace trace(String id, boolean forService) {
        Trace trace = new Trace(
                Instant.EPOCH,
                0,
                InetAddress.getLoopbackAddress(),
                "GET",
                "/api/" + id,
                id,
                null,
                forService ? TestRoutes.route() : null);
        trace.end(1, 200, 0);
        return trace;
    }

    private static List<String> ids(Traces.Batch batch) {
        return batch.traces().stream().map(Trace::requestId).toList();
    }

    private static List<String> numbers(int from, int to) {
        return IntStream.range(from, to).mapToObj(i -> "" + i).toList();
    }

    private void add(int from, int to) {
        IntStream.range(from, to).forEach(i -> traces.accept(trace("" + i, true)));
    }

    @Test
    void the_last_ones_come_oldest_first_and_then_only_what_is_new() {
        add(0, 5);
        Traces.Batch first = traces.since(0, 3);
        assertEquals(List.of("2", "3", "4"), ids(first));
        add(5, 7);
        Traces.Batch next = traces.since(first.seen(), 3);
        assertEquals(List.of("5", "6"), ids(next));
        assertEquals(List.of(), ids(traces.since(next.seen(), 3)));
    }

    @Test
    void a_thousand_are_kept_and_found_by_their_id() {
        add(0, Traces.KEPT + 10);
        assertEquals(numbers(10, Traces.KEPT + 10), ids(traces.since(0, 5000)));
        assertTrue(traces.find("9").isEmpty());
        assertEquals("/api/10", traces.find("10").orElseThrow().path());
    }

    /** It would have hidden the later one, and with it all that followed, until the ring had come round again. */
    @Test
    void a_trace_that_comes_a_whole_round_late_is_left_out() {
        Trace late = trace("late", true);
        late.number(0);
        add(0, Traces.KEPT + 5);
        traces.keep(late);
        assertEquals(numbers(5, Traces.KEPT + 5), ids(traces.since(0, Traces.KEPT)));
    }

    @Test
    void of_several_with_one_id_the_latest_is_found() {
        traces.accept(trace("same", true));
        Trace latest = trace("same", true);
        traces.accept(latest);
        add(0, 3);
        assertTrue(traces.find("same").orElseThrow() == latest);
    }

    @Test
    void requests_to_the_gateway_itself_are_not_kept() {
        traces.accept(trace("own", false));
        assertEquals(0, traces.count());
    }

    @Test
    void a_viewer_who_looks_while_many_add_sees_each_once_or_not_at_all() throws Exception {
        int threads = 4;
        int each = 20_000;
        ExecutorService adders = Executors.newFixedThreadPool(threads);
        CountDownLatch done = new CountDownLatch(threads);
        for (int i = 0; i < threads; i++) {
            adders.execute(() -> {
                add(0, each);
                done.countDown();
            });
        }
        long seen = 0;
        long last = -1;
        while (done.getCount() > 0 || seen < (long) threads * each) {
            Traces.Batch batch = traces.since(seen, 100);
            for (Trace trace : batch.traces()) {
                assertTrue(trace.number() > last);
                last = trace.number();
            }
            seen = batch.seen();
        }
        adders.shutdown();
        assertEquals((long) threads * each, traces.count());
        assertEquals(traces.count() - 1, last);
    }

    @Test
    void a_path_as_long_as_a_header_may_be_is_cut() {
        Trace trace = new Trace(
                Instant.EPOCH,
                0,
                InetAddress.getLoopbackAddress(),
                "GET",
                "/" + "x".repeat(30_000),
                "",
                null,
                TestRoutes.route());
        assertEquals(513, trace.path().length());
    }

    @Test
    void pages_go_back_to_the_oldest_that_is_kept_and_stay_right_while_others_come() {
        add(0, Traces.KEPT + 10);
        Traces.Page first =
                traces.before(Long.MAX_VALUE, 2, trace -> !trace.requestId().endsWith("9"));
        assertEquals(List.of("1008", "1007"), pageIds(first));
        add(Traces.KEPT + 10, Traces.KEPT + 15);
        Traces.Page second = traces.before(first.next().getAsLong(), 2, any -> true);
        assertEquals(List.of("1006", "1005"), pageIds(second));
        Traces.Page last = traces.before(17, 5, any -> true);
        assertEquals(List.of("16", "15"), pageIds(last), "15 is the oldest");
        assertTrue(last.next().isEmpty());
        assertEquals(List.of(), pageIds(traces.before(3, 5, any -> true)), "no longer kept");
    }

    private static List<String> pageIds(Traces.Page page) {
        return page.traces().stream().map(Trace::requestId).toList();
    }
}
