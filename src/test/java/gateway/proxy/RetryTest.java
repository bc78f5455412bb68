package gateway.proxy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RetryTest {
    @ParameterizedTest(name = "{0}, idempotent {1}, body consumed {2}, after {3} retries: {4}")
    @CsvSource({
        "NOT_SENT, true, false, 0, true",
        "NOT_SENT, false, false, 0, true",
        "NOT_SENT, false, false, 1, true",
        "NOT_SENT, false, false, 2, false",
        "STALE_CONNECTION, true, false, 0, true",
        "STALE_CONNECTION, true, true, 0, false",
        "STALE_CONNECTION, false, false, 0, false",
        "NO_ANSWER, true, false, 1, true",
        "NO_ANSWER, true, false, 2, false",
        "NO_ANSWER, true, true, 0, false",
        "NO_ANSWER, false, false, 0, false",
        "INVALID_ANSWER, true, false, 0, false",
        "TIMED_OUT, true, false, 0, false",
    })
    void a_failed_exchange_may_be_followed_by_another(
            Failure.Kind kind, boolean idempotent, boolean bodyConsumed, int retries, boolean allowed) {
        assertEquals(
                allowed,
                RetryRule.allows(new Failure(kind, null, null, null, ""), idempotent, bodyConsumed, retries, 2));
    }

    @Test
    void three_retries_at_once_are_always_allowed_and_no_fourth() {
        RetryBudget budget = new RetryBudget(0);
        assertTrue(budget.tryAcquire(1));
        assertTrue(budget.tryAcquire(1));
        assertTrue(budget.tryAcquire(1));
        assertFalse(budget.tryAcquire(1));
        budget.release();
        assertTrue(budget.tryAcquire(1));
    }

    @Test
    void a_fifth_of_the_requests_under_way_may_be_retries() {
        RetryBudget budget = new RetryBudget(0);
        int allowed = 0;
        for (int i = 0; i < 100; i++) {
            allowed += budget.tryAcquire(99) ? 1 : 0;
        }
        assertEquals(20, allowed);
    }

    @Test
    void a_retry_beyond_the_budget_gets_its_turn_when_another_ends() throws Exception {
        RetryBudget budget = new RetryBudget(60_000);
        for (int i = 0; i < 3; i++) {
            assertTrue(budget.tryAcquire(1));
        }
        CompletableFuture<Boolean> fourth = CompletableFuture.supplyAsync(() -> budget.tryAcquire(1));
        budget.release();
        assertTrue(fourth.get());
    }
}
