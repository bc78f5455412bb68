package gateway.registry;

import java.util.Comparator;

/**
 * Which backend: one instance of a service, at one URL. No two backends of a list have the same name and URL.
 *
 * @param name the service's full name, from {@link #fullName}
 * @param url the URL at which the instance listens, as text
 */
public record BackendId(String name, String url) implements Comparable<BackendId> {
    private static final Comparator<BackendId> ORDER =
            Comparator.comparing(BackendId::name).thenComparing(BackendId::url);

    /**
     * Returns the name that tells a service from those of other routes: {@code orders} in the default route, {@code
     * shop/orders} in another. So the list that gateways share has the names that it had before there were routes.
     */
    public static String fullName(String route, String name) {
        return route.equals(Service.DEFAULT_ROUTE) ? name : route + "/" + name;
    }

    @Override
    public int compareTo(BackendId other) {
        return ORDER.compare(this, other);
    }
}
