package gateway.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.FakeTime;
import gateway.testing.TestBackend;
import gateway.testing.TestRedis;
import java.util.List;
import org.junit.jupiter.api.Test;

class RedisAccessTest {
    /** All was decided by memory from then on, while the gateway said that Redis did. */
    @Test
    void a_start_that_ends_by_an_error_while_requests_are_served_is_told() throws Exception {
        String away = "redis://127.0.0.1:" + TestBackend.deadPort();
        OutOfMemoryError none = new OutOfMemoryError("unable to create native thread");
        try (RedisAccess redis = new RedisAccess(
                TestRedis.settings(away),
                Script.named("take.lua"),
                () -> {
                    throw none;
                },
                new FakeTime())) {
            assertEquals(List.of(), redis.failed());
            redis.startLater();
            Await.until("its end", () -> !redis.failed().isEmpty());
            assertTrue(
                    redis.failed().get(0).contains(none.getMessage()),
                    redis.failed().toString());
            Await.until("that it counts as down", () -> !redis.state().closed());
            assertTrue(redis.isDown());
            assertFalse(redis.state().words().isEmpty());
        }
    }
}
