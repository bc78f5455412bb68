package gateway.net;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** A name server that takes as long as a test wants. */
class NameLookupTest {
    private static final Duration LONG = Duration.ofSeconds(30);
    private static final Duration SHORT = Duration.ofMillis(20);
    private static final InetAddress ADDRESS = Networks.address("192.0.2.7").orElseThrow();

    private final CountDownLatch answer = new CountDownLatch(1);
    private final AtomicInteger asked = new AtomicInteger();
    private final AtomicInteger atATime = new AtomicInteger();
    private final ExecutorService clients = Executors.newCachedThreadPool();
    private final NameLookup names = new NameLookup(this::find);

    @AfterEach
    void end() {
        answer.countDown();
        clients.shutdownNow();
    }

    private InetAddress[] find(String host) throws UnknownHostException {
        asked.incrementAndGet();
        if (host.equals("unknown")) {
            throw new UnknownHostException(host);
        }
        if (!host.equals("quick") && !host.equals("localhost")) {
            atATime.incrementAndGet();
            try {
                answer.await(30, TimeUnit.SECONDS);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }
        return new InetAddress[] {ADDRESS};
    }

    @Test
    void what_the_name_server_says_in_time_is_passed_on() throws Exception {
        assertEquals(List.of(ADDRESS), names.find("quick", LONG));
        assertEquals(List.of(ADDRESS), names.find("localhost", Duration.ZERO), "asks nobody, so never late");
        UnknownHostException unknown = assertThrows(UnknownHostException.class, () -> names.find("unknown", LONG));
        assertFalse(unknown instanceof NameLookup.TimedOut);
    }

    @Test
    void who_has_waited_long_enough_goes_on_and_others_get_the_answer() throws Exception {
        Future<List<InetAddress>> patient = clients.submit(() -> names.find("slow", LONG));
        Await.until("its look-up", () -> atATime.get() == 1);
        assertThrows(NameLookup.TimedOut.class, () -> names.find("slow", SHORT));
        assertThrows(NameLookup.TimedOut.class, () -> names.find("slow", SHORT), "it has taken longer already");
        answer.countDown();
        assertEquals(List.of(ADDRESS), patient.get(30, TimeUnit.SECONDS));
        assertEquals(1, asked.get(), "one look-up for all");
    }

    @Test
    void after_a_look_up_has_ended_the_next_asks_anew() throws Exception {
        Await.until(
                "the second",
                () -> { // at the very end of the first, one may still get its result
                    names.find("quick", LONG);
                    return asked.get() >= 2;
                });
    }

    @Test
    void threads_that_wait_for_the_name_server_are_bounded_and_what_waits_for_one_gives_up_too() throws Exception {
        List<Future<?>> waiting = new ArrayList<>();
        for (int i = 0; i < 40; i++) {
            String host = "slow" + i;
            waiting.add(clients.submit(() -> names.find(host, LONG)));
        }
        Await.until("a full pool", () -> atATime.get() == 32);
        assertThrows(NameLookup.TimedOut.class, () -> names.find("quick", SHORT));
        assertEquals(32, atATime.get());
        int before = asked.get();
        answer.countDown();
        for (Future<?> one : waiting) {
            one.get(30, TimeUnit.SECONDS);
        }
        assertEquals(List.of(ADDRESS), names.find("quick", LONG));
        assertTrue(asked.get() - before <= 8 + 1, "nobody waited any more for the one that had given up");
    }
}
