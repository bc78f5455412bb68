package gateway.events;

/**
 * Who made something happen.
 *
 * @param word stable, for JSON: {@code gateway}, {@code service}, {@code operator}, {@code other-gateway} or {@code file}
 * @param address the IP address from which it was asked for; null if nobody asked for it
 */
public record Who(String word, String address) {
    /** This gateway itself, by what it found. */
    public static final Who GATEWAY = new Who("gateway", null);

    /** Another gateway, through what they share. */
    public static final Who OTHER_GATEWAY = new Who("other-gateway", null);

    /** Whoever has changed a file that the gateway watches. */
    public static final Who FILE = new Who("file", null);

    /** Returns a service that asks for something itself. */
    public static Who service(String address) {
        return new Who("service", address);
    }

    /** Returns an operator: whoever is admitted and isn't a service that speaks of itself. */
    public static Who operator(String address) {
        return new Who("operator", address);
    }
}
