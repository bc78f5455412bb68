package gateway.events;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.FakeTime;
import java.time.Duration;
import java.util.Arrays;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.LongStream;
import org.junit.jupiter.api.Test;

/** Which events are kept and found. */
class EventLogTest {
    private final FakeTime time = new FakeTime();
    private final EventLog log = new EventLog(time);

    private void happen(int times) {
        for (int i = 0; i < times; i++) {
            time.pass(Duration.ofSeconds(1));
            log.happened(EventKind.PUT, Subject.route("r"), "added", Who.operator("192.0.2.7"));
        }
    }

    private List<Long> numbers(long since, int most) {
        return log.newest(since, event -> true, most).stream()
                .map(Event::number)
                .toList();
    }

    @Test
    void the_newest_comes_first_with_its_time_and_who() {
        happen(2);
        Event newest = log.newest(0, event -> true, 10).get(0);
        assertEquals(
                new Event(2, time.now(), EventKind.PUT, Subject.route("r"), "added", Who.operator("192.0.2.7")),
                newest);
        assertEquals(List.of(2L, 1L), numbers(0, 10));
    }

    @Test
    void the_last_five_hundred_are_kept_and_numbers_go_on() {
        happen(EventLog.KEPT + 7);
        assertEquals(507, log.last());
        assertEquals(LongStream.rangeClosed(8, 507).map(n -> 515 - n).boxed().toList(), numbers(0, 1000));
    }

    @Test
    void those_up_to_a_number_are_left_out_but_all_come_to_who_knows_a_number_of_before_a_restart() {
        happen(5);
        assertEquals(List.of(5L, 4L), numbers(3, 10));
        assertEquals(List.of(), numbers(5, 10));
        assertEquals(List.of(5L, 4L, 3L, 2L, 1L), numbers(6, 10));
        assertEquals(List.of(5L), numbers(0, 1));
    }

    @Test
    void a_very_long_reason_is_cut() {
        log.happened(EventKind.REFUSED, Subject.GATEWAY, "x".repeat(5000), Who.FILE);
        String reason = log.newest(0, event -> true, 1).get(0).reason();
        assertEquals(EventLog.LONGEST_REASON, reason.length());
        assertTrue(reason.endsWith("x…"), reason);
    }

    @Test
    void each_kind_has_one_word_in_lower_case_by_which_it_is_found() {
        Set<String> words = new HashSet<>();
        for (EventKind kind : EventKind.values()) {
            assertTrue(kind.word().matches("[a-z]+"), kind.word());
            assertTrue(words.add(kind.word()), kind.word());
            assertEquals(Optional.of(kind), EventKind.of(kind.word()));
        }
        assertEquals(Optional.empty(), EventKind.of("nothing"));
    }

    @Test
    void three_kinds_say_that_a_service_has_left() {
        assertEquals(
                List.of(EventKind.EXPIRED, EventKind.DEREGISTERED, EventKind.REMOVED),
                Arrays.stream(EventKind.values()).filter(EventKind::isDeparture).toList());
    }
}
