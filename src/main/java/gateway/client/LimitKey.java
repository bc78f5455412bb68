package gateway.client;

import java.util.List;

/**
 * What a request counts for: one key for each way in which the limits of its route count. A single key is its own only
 * part, so that nothing needs to be made for a route with limits of one kind.
 */
public interface LimitKey {
    /** Returns one of the keys, of which each is a client address or what takes its place. Of a single one each part is itself. */
    LimitKey part(int number);

    /** Returns these keys as one; there must be some. */
    static LimitKey of(List<? extends LimitKey> keys) {
        return keys.size() == 1 ? keys.get(0) : new Several(List.copyOf(keys));
    }

    /** Two keys or more. */
    record Several(List<LimitKey> keys) implements LimitKey {
        @Override
        public LimitKey part(int number) {
            return keys.get(number);
        }
    }
}
