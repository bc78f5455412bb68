package gateway.registry;

import java.util.Comparator;

/**
 * Which backend: one instance of a service, at one URL. No two backends of a list have the same name and URL.
 *
 * @param name the service's name
 * @param url the URL at which the instance listens, as text
 */
public record BackendId(String name, String url) implements Comparable<BackendId> {
    private static final Comparator<BackendId> ORDER =
            Comparator.comparing(BackendId::name).thenComparing(BackendId::url);

    @Override
    public int compareTo(BackendId other) {
        return ORDER.compare(this, other);
    }
}
