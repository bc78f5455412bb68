package gateway.cluster;

import gateway.client.LimitKey;
import gateway.limit.RateLimit.Standing;
import gateway.trace.LimitDecision;
import gateway.util.Time;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Supplier;

/**
 * How clients stand in Redis, for those who only look. Anybody may look as often as he likes, so it must cost Redis next
 * to nothing: an answer serves for {@link #AGE}, unless the client's requests here have changed meanwhile, and of all
 * clients and routes together Redis is asked {@value #PER_SECOND} times a second at most.
 */
final class Looks {
    /** How long an answer serves. */
    static final Duration AGE = Duration.ofSeconds(1);

    /** How often Redis is asked in a second; as many answers are kept, since more can't be young enough. */
    static final int PER_SECOND = 100;

    /** What is looked at: a client's standing on a route. */
    private record Subject(String route, LimitKey key) {}

    /**
     * An answer, or one to come.
     *
     * @param standings completed with null if Redis gave none
     * @param usedHere how many requests counted here in each limit when it was asked for
     * @param at when it was asked for, nanoseconds
     */
    private record Look(CompletableFuture<List<Standing>> standings, List<Integer> usedHere, long at) {}

    private final Map<Subject, Look> looks = new LinkedHashMap<>(); // oldest first; guarded by this, like the next
    private final Time time;
    private long secondBegan;
    private int asked;

    Looks(Time time) {
        this.time = time;
        this.secondBegan = time.nanos();
    }

    /**
     * Returns how a client stands in Redis with each limit of a route; empty if Redis gives no answer or has been asked
     * often enough.
     *
     * @param here how the client stands by its requests that passed here
     * @param redis asks Redis; returns null if it gives no answer
     */
    Optional<List<Standing>> standings(
            String route, LimitKey key, List<Standing> here, Supplier<List<Standing>> redis) {
        long now = time.nanos();
        Subject subject = new Subject(route, key);
        List<Integer> usedHere = here.stream().map(Standing::used).toList();
        Look look;
        boolean mine = false;
        synchronized (this) {
            looks.values().removeIf(other -> now - other.at >= AGE.toNanos());
            look = looks.get(subject);
            if (look == null || !look.usedHere.equals(usedHere) || hasChanged(look, now)) {
                if (!mayAsk(now)) {
                    return Optional.empty();
                }
                mine = true;
                look = new Look(new CompletableFuture<>(), usedHere, now);
                looks.remove(subject); // so that the new one is the youngest
                looks.put(subject, look);
            }
        }
        if (mine) {
            ask(subject, look, redis);
        }
        long age = now - look.at;
        return Optional.ofNullable(look.standings.join())
                .map(standings ->
                        standings.stream().map(standing -> later(standing, age)).toList());
    }

    private void ask(Subject subject, Look look, Supplier<List<Standing>> redis) {
        List<Standing> answer = null;
        try {
            answer = redis.get();
        } finally {
            look.standings.complete(answer);
            if (answer == null) {
                synchronized (this) {
                    looks.remove(subject, look);
                }
            }
        }
    }

    /** Has the next look ask Redis anew. */
    synchronized void forget() {
        looks.clear();
    }

    private boolean mayAsk(long now) {
        if (now - secondBegan >= AGE.toNanos()) {
            secondBegan = now;
            asked = 0;
        }
        return ++asked <= PER_SECOND;
    }

    /** Returns whether a request that counted has left a window since. */
    private static boolean hasChanged(Look look, long now) {
        List<Standing> standings = look.standings.getNow(null);
        return standings != null
                && standings.stream()
                        .anyMatch(standing -> standing.used() > 0
                                && now - look.at >= standing.decision().resetNanos());
    }

    /** Returns the same as it is so many nanoseconds later. */
    private static Standing later(Standing standing, long nanos) {
        LimitDecision then = standing.decision();
        List<Long> ages = standing.ages().stream().map(age -> age + nanos).toList();
        return new Standing(
                new LimitDecision(
                        then.allowed(), then.remaining(), Math.max(0, then.resetNanos() - nanos), 0, 0, then.limit()),
                standing.used(),
                ages,
                standing.own(),
                standing.store());
    }
}
