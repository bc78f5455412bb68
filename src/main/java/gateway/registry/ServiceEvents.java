package gateway.registry;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.util.Durations;
import java.util.List;
import java.util.stream.Collectors;

/**
 * Tells a listener what happens to the services of a list, in the order of the changes. Used under the list's lock.
 * Renewals aren't told, nor are services that the settings or a route list: their first good check says that they are
 * there.
 */
final class ServiceEvents {
    private static final int MOST_URLS = 3;

    private EventListener listener = EventListener.NONE;
    private String because = "";

    /** Sets who is told from now on. */
    void tell(EventListener next) {
        listener = next;
    }

    /** Sets whether what happens from now on only puts back what was kept across a restart. */
    void restoring(boolean kept) {
        because = kept ? "kept across the restart: " : "";
    }

    /**
     * Tells of a registration.
     *
     * @param instances all instances of the service, this one too
     */
    void registered(Registered registered, List<Backend> instances, Who who) {
        Backend backend = registered.backend();
        switch (registered.outcome()) {
            case ADDED -> tell(EventKind.REGISTERED, backend, addedWords(registered, instances), who);
            case MOVED -> tell(EventKind.MOVED, backend, movedWords(registered), who);
            case RENEWED ->
                registered
                        .displaced()
                        .ifPresent(id -> tell(
                                EventKind.REGISTERED,
                                backend,
                                "registered " + lease(backend) + ", in place of the instance " + id + " at this URL",
                                who));
        }
    }

    private static String addedWords(Registered registered, List<Backend> instances) {
        Backend backend = registered.backend();
        List<Backend> others =
                instances.stream().filter(other -> other != backend).toList();
        return "registered " + lease(backend)
                + registered
                        .twin()
                        .map(twin -> ", in place of " + twin.name() + ", which the settings list")
                        .orElse("")
                + (others.isEmpty() ? "" : ", beside " + urls(others) + ": they take turns");
    }

    private static String lease(Backend backend) {
        return backend.lease()
                .length()
                .map(length -> "with a lease of " + Durations.text(length))
                .orElse("without a lease");
    }

    private static String movedWords(Registered registered) {
        return "instance " + registered.backend().instance() + " was at " + urls(registered.before())
                + ", and is replaced here with the first good check"
                + (registered.back() ? "; it was here before: do two processes have this id?" : "");
    }

    private static String urls(List<Backend> backends) {
        int more = backends.size() - MOST_URLS;
        return backends.stream().limit(MOST_URLS).map(Backend::urlText).collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }

    /** Tells that another gateway has added a service. */
    void shared(Backend backend) {
        tell(EventKind.REGISTERED, backend, "added from the list that gateways share", Who.OTHER_GATEWAY);
    }

    /** Tells of a change of the health, with its reason. */
    void health(Backend backend, EventKind kind) {
        tell(kind, backend, backend.state().reason(), Who.GATEWAY);
    }

    /** Tells that it answers far more errors than the others, or no longer. */
    void marked(Backend backend, String reason) {
        tell(backend.load().farMoreErrors() ? EventKind.MARKED : EventKind.UNMARKED, backend, reason, Who.GATEWAY);
    }

    /** Tells that a drain has begun or ended, unless all stays as it was. */
    void drained(Backend backend, Draining before, Who who) {
        switch (backend.drain()) {
            case NO -> {
                if (before != Draining.NO) {
                    tell(EventKind.RESUMED, backend, "gets requests again", who);
                }
            }
            case KEEPING_SESSIONS -> {
                if (before != Draining.KEEPING_SESSIONS) {
                    tell(EventKind.DRAINED, backend, "gets no more requests until it is resumed", who);
                }
            }
            case MOVING_SESSIONS -> {
                if (before != Draining.MOVING_SESSIONS) {
                    tell(EventKind.DRAINED, backend, "gets no more requests, and clients bound to it move", who);
                }
            }
        }
    }

    /** Tells that backends have left the list. */
    void left(EventKind kind, List<Backend> backends, String reason, Who who) {
        backends.forEach(backend -> tell(kind, backend, reason, who));
    }

    private void tell(EventKind kind, Backend backend, String reason, Who who) {
        listener.happened(
                kind,
                new Subject(backend.route(), backend.name(), backend.instance(), backend.urlText()),
                because + reason,
                who);
    }
}
