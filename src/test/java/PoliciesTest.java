import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.testing.Await;
import gateway.testing.RawClient;
import gateway.testing.RawClient.Answer;
import gateway.testing.TestBackend;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A route's policy, from its file to the services that get its requests. */
class PoliciesTest {
    private TestGateway gateway(String balance, String services) throws IOException {
        return TestGateway.withRoutes("""
                routes:
                  app: {match: {path: /app}, services: [%s], balance: "%s", slow-start: off}
                """.formatted(services, balance));
    }

    private static Answer get(TestGateway gateway, String more) throws IOException {
        Answer answer = gateway.raw("GET /app/x HTTP/1.1\r\nHost: x\r\n" + more + "\r\n");
        assertEquals(200, answer.status(), answer.body());
        return answer;
    }

    private static String who(Answer answer) throws IOException {
        return TestGateway.json(answer).path("service").asText();
    }

    @ParameterizedTest(name = "{0}: {1}")
    @CsvSource({
        "round-robin, Round Robin",
        "least-requests, Least Requests",
        "hash:client, Hash of Client",
        "hash:header:X-User, Hash of X-User",
        "sticky, Sticky"
    })
    void each_answer_names_the_policy(String balance, String name) throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestGateway gateway = gateway(balance, a.url())) {
            assertEquals(List.of(name), get(gateway, "").header("X-Load-Balancer"));
        }
    }

    @Test
    void a_heavy_service_gets_its_share_without_bursts() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestBackend c = TestBackend.named("c")) {
            String services = "{url: \"%s\", weight: 2}, {url: \"%s\", weight: 2}, {url: \"%s\", weight: 10}"
                    .formatted(a.url(), b.url(), c.url());
            try (TestGateway gateway = gateway("round-robin", services)) {
                List<String> order = new ArrayList<>();
                for (int i = 0; i < 14; i++) {
                    order.add(who(get(gateway, "")));
                }
                assertEquals(order.subList(0, 7), order.subList(7, 14));
                assertEquals(5, order.subList(0, 7).stream().filter("c"::equals).count(), order.toString());
                assertTrue(!String.join("", order).contains("ccccc"), order.toString());
            }
        }
    }

    @Test
    void a_user_keeps_the_service_and_users_spread() throws Exception {
        try (TestBackend a = TestBackend.named("a");
                TestBackend b = TestBackend.named("b");
                TestBackend c = TestBackend.named("c");
                TestGateway gateway = gateway("hash:header:X-User", String.join(", ", a.url(), b.url(), c.url()))) {
            Map<String, TreeSet<String>> services = new TreeMap<>();
            for (int i = 0; i < 90; i++) {
                String user = "user" + i % 30;
                services.computeIfAbsent(user, any -> new TreeSet<>())
                        .add(who(get(gateway, "X-User: " + user + "\r\n")));
            }
            assertTrue(services.values().stream().allMatch(of -> of.size() == 1), services.toString());
            assertEquals(3, services.values().stream().distinct().count(), services.toString());
        }
    }

    @Test
    void a_service_that_holds_a_request_gets_no_other_while_there_is_an_idle_one() throws Exception {
        CountDownLatch held = new CountDownLatch(1);
        try (TestBackend slow = TestBackend.heldBy(held);
                TestBackend fast = TestBackend.named("fast");
                TestGateway gateway = gateway("least-requests", slow.url() + ", " + fast.url());
                RawClient first = gateway.raw()) {
            while (slow.waiting() == 0) { // until it is drawn
                first.send("GET /app/x HTTP/1.1\r\nHost: x\r\n\r\n");
                Await.until("the request's arrival", () -> slow.waiting() > 0 || fast.waiting() > 0);
                if (slow.waiting() == 0) {
                    fast.next();
                    first.answer();
                }
            }
            for (int i = 0; i < 20; i++) {
                assertEquals("fast", who(get(gateway, "")));
            }
            assertEquals(1, slow.waiting());
            held.countDown();
            assertEquals(200, first.answer().status());
        }
    }
}
