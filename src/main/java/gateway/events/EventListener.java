package gateway.events;

/**
 * Is told what happens to services, routes and the gateway. Called by many threads, some of which hold locks; so it must
 * be quick.
 */
@FunctionalInterface
public interface EventListener {
    /** Does nothing: where nobody wants to know. */
    EventListener NONE = (kind, subject, reason, who) -> {};

    /**
     * Called when something has happened.
     *
     * @param reason why, or what exactly, for people
     */
    void happened(EventKind kind, Subject subject, String reason, Who who);
}
