package gateway.admin;

import gateway.net.Networks;
import gateway.trace.Outcome;
import gateway.trace.Trace;
import gateway.trace.Traces;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Which of the last requests {@code GET /requests} is asked for. Each parameter that is there must fit; without any, all
 * requests do.
 */
final class RequestQuery implements Predicate<Trace> {
    private static final int USUAL_LIMIT = 100;
    private static final List<String> NAMES =
            List.of("outcome", "client", "service", "status", "route", "limit", "cursor");
    private static final Pattern CLASS = Pattern.compile("[1-5]xx");

    private final QueryReader query;
    private final List<Predicate<Trace>> conditions = new ArrayList<>();
    private final int limit;
    private final long cursor;

    /** @param parameters of the query, decoded */
    RequestQuery(Map<String, List<String>> parameters) {
        this.query = new QueryReader(parameters, NAMES);
        condition("outcome", RequestQuery::outcome, "one of " + outcomes());
        condition("client", RequestQuery::client, "an IP address like 192.0.2.7 or 2001:db8::1");
        condition("service", name -> Optional.of(trace -> hasAsked(trace, name)), "a service's name");
        condition("status", RequestQuery::status, "a status like 502, a class like 5xx, or none");
        condition("route", name -> Optional.of(trace -> trace.route().name().equals(name)), "a route's name");
        limit = query.number("limit", 1, Traces.KEPT, "1 to " + Traces.KEPT)
                .orElse((long) USUAL_LIMIT)
                .intValue();
        cursor = query.number("cursor", 0, Long.MAX_VALUE, "next_cursor of an earlier answer")
                .orElse(Long.MAX_VALUE);
    }

    /** Returns what is wrong with the parameters, each with its value and what was expected; empty if nothing is. */
    List<String> errors() {
        return query.errors();
    }

    /** Returns how many requests to show at most, 1 to {@link Traces#KEPT}. */
    int limit() {
        return limit;
    }

    /** Returns where to go on: {@code next_cursor} of an earlier answer. */
    long cursor() {
        return cursor;
    }

    /** Returns the name of the only route that is asked for; empty for all routes. */
    Optional<String> route() {
        return query.text("route");
    }

    @Override
    public boolean test(Trace trace) {
        return conditions.stream().allMatch(condition -> condition.test(trace));
    }

    /** Adds the condition that a parameter makes, if it is there. */
    private void condition(String name, Function<String, Optional<Predicate<Trace>>> reader, String expected) {
        query.read(name, reader, expected).ifPresent(conditions::add);
    }

    private static String outcomes() {
        return Arrays.stream(Outcome.values()).map(Outcome::word).collect(Collectors.joining(", "));
    }

    private static Optional<Predicate<Trace>> outcome(String word) {
        return Arrays.stream(Outcome.values())
                .filter(outcome -> outcome.word().equals(word))
                .findFirst()
                .map(outcome -> trace -> trace.outcome() == outcome);
    }

    private static Optional<Predicate<Trace>> client(String text) {
        Optional<InetAddress> address = Networks.address(text);
        return address.map(client -> trace -> trace.client().equals(client));
    }

    /** Reads 502, 5xx, or none: there was no answer. */
    private static Optional<Predicate<Trace>> status(String text) {
        if (text.equals("none")) {
            return Optional.of(trace -> trace.status() == 0);
        }
        if (CLASS.matcher(text).matches()) {
            int hundreds = text.charAt(0) - '0';
            return Optional.of(trace -> trace.status() / 100 == hundreds);
        }
        if (text.matches("[1-9]\\d\\d")) {
            int status = Integer.parseInt(text);
            return Optional.of(trace -> trace.status() == status);
        }
        return Optional.empty();
    }

    /** Returns whether a service of this name was asked, even if another one gave the answer. */
    private static boolean hasAsked(Trace trace, String name) {
        return trace.attempts().stream()
                .anyMatch(attempt -> attempt.backend().name().equals(name));
    }
}
