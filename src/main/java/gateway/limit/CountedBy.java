package gateway.limit;

import gateway.client.ClientAddress;
import gateway.route.Limit;
import java.net.InetAddress;
import java.util.Comparator;
import java.util.List;
import java.util.Locale;
import org.eclipse.jetty.http.HttpFields;

/**
 * What a limit counts requests by. Limits of a route that count by the same thing count the same requests, since a
 * request counts in all limits of its route or in none; so they share the times of these, whatever their rates.
 *
 * @param header the header's name in lower case; empty unless {@code key} is {@link Limit.Key#HEADER}
 */
public record CountedBy(Limit.Key key, String header) implements Comparable<CountedBy> {
    private static final Comparator<CountedBy> ORDER =
            Comparator.comparing(CountedBy::key).thenComparing(CountedBy::header);

    /** Stands for the value of a header that a request has more than once; no single value is empty. */
    private static final ClientAddress REPEATED = ClientAddress.hashed("");

    /** Returns what this limit counts by. */
    public static CountedBy of(Limit limit) {
        return new CountedBy(
                limit.key(), limit.header() == null ? "" : limit.header().toLowerCase(Locale.ROOT));
    }

    /** Returns all that these limits count by, in an order that doesn't depend on theirs. */
    public static List<CountedBy> of(List<Limit> limits) {
        return limits.stream().map(CountedBy::of).distinct().sorted().toList();
    }

    /**
     * Returns the key for which a request counts.
     *
     * <p>A request without the header, or with an empty one, counts for its client's address. All requests with more
     * than one such header count for one key: nobody knows which of the values a service takes, and with a key for each
     * combination a client could have as many budgets as it likes for the same value.
     *
     * @param fields the request's header fields; needed only if this is a header
     */
    ClientAddress keyOf(InetAddress client, HttpFields fields) {
        if (key == Limit.Key.ROUTE) {
            return ClientAddress.ALL;
        }
        if (key == Limit.Key.CLIENT) {
            return ClientAddress.of(client);
        }
        List<String> values = fields.getValuesList(header);
        if (values.size() > 1) {
            return REPEATED;
        }
        return values.isEmpty() || values.get(0) == null || values.get(0).isEmpty()
                ? ClientAddress.of(client)
                : ClientAddress.hashed(values.get(0));
    }

    @Override
    public int compareTo(CountedBy other) {
        return ORDER.compare(this, other);
    }
}
