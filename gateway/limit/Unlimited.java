package gateway.limit;

import gateway.Rate;
import java.util.Optional;

/** No limit: the setting {@code off}. */
public final class Unlimited implements RateLimit {
    private static final Decision ALLOWED = new Decision(true, Integer.MAX_VALUE, 0);

    @Override
    public Decision take(ClientAddress client) {
        return ALLOWED;
    }

    @Override
    public Decision look(ClientAddress client) {
        return ALLOWED;
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
