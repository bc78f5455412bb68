package gateway.registry;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.testing.FakeTime;
import gateway.util.Stalls;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Leases, beat by beat, as the gateway's timer has it; and what becomes of them when the process stands still. */
class LeasesTest {
    private final FakeTime time = new FakeTime(Long.MAX_VALUE - 1_000_000_000L); // the clock overflows in a second
    private final Stalls stalls = new Stalls(time);
    private final ServiceList services = new ServiceList(time);
    private final Leases leases = new Leases(services, stalls, time);

    private Backend register(String url, String lease, String id) {
        return services.register(
                        new Service(
                                "a",
                                ServiceUrl.parse(url),
                                Optional.of(gateway.util.Durations.parse(lease)),
                                Optional.of(id).filter(given -> !given.isEmpty())),
                        Who.GATEWAY)
                .backend();
    }

    private void run(Duration duration) {
        for (long i = 0; i < duration.toMillis() / 100; i++) {
            time.pass(Duration.ofMillis(100));
            stalls.beat();
            leases.tick();
        }
    }

    @Test
    void a_lease_ends_on_time_while_the_timer_beats() {
        register("http://h:1", "15s", "");
        run(Duration.ofMillis(14_900));
        assertEquals(1, services.all().size());
        run(Duration.ofMillis(100));
        assertEquals(List.of(), services.all());
    }

    /** Every lease ended in the moment in which the gateway went on: 503 until all had registered anew. */
    @ParameterizedTest(name = "the beat first: {0}")
    @ValueSource(booleans = {true, false})
    void after_a_stall_each_lease_has_all_its_time_again(boolean beatFirst) {
        Backend backend = register("http://h:1", "15s", "");
        run(Duration.ofSeconds(14));
        time.pass(Duration.ofSeconds(20));
        if (beatFirst) {
            stalls.beat();
        }
        leases.tick();
        assertEquals(List.of(backend), services.all());
        assertEquals(Optional.of(Duration.ofSeconds(15)), backend.lease().left(time.nanos()));
        stalls.beat();
        run(Duration.ofMillis(14_800));
        assertEquals(List.of(backend), services.all());
        run(Duration.ofMillis(200));
        assertEquals(List.of(), services.all(), "silence after the stall is silence");
    }

    @Test
    void a_timer_that_is_late_for_less_than_a_second_is_no_stall() {
        register("http://h:1", "2s", "");
        run(Duration.ofMillis(1_500));
        time.pass(Duration.ofMillis(800));
        leases.tick();
        assertEquals(List.of(), services.all());
    }

    @Test
    void an_instance_that_moved_leaves_its_old_url_half_a_minute_later_though_the_new_one_is_never_well() {
        Backend before = register("http://h:1", "15s", "x");
        services.admit(before, "test");
        Backend after = register("http://h:2", "60s", "x");
        assertTrue(before.leaving());
        run(Duration.ofMillis(29_900));
        assertEquals(List.of(before), services.available(), "its own lease no longer counts");
        run(Duration.ofMillis(100));
        assertEquals(List.of(after), services.all());
    }
}
