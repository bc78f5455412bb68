package gateway.admin.dashboard;

import com.fasterxml.jackson.annotation.JsonUnwrapped;
import gateway.admin.view.EventView;
import gateway.events.Event;
import gateway.events.EventLog;
import gateway.events.Subject;
import gateway.registry.Backend;
import gateway.registry.BackendId;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** A service that isn't in the list any more, on the dashboard: the event with which it left. */
record LiveLeft(@JsonUnwrapped EventView event) {
    /** How long a service is shown after it has left. */
    static final Duration SHOWN = Duration.ofMinutes(10);

    /** The most services that are shown: those that left last. */
    static final int MOST = 20;

    /** Returns the services that left lately and aren't back, the last one first. */
    static List<LiveLeft> of(EventLog events, List<Backend> there, Instant now) {
        List<Event> departures = events.newest(
                0,
                event -> event.kind().isDeparture() && event.time().plus(SHOWN).isAfter(now),
                EventLog.KEPT);
        if (departures.isEmpty()) {
            return List.of(); // as nearly always
        }
        Set<BackendId> shown = there.stream().map(Backend::id).collect(Collectors.toCollection(HashSet::new));
        return departures.stream()
                .filter(event -> shown.add(idOf(event.subject())))
                .limit(MOST)
                .map(event -> new LiveLeft(EventView.of(event)))
                .toList();
    }

    private static BackendId idOf(Subject subject) {
        return new BackendId(BackendId.fullName(subject.route(), subject.service()), subject.url());
    }
}
