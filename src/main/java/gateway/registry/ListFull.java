package gateway.registry;

/** Thrown when a service would be one more than the list may hold. */
public final class ListFull extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param most how many services the list may hold */
    ListFull(int most) {
        super("The list holds " + most + " services, the most that it may hold");
    }
}
