package gateway.limit;

import gateway.client.LimitKey;
import gateway.route.Limit;
import gateway.trace.LimitDecision;
import java.util.List;

/** No limit: the setting {@code off}. */
public final class Unlimited implements RateLimit {
    private static final LimitDecision ALLOWED = new LimitDecision(true, Integer.MAX_VALUE, 0);

    @Override
    public LimitDecision take(LimitKey key) {
        return ALLOWED;
    }

    @Override
    public LimitDecision look(LimitKey key) {
        return ALLOWED;
    }

    @Override
    public List<Standing> explain(LimitKey key) {
        return List.of();
    }

    @Override
    public List<Limit> limits() {
        return List.of();
    }

    @Override
    public String algorithm() {
        return "off";
    }
}
