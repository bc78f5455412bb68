package gateway.cluster;

import gateway.client.ClientAddress;
import gateway.client.LimitKey;
import gateway.cluster.Redis.Call;
import gateway.limit.MemoryLimit;
import gateway.limit.RateLimit;
import gateway.route.Limit;
import gateway.settings.RedisSettings.Fallback;
import gateway.trace.LimitDecision;
import java.util.List;
import java.util.Optional;

/**
 * The limits of a route for all gateways: Redis decides; while it can't be reached, this gateway decides by its own
 * memory, as the setting for the fallback says.
 *
 * <p>The memory records each request that passes here, also those that Redis let through. So it knows a part of what
 * Redis knows, and a switch to it gives no client a fresh budget. A request whose limits are filled by what passed at
 * this gateway alone is refused without asking Redis, which would refuse it too; so a flood through one gateway costs
 * Redis nothing.
 *
 * <p>Redis may answer after this gateway has decided by itself. A request that passed here then counts in both, as any
 * that passes does. One that was refused here counts nowhere: it isn't asked about any more or, if Redis has counted it,
 * is given back. Only if the connection broke meanwhile nobody knows whether Redis counted it; then the client has one
 * request less, never one more. What Redis would have refused but the memory let pass is beyond the limit, and stays so.
 *
 * <p>A failure of Redis never fails a request: it passes, or it is refused with 429.
 */
final class SharedLimit implements RateLimit {
    private static final LimitDecision CLOSED = new LimitDecision(false, 0, 1_000_000_000L);

    private final String route;
    private final MemoryLimit memory;
    private final RedisWindow window;
    private final SharedLimits shared;

    /**
     * @param memory the same limits in this gateway's memory
     * @param window the same limits in Redis
     * @param shared what the limits of all routes have in common
     */
    SharedLimit(String route, MemoryLimit memory, RedisWindow window, SharedLimits shared) {
        this.route = route;
        this.memory = memory;
        this.window = window;
        this.shared = shared;
    }

    @Override
    public LimitDecision take(LimitKey key) {
        long asked = shared.nanos();
        RedisAccess redis = shared.redis();
        if (!redis.isDown()) {
            LimitDecision refusal = memory.refusal(key);
            if (refusal != null) {
                shared.decidedAlone();
                return refusal;
            }
            PendingCall take = new PendingCall(window.take(key));
            Object answer = redis.ask(take);
            if (answer != null) {
                shared.decidedByRedis();
                LimitDecision decision = window.decision(answer, asked);
                if (decision.allowed()) {
                    memory.record(key, asked);
                }
                return decision;
            }
            LimitDecision alone = takeAlone(key, asked);
            if (!alone.allowed()) {
                take.withdraw(late -> giveBackLate(key, late));
            }
            return alone;
        }
        return takeAlone(key, asked);
    }

    private LimitDecision takeAlone(LimitKey key, long asked) {
        shared.decidedAlone();
        return switch (shared.fallback()) {
            case DIVIDE, LOCAL -> memory.take(key, shared.shares());
            case CLOSED -> CLOSED;
            case OPEN -> {
                memory.record(key, asked);
                LimitDecision standing = memory.look(key);
                yield new LimitDecision(true, standing.remaining(), standing.resetNanos(), asked, 0, standing.limit());
            }
        };
    }

    /** Takes back what Redis counted for a request that this gateway has refused meanwhile. */
    private void giveBackLate(LimitKey key, Object answer) {
        LimitDecision late = window.decision(answer);
        if (late.allowed()) {
            shared.redis().tell(window.giveBack(key, late.sharedAt()));
        }
    }

    /**
     * Takes the request back where it was counted. While Redis can't be reached it stays counted there: then the client
     * has one request less, never one more.
     */
    @Override
    public LimitDecision giveBack(LimitKey key, LimitDecision taken) {
        LimitDecision standing = memory.giveBack(key, taken, shared.shares());
        if (taken.sharedAt() != 0) {
            Object answer = shared.redis().ask(window.giveBack(key, taken.sharedAt()));
            standing = answer == null ? standing : window.decision(answer);
        }
        return standing.passing();
    }

    /** Forgets in this memory and in Redis, and tells the other gateways, whose memories know a part of it. */
    @Override
    public void forget(ClientAddress client) {
        memory.forgetHere(client);
        List<Call> left = window.forget(client).stream()
                .filter(call -> shared.redis().ask(call) == null)
                .toList();
        shared.looks().forget();
        shared.forgotten().tell(route, client, left);
    }

    @Override
    public void forgetHere(ClientAddress client) {
        memory.forgetHere(client);
    }

    @Override
    public LimitDecision look(LimitKey key) {
        return explain(key).stream()
                .map(Standing::decision)
                .reduce(LimitDecision::tighter)
                .orElseThrow();
    }

    /**
     * Explains what a request would meet, as {@link Looks} of Redis has it. Whoever would be refused by this memory
     * alone is told so by it: Redis may not know what passed here while it was down.
     */
    @Override
    public List<Standing> explain(LimitKey key) {
        if (shared.redis().isDown()) {
            return explainByMemory(key);
        }
        List<Standing> known = memory.explain(key);
        return memory.refusal(key) != null
                ? known
                : shared.looks()
                        .standings(route, key, known, () -> explainByRedis(key))
                        .orElse(known);
    }

    private List<Standing> explainByRedis(LimitKey key) {
        Object answer = shared.redis().ask(window.explain(key));
        return answer == null ? null : window.standings(answer);
    }

    private List<Standing> explainByMemory(LimitKey key) {
        Fallback fallback = shared.fallback();
        return memory.explain(key, shared.shares()).stream()
                .map(standing -> switch (fallback) {
                    case DIVIDE, LOCAL -> standing;
                    case OPEN -> with(standing.decision().passing(), standing);
                    case CLOSED -> with(CLOSED, standing);
                })
                .toList();
    }

    private static Standing with(LimitDecision decision, Standing standing) {
        return new Standing(decision, standing.used(), standing.ages(), standing.own(), standing.store());
    }

    @Override
    public Optional<Sharing> sharing() {
        return shared.sharing();
    }

    @Override
    public List<Usage> fullest(int most) {
        return memory.fullest(most);
    }

    @Override
    public List<Limit> limits() {
        return memory.limits();
    }

    @Override
    public String algorithm() {
        return memory.algorithm();
    }

    @Override
    public int clients() {
        return memory.clients();
    }
}
