package gateway.demo;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * Plans the requests of the demo: of {@value #POLITE} clients that stay below 5 requests in any minute, and {@value
 * #GREEDY} that don't. It is a heap of clients by the time at which each is due next. That makes about 3.5 requests a
 * second, never two within an eighth of a second, even if many are due because the machine was asleep.
 */
public final class Plan {
    static final int POLITE = 37;
    static final int GREEDY = 3;

    private static final long SECOND = 1_000_000_000L;
    private static final long APART = SECOND / 8;

    /**
     * A request to send.
     *
     * @param at when to send it, by the monotonic clock
     * @param from the client's address
     * @param body the body; empty for none
     */
    public record Request(long at, String from, String method, String path, String body) {}

    private record Client(String address, long leastPause, long mostPause) {}

    private record Due(long at, Client client) {}

    private final RandomGenerator random;
    private final PriorityQueue<Due> queue = new PriorityQueue<>(Comparator.comparing(Due::at, Plan::compare));
    private long earliest;

    /** @param now the monotonic clock's time, from which the clients' first requests are spread over one pause */
    public Plan(RandomGenerator random, long now) {
        this.random = random;
        this.earliest = now;
        for (int i = 1; i <= POLITE + GREEDY; i++) {
            String address = "127.0.1." + i;
            Client client = i <= POLITE
                    ? new Client(address, 13 * SECOND, 23 * SECOND)
                    : new Client(address, SECOND, 3 * SECOND);
            queue.add(new Due(now + random.nextLong(client.mostPause()), client));
        }
    }

    /** Returns the next request, planned for now or later. */
    public Request next(long now) {
        Due due = queue.remove();
        long at = later(due.at(), later(now, earliest));
        earliest = at + APART;
        Client client = due.client();
        queue.add(new Due(at + random.nextLong(client.leastPause(), client.mostPause()), client));
        return request(at, client.address());
    }

    private Request request(long at, String from) {
        int kind = random.nextInt(10);
        if (kind < 6) {
            return new Request(at, from, "GET", "/api/data", "");
        }
        if (kind < 8) {
            return new Request(at, from, "GET", "/api/info", "");
        }
        return new Request(at, from, "POST", "/api/data", "{\"from\":\"" + from + "\"}");
    }

    private static long later(long one, long other) {
        return compare(one, other) < 0 ? other : one;
    }

    /** Compares by difference, because the monotonic clock may overflow. */
    private static int compare(long one, long other) {
        return Long.signum(one - other);
    }
}
