import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;

import gateway.testing.Await;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Many clients at once that send what nobody should, in all framings and with all kinds of ends. Whatever they send, no
 * backend sees a request that no client has sent whole, no client gets another's answer, the gateway neither fails nor
 * hangs, and its connections to the backend stay in sync.
 */
@ResourceLock(value = "threads of WebSockets", mode = ResourceAccessMode.READ)
class FuzzTest {
    private static final int CLIENTS = 8;

    /** An id that no changed byte has made like another's. */
    private static final Pattern ID = Pattern.compile("/c(\\d{1,8})-[0-9a-f]{14,16}/");

    private final long seed = Long.getLong("seed", System.nanoTime());

    /** The echoes of requests that were sent whole, by clients that may still be at it. */
    private final Set<String> sentWhole = ConcurrentHashMap.newKeySet();

    /** The echoes of requests that have come and may not come again. */
    private final Set<String> cameOnce = ConcurrentHashMap.newKeySet();

    private final Queue<String> failures = new ConcurrentLinkedQueue<>();
    private final AtomicLong requests = new AtomicLong();

    @Test
    void nobody_gets_what_was_not_sent() throws Exception {
        // -Dfuzz=1000000 for a long run, -Dseed=N to repeat one
        int count = Integer.getInteger("fuzz", 4_000);
        System.out.println("FuzzTest: " + count + " connections, -Dseed=" + seed);
        ExecutorService threads = Executors.newFixedThreadPool(CLIENTS);
        try (FuzzBackend backend = new FuzzBackend(this::cameWhole);
                TestGateway gateway =
                        TestGateway.with(Map.of("GATEWAY_SERVICES", backend.url(), "GATEWAY_ACCESS_LOG", "off"))) {
            List<Future<?>> parts = new ArrayList<>();
            for (int part = 0; part < CLIENTS; part++) {
                int first = part;
                parts.add(threads.submit(() -> {
                    for (int i = first; i < count && failures.isEmpty(); i += CLIENTS) {
                        talk(gateway.port(), i);
                    }
                }));
            }
            for (Future<?> part : parts) {
                part.get();
            }
            assertNull(failures.peek(), "-Dseed=" + seed);
            assertEquals(200, gateway.get("/api/alive").statusCode());
            Await.until(
                    "nothing in flight",
                    () -> gateway.json("/services").at("/services/0/in_flight").asInt() == 0);
        } finally {
            threads.shutdownNow();
        }
        System.out.println("FuzzTest: " + requests + " whole requests");
    }

    private void cameWhole(String echo, byte[] body) {
        if (ID.matcher(echo).find() && !idempotent(echo) && !cameOnce.add(echo)) {
            failures.add("came twice: " + echo + shown(echo));
        }
        if (!sentWhole.contains(echo) && !echo.startsWith("GET /alive ")) {
            failures.add("nobody sent " + echo + " with " + new String(body, ISO_8859_1) + shown(echo));
        }
    }

    private static boolean idempotent(String echo) {
        return !(echo.startsWith("POST ") || echo.startsWith("PATCH ") || echo.startsWith("QUERY "));
    }

    /** What the client sent that seems to be meant. */
    private String shown(String echo) {
        Matcher id = ID.matcher(echo);
        return id.find()
                ? ", but perhaps:\n"
                        + new String(client(Integer.parseInt(id.group(1))).bytes(), ISO_8859_1)
                : "";
    }

    private FuzzClient client(int number) {
        long unlike = (number + 1) * 0x9E3779B97F4A7C15L; // so that one changed byte makes no other client's id
        return new FuzzClient(seed * 1_000_003 + number, "c" + number + "-" + Long.toHexString(unlike));
    }

    private void talk(int port, int number) {
        FuzzClient client = client(number);
        byte[] bytes = client.bytes();
        List<StrictReader.Request> whole = StrictReader.read(bytes);
        requests.addAndGet(whole.size());
        List<String> echoes = whole.stream().map(FuzzTest::echo).toList();
        sentWhole.addAll(echoes);
        FuzzClient.Outcome outcome = client.talk(port, bytes, whole);
        String wrong = outcome.failure() != null ? outcome.failure() : wrong(outcome, echoes);
        if (wrong != null) {
            failures.add("connection " + number + ": " + wrong + "\n" + outcome);
        }
        if (number > 0 && number % 100_000 == 0) {
            System.out.println("FuzzTest: " + number + " connections");
        }
        if (number >= 50_000 * CLIENTS) {
            forget(number - 50_000 * CLIENTS);
        }
    }

    /** Forgets an older connection, whose requests have long been answered: a long run must not fill the memory. */
    private void forget(int number) {
        StrictReader.read(client(number).bytes()).forEach(request -> {
            sentWhole.remove(echo(request));
            cameOnce.remove(echo(request));
        });
    }

    private static String echo(StrictReader.Request request) {
        String target = request.target().startsWith("/api") ? request.target().substring(4) : request.target();
        return FuzzBackend.echo(request.method(), target.startsWith("?") ? "/" + target : target, request.body());
    }

    /** Returns what is wrong with the answers on one connection; null if nothing is. */
    private static String wrong(FuzzClient.Outcome outcome, List<String> echoes) {
        String sent = new String(outcome.sent(), ISO_8859_1);
        List<FuzzClient.Answer> answers = outcome.answers();
        for (int i = 0; i < answers.size(); i++) {
            FuzzClient.Answer answer = answers.get(i);
            String echo = answer.echo();
            if (answer.status() >= 500 && answer.status() != 501 && answer.status() != 505) {
                return "fails with " + answer.status();
            }
            boolean early = echo != null
                    && echo.startsWith("early ")
                    && sent.contains(echo.split(" ")[2].replaceFirst("^/\\?", "?"));
            if (echo != null && !early && (i >= echoes.size() || !echo.equals(echoes.get(i)))) {
                return "answer " + i + " isn't its own: " + echo;
            }
        }
        return null;
    }
}
