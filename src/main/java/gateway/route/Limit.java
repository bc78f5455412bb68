package gateway.route;

import gateway.settings.Rate;

/**
 * A limit of a route: the most requests in any period, for each client, for each value of a header, or for the route as
 * a whole.
 *
 * @param header the name of the header whose values are kept apart; null unless {@code key} is {@link Key#HEADER}
 */
public record Limit(Rate rate, Key key, String header) {
    /** What requests are counted by. */
    public enum Key {
        /** The client's address. */
        CLIENT,
        /** The value of a header; a request without it counts for its client's address. */
        HEADER,
        /** All requests of the route together. */
        ROUTE
    }

    /** The form that {@link #parse} reads, for messages. */
    public static final String FORM =
            "N/duration by client, by header:NAME or by route, like 100/60s by client (N from 1 to 1000000)";

    private static final String BY = " by ";
    private static final String HEADER = "header:";

    /**
     * Reads {@value #FORM}; without "by", it is by client.
     *
     * @throws IllegalArgumentException if the text has another form or a part is out of range
     */
    public static Limit parse(String text) {
        int by = text.indexOf(BY);
        Rate rate;
        try {
            rate = Rate.parse(by < 0 ? text : text.substring(0, by));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("expected " + FORM, e);
        }
        String key = by < 0 ? "client" : text.substring(by + BY.length()).strip();
        if (key.equals("client")) {
            return byClient(rate);
        }
        if (key.equals("route")) {
            return new Limit(rate, Key.ROUTE, null);
        }
        if (key.startsWith(HEADER)) {
            return new Limit(rate, Key.HEADER, header(key.substring(HEADER.length())));
        }
        throw new IllegalArgumentException("expected " + FORM);
    }

    /** Browsers split Cookie into several fields by HTTP/2, and join it by HTTP/1.1: it has no one value. */
    private static String header(String name) {
        if (name.equalsIgnoreCase("Cookie")) {
            throw new IllegalArgumentException("expected a header with one value for each caller, like X-API-Key");
        }
        return HeaderEdits.name(name);
    }

    /** Returns a limit for each client. */
    public static Limit byClient(Rate rate) {
        return new Limit(rate, Key.CLIENT, null);
    }

    /** Returns what requests are counted by: {@code client}, {@code header:X-API-Key}, {@code route}. */
    public String keyText() {
        return switch (key) {
            case CLIENT -> "client";
            case HEADER -> HEADER + header;
            case ROUTE -> "route";
        };
    }

    /** Returns the form that {@link #parse} reads. */
    @Override
    public String toString() {
        return rate + BY + keyText();
    }
}
