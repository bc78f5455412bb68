package gateway.limit;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import gateway.trace.LimitDecision;
import java.util.List;
import java.util.Optional;

/** No limit: the setting {@code off}. */
public final class Unlimited implements RateLimit {
    private static final LimitDecision ALLOWED = new LimitDecision(true, Integer.MAX_VALUE, 0);

    @Override
    public LimitDecision take(ClientAddress client) {
        return ALLOWED;
    }

    @Override
    public LimitDecision look(ClientAddress client) {
        return ALLOWED;
    }

    @Override
    public Standing explain(ClientAddress client) {
        return new Standing(ALLOWED, 0, List.of(), false, "none");
    }

    @Override
    public Optional<Rate> rate() {
        return Optional.empty();
    }

    @Override
    public String algorithm() {
        return "off";
    }
}
