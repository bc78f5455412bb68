package gateway.events;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** What may happen. The words are stable, since people and programs choose events by them. */
public enum EventKind {
    /** An instance of a service has come into the list. */
    REGISTERED,
    /** An instance, known by an id of its own, has registered with another URL. */
    MOVED,
    /** It gets requests: its checks were good, or it needs none. */
    HEALTHY,
    /** It gets no more requests: its checks were bad. */
    UNHEALTHY,
    /** It gets no more requests for a while: requests to it failed. */
    EJECTED,
    /** It answers far more errors than the others of its route; it goes on getting requests. */
    MARKED,
    /** It no longer does so, or there is nothing to compare any more. */
    UNMARKED,
    /** Somebody has begun to drain it. */
    DRAINED,
    /** Somebody has ended its drain. */
    RESUMED,
    /** It has left the list: its lease was not renewed. */
    EXPIRED,
    /** It has left the list: somebody has taken it out. */
    DEREGISTERED,
    /** It has left the list for another reason. */
    REMOVED,
    /** A new content of the file of routes, or what other gateways have put, is in use; or what was kept across a restart. */
    RELOADED,
    /** A file has changed, but can't be used: what was in use before stays. */
    REFUSED,
    /** A route was put by the API. */
    PUT,
    /** A route was deleted by the API. */
    DELETED,
    /** The server certificate was replaced by a new one. */
    RENEWED,
    /** What a restart shall not forget can't be written to its file. */
    UNSAVED,
    /** It can be again. */
    SAVED,
    /** Redis can't be reached any more. */
    LOST,
    /** Redis can be reached again. */
    BACK;

    /** Returns the word for it in JSON: one word in lower case. */
    public String word() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the kind of a word; empty if there is none. */
    public static Optional<EventKind> of(String word) {
        return Arrays.stream(values()).filter(kind -> kind.word().equals(word)).findFirst();
    }

    /** Returns whether it says that an instance of a service has left the list. */
    public boolean isDeparture() {
        return this == EXPIRED || this == DEREGISTERED || this == REMOVED;
    }
}
