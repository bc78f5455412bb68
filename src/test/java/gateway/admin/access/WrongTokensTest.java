package gateway.admin.access;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.ClientAddress;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class WrongTokensTest {
    private static final long EACH = Duration.ofSeconds(6).toNanos();
    private static final ClientAddress ONE = client(1);

    private final WrongTokens wrong = new WrongTokens();

    private static ClientAddress client(int address) {
        try {
            return ClientAddress.of(InetAddress.getByAddress(
                    ByteBuffer.allocate(4).putInt(address).array()));
        } catch (UnknownHostException e) {
            throw new AssertionError(e);
        }
    }

    private static byte[] guess(int number) {
        return AdminToken.digest("guess-" + number);
    }

    @ParameterizedTest(name = "the clock at {0}")
    @ValueSource(longs = {0, Long.MAX_VALUE - 5_000_000_000L, -7})
    void ten_tries_are_free_and_one_comes_back_every_six_seconds(long now) {
        for (int i = 0; i < 9; i++) {
            assertFalse(wrong.add(ONE, guess(i), now));
            assertEquals(0, wrong.pause(ONE, now));
        }
        assertTrue(wrong.add(ONE, guess(9), now));
        assertEquals(EACH, wrong.pause(ONE, now));
        assertEquals(1, wrong.pause(ONE, now + EACH - 1));
        assertEquals(0, wrong.pause(ONE, now + EACH));
        assertTrue(wrong.add(ONE, guess(10), now + EACH));
        assertEquals(EACH, wrong.pause(ONE, now + EACH));
        assertEquals(0, wrong.pause(client(2), now));
    }

    @Test
    void a_minute_later_all_tries_are_there_again() {
        for (int i = 0; i < 10; i++) {
            wrong.add(ONE, guess(i), 0);
        }
        for (int i = 10; i < 19; i++) {
            assertFalse(wrong.add(ONE, guess(i), 10 * EACH));
        }
        assertTrue(wrong.add(ONE, guess(19), 10 * EACH));
    }

    /** Looked at and counted in two steps, as many tokens could be tried as there are connections. */
    @Test
    void of_a_thousand_tries_at_once_ten_are_looked_at() throws Exception {
        AdminToken right = new AdminToken("right");
        ExecutorService threads = Executors.newFixedThreadPool(8);
        try {
            List<Callable<Boolean>> tries = new ArrayList<>();
            for (int i = 0; i < 1000; i++) {
                byte[] guess = guess(i);
                tries.add(() -> {
                    WrongTokens.Judged judged = wrong.judge(ONE, guess, right, 0);
                    return judged.waitNanos() == 0 || judged.last();
                });
            }
            int looked = 0;
            for (Future<Boolean> one : threads.invokeAll(tries)) {
                looked += one.get() ? 1 : 0;
            }
            assertEquals(10, looked);
            assertFalse(wrong.judge(ONE, AdminToken.digest("right"), right, 0).right());
            assertTrue(wrong.judge(ONE, AdminToken.digest("right"), right, EACH).right());
        } finally {
            threads.shutdownNow();
        }
    }

    @Test
    void the_same_token_again_is_no_guess() {
        for (int i = 0; i < 100; i++) {
            assertFalse(wrong.add(ONE, guess(0), 0));
        }
        assertEquals(0, wrong.pause(ONE, 0));
    }

    @Test
    void the_addresses_remembered_are_bounded_and_the_oldest_gives_way() {
        for (int i = 0; i < 10; i++) {
            wrong.add(ONE, guess(i), 0);
        }
        for (int i = 0; i < WrongTokens.MOST - 1; i++) {
            wrong.add(client(1000 + i), guess(0), 0);
        }
        assertEquals(WrongTokens.MOST, wrong.size());
        assertEquals(0, wrong.pause(client(1000), 0));
        wrong.pause(ONE, 0);
        assertTrue(wrong.pause(ONE, 0) > 0, "whoever asks meanwhile isn't forgotten");
        wrong.add(client(7), guess(0), 0);
        assertEquals(WrongTokens.MOST, wrong.size());
        assertTrue(wrong.pause(ONE, 0) > 0);
    }
}
