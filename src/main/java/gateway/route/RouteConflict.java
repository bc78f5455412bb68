package gateway.route;

/** Thrown for a change by the API that other routes don't allow. */
public final class RouteConflict extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param message what stands against it, and what to do */
    RouteConflict(String message) {
        super(message);
    }
}
