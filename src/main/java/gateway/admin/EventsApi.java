package gateway.admin;

import gateway.admin.view.EventView;
import gateway.events.Event;
import gateway.events.EventKind;
import gateway.events.EventLog;
import gateway.http.Problem;
import gateway.registry.Service;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** What happened lately to services, routes and the gateway. */
final class EventsApi {
    private static final int USUAL_LIMIT = 100;
    private static final List<String> PARAMETERS = List.of("since", "kind", "service", "limit");

    private final EventLog events;
    private final Time time;

    EventsApi(EventLog events, Time time) {
        this.events = events;
        this.time = time;
    }

    /** Thrown if a parameter can't be used; its message says why. */
    private static final class Unusable extends Exception {
        private static final long serialVersionUID = 1;

        Unusable(String message) {
            super(message);
        }
    }

    /**
     * Answers {@code GET /events}: the last events, newest first. {@code ?since=} leaves out those up to a number, {@code
     * ?kind=} and {@code ?service=} choose by these, {@code ?limit=} says how many at most, else {@value #USUAL_LIMIT}.
     */
    void list(Context ctx) throws IOException {
        try {
            refuseUnknown(ctx);
            long since = number(ctx, "since", 0, Long.MAX_VALUE).orElse(0L);
            int limit = number(ctx, "limit", 1, EventLog.KEPT)
                    .orElse((long) USUAL_LIMIT)
                    .intValue();
            Predicate<Event> chosen = kind(ctx).and(service(ctx));
            long before = events.last();
            List<Event> found = events.newest(since, chosen, limit + 1);
            long last = found.isEmpty() ? before : Math.max(before, found.get(0).number());
            Map<String, Object> answer = new LinkedHashMap<>();
            answer.put("last", last);
            answer.put("more", found.size() > limit);
            answer.put("events", found.stream().limit(limit).map(EventView::of).toList());
            answer.put("timestamp", time.now().toString());
            ctx.json(answer);
        } catch (Unusable e) {
            Problem.badRequest(e.getMessage()).send(ctx.req(), ctx.res());
        }
    }

    /** A misspelt parameter would choose nothing without a word. */
    private static void refuseUnknown(Context ctx) throws Unusable {
        for (String name : ctx.queryParamMap().keySet()) {
            if (!PARAMETERS.contains(name)) {
                throw new Unusable(name + " isn't a parameter; expected some of " + String.join(", ", PARAMETERS));
            }
        }
    }

    private static Optional<Long> number(Context ctx, String name, long least, long most) throws Unusable {
        String text = ctx.queryParam(name);
        if (text == null) {
            return Optional.empty();
        }
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return Optional.of(number);
            }
        } catch (NumberFormatException e) {
            // said below
        }
        throw new Unusable(name + "=" + text + ": expected a whole number"
                + (most == Long.MAX_VALUE ? ", " + least + " or more" : " from " + least + " to " + most));
    }

    private static Predicate<Event> kind(Context ctx) throws Unusable {
        String word = ctx.queryParam("kind");
        if (word == null) {
            return event -> true;
        }
        EventKind kind = EventKind.of(word)
                .orElseThrow(() -> new Unusable("kind=" + word + ": expected one of "
                        + Arrays.stream(EventKind.values()).map(EventKind::word).collect(Collectors.joining(", "))));
        return event -> event.kind() == kind;
    }

    private static Predicate<Event> service(Context ctx) throws Unusable {
        String name = ctx.queryParam("service");
        if (name == null) {
            return event -> true;
        }
        if (!Service.isName(name)) {
            throw new Unusable("service=" + name + ": expected a service's name, " + Service.NAME_FORM);
        }
        return event -> name.equals(event.subject().service());
    }
}
