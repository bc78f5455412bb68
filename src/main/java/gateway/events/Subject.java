package gateway.events;

/**
 * What an event is about.
 *
 * @param route the route's name; null if it is about no route
 * @param service the service's name; null if it is about no service
 * @param instance the instance's id: the one that it gave itself, or else its URL; null like the service
 * @param url the instance's URL; null like the service
 */
public record Subject(String route, String service, String instance, String url) {
    /** The gateway as a whole. */
    public static final Subject GATEWAY = new Subject(null, null, null, null);

    /** Returns a route. */
    public static Subject route(String name) {
        return new Subject(name, null, null, null);
    }
}
