package gateway.limit;

import gateway.client.ClientAddress;
import gateway.settings.Rate;
import java.util.List;
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
