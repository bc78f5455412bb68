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

    /**
     * Answers {@code GET /events}: the last events, newest first. {@code ?since=} leaves out those up to a number, {@code
     * ?kind=} and {@code ?service=} choose by these, {@code ?limit=} says how many at most, else {@value #USUAL_LIMIT}.
     */
    void list(Context ctx) throws IOException {
        QueryReader query = new QueryReader(ctx.queryParamMap(), PARAMETERS);
        long since = query.number("since", 0, Long.MAX_VALUE, "a whole number, 0 or more")
                .orElse(0L);
        int limit = query.number("limit", 1, EventLog.KEPT, "a whole number from 1 to " + EventLog.KEPT)
                .orElse((long) USUAL_LIMIT)
                .intValue();
        Optional<EventKind> kind = query.read("kind", EventKind::of, "one of " + kinds());
        Optional<String> service = query.read(
                "service", name -> Optional.of(name).filter(Service::isName), "a service's name, " + Service.NAME_FORM);
        if (!query.errors().isEmpty()) {
            Problem.badRequest(String.join("; ", query.errors())).send(ctx.req(), ctx.res());
            return;
        }
        Predicate<Event> chosen = event -> kind.map(word -> event.kind() == word)
                        .orElse(true)
                && service.map(name -> name.equals(event.subject().service())).orElse(true);
        long before = events.last();
        List<Event> found = events.newest(since, chosen, limit + 1);
        long last = found.isEmpty() ? before : Math.max(before, found.get(0).number());
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("last", last);
        answer.put("more", found.size() > limit);
        answer.put("events", found.stream().limit(limit).map(EventView::of).toList());
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }

    private static String kinds() {
        return Arrays.stream(EventKind.values()).map(EventKind::word).collect(Collectors.joining(", "));
    }
}
