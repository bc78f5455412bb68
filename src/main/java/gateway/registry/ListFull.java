package gateway.registry;

/** There are as many services as there may be. */
public final class ListFull extends RuntimeException {
    private static final long serialVersionUID = 1;

    /** @param most how many there may be */
    ListFull(int most) {
        super("There are " + most + " services, as many as there may be");
    }
}
