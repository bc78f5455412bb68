package gateway.demo;

import java.util.Comparator;
import java.util.PriorityQueue;
import java.util.random.RandomGenerator;

/**
 * Who asks for what and when: {@value #POLITE} clients that stay below 5 requests in any minute and {@value #GREEDY}
 * that don't. A heap of clients by the time at which each is due next; about 3.5 requests a second in all, and no two
 * closer than an eighth of a second, however many are due, as after the machine has slept.
 */
public final class Plan {
    static final int POLITE = 37;
    static final int GREEDY = 3;

    private static final long SECOND = 1_000_000_000L;
    private static final long APART = SECOND / 8;

    /**
     * A request to send.
     *
     * @param at when, as of the monotonic clock
     * @param from the client's address
     * @param body empty means none
     */
    public record Ask(long at, String from, String method, String path, String body) {}

    private record Client(String address, long leastPause, long mostPause) {}

    private record Turn(long at, Client client) {}

    private final RandomGenerator random;
    private final PriorityQueue<Turn> turns = new PriorityQueue<>(Comparator.comparing(Turn::at, Plan::compare));
    private long earliest;

    /** @param now the monotonic clock's time; the clients' first turns are spread over a pause from it */
    public Plan(RandomGenerator random, long now) {
        this.random = random;
        this.earliest = now;
        for (int i = 1; i <= POLITE + GREEDY; i++) {
            String address = "127.0.1." + i;
            Client client = i <= POLITE
                    ? new Client(address, 13 * SECOND, 23 * SECOND)
                    : new Client(address, SECOND, 3 * SECOND);
            turns.add(new Turn(now + random.nextLong(client.mostPause()), client));
        }
    }

    /** The next request; planned for now or later. */
    public Ask next(long now) {
        Turn turn = turns.remove();
        long at = later(turn.at(), later(now, earliest));
        earliest = at + APART;
        Client client = turn.client();
        turns.add(new Turn(at + random.nextLong(client.leastPause(), client.mostPause()), client));
        return ask(at, client.address());
    }

    private Ask ask(long at, String from) {
        int kind = random.nextInt(10);
        if (kind < 6) {
            return new Ask(at, from, "GET", "/api/data", "");
        }
        if (kind < 8) {
            return new Ask(at, from, "GET", "/api/info", "");
        }
        return new Ask(at, from, "POST", "/api/data", "{\"from\":\"" + from + "\"}");
    }

    private static long later(long one, long other) {
        return compare(one, other) < 0 ? other : one;
    }

    /** By difference: the monotonic clock may overflow. */
    private static int compare(long one, long other) {
        return Long.signum(one - other);
    }
}
