package gateway.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class LoadTest {
    private final Totals totals = new Totals();
    private final Load load = new Load(totals, 2);

    @Test
    void the_peak_stays_when_requests_have_ended() {
        assertEquals(0, load.peakInFlight());
        assertTrue(load.tryStart());
        assertTrue(load.tryStart());
        load.finished();
        load.finished();
        assertTrue(load.tryStart());
        assertEquals(1, load.inFlight());
        assertEquals(2, load.peakInFlight());
    }

    @Test
    void a_request_for_which_there_is_no_room_is_no_peak() {
        load.tryStart();
        load.tryStart();
        assertFalse(load.tryStart());
        assertEquals(2, load.peakInFlight());
        assertEquals(2, load.requests());
    }

    @Test
    void open_web_sockets_are_a_part_of_the_peak() {
        for (int i = 0; i < 3; i++) {
            assertTrue(load.tryStart());
            load.switched();
        }
        assertEquals(3, load.peakInFlight());
    }

    @Test
    void what_one_backend_answers_counts_for_all() {
        Load other = new Load(totals, 2);
        load.countAnswer(200);
        other.countAnswer(503);
        other.countFailure();
        assertEquals(0, load.failures());
        assertEquals(1, other.failures());
        assertEquals(1, totals.answers().sinceStart().good());
        assertEquals(2, totals.answers().sinceStart().errors());
    }

    @Test
    void bytes_add_up() {
        load.countBytes(10, 200);
        load.countBytes(0, 300);
        assertEquals(10, load.bytesIn());
        assertEquals(500, load.bytesOut());
    }

    @Test
    void the_latest_twenty_checks_are_kept_newest_first() {
        Checks checks = new Checks();
        for (int i = 1; i <= 25; i++) {
            checks.add(new Check(Instant.ofEpochSecond(i), Duration.ofMillis(1), Optional.empty()));
        }
        assertEquals(
                IntStream.rangeClosed(6, 25).mapToObj(i -> (long) 31 - i).toList(),
                checks.recent().stream()
                        .map(check -> check.time().getEpochSecond())
                        .toList());
        assertEquals(25, checks.count());
    }
}
