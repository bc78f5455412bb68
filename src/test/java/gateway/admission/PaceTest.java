package gateway.admission;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.FakeTime;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PaceTest {
    private final FakeTime time = new FakeTime();
    private final Pace pace = new Pace(2, time);

    @Test
    void so_many_may_be_done_in_a_second_and_as_many_in_the_next() {
        for (int second = 0; second < 3; second++) {
            assertTrue(pace.allows());
            assertTrue(pace.allows());
            assertFalse(pace.allows());
            time.pass(Duration.ofMillis(999));
            assertFalse(pace.allows(), "refused ones don't count, and nothing is forgotten early");
            time.pass(Duration.ofMillis(1));
        }
        assertEquals(2, pace.perSecond());
    }

    @Test
    void what_was_not_used_is_not_saved_up() {
        time.pass(Duration.ofHours(1));
        assertTrue(pace.allows());
        assertTrue(pace.allows());
        assertFalse(pace.allows());
    }
}
