package gateway.registry;

import gateway.net.ServiceUrl;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A registered instance of a service. Several instances may have the same name: all of them serve.
 *
 * @param route the route whose requests it gets
 * @param name the service's name: {@link #NAME_FORM}
 * @param url the URL at which the instance listens
 * @param lease how long it stays in the list without renewal; empty if until it is deleted
 * @param instance the id that the instance gave itself, of the same form as a name; empty if its URL is its id. An
 * instance that registers with the same id and another URL has moved there
 * @param weight how many requests it gets in proportion to the others, 0 to {@link #MOST_WEIGHT}; 0 drains it. Empty
 * leaves that of one that is in the list, and is 1 for a new one
 * @param health how it is checked; empty leaves that of one that is in the list, and is the route's for a new one
 */
public record Service(
        String route,
        String name,
        ServiceUrl url,
        Optional<Duration> lease,
        Optional<String> instance,
        Optional<Integer> weight,
        Optional<HealthCheck> health) {
    /** The route of services that name none. */
    public static final String DEFAULT_ROUTE = "default";

    /** The largest weight. */
    public static final int MOST_WEIGHT = 1000;

    /** The shortest lease. */
    public static final Duration SHORTEST_LEASE = Duration.ofSeconds(1);

    /** The longest lease. */
    public static final Duration LONGEST_LEASE = Duration.ofHours(24);

    /** The rule for names and for ids of instances, for messages. */
    public static final String NAME_FORM =
            "1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST_NAME = 64;

    /** Makes an instance of the default route whose URL is its id. */
    public Service(String name, ServiceUrl url, Optional<Duration> lease) {
        this(name, url, lease, Optional.empty());
    }

    /** Makes an instance of the default route. */
    public Service(String name, ServiceUrl url, Optional<Duration> lease, Optional<String> instance) {
        this(DEFAULT_ROUTE, name, url, lease, instance, Optional.empty(), Optional.empty());
    }

    /** Returns which backend it is. */
    public BackendId id() {
        return new BackendId(BackendId.fullName(route, name), url.toString());
    }

    /** Returns this service with the weight and the check of a backend where it says none. */
    Service completedBy(Backend backend) {
        return new Service(
                route,
                name,
                url,
                lease,
                instance,
                weight.or(() -> Optional.of(backend.weight())),
                health.or(backend::health));
    }

    /** Returns whether the text is a valid name of a service, or id of an instance. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Returns an instance's id as the list has it: a URL in its normal form, and any other text unchanged. */
    public static String instanceId(String text) {
        try {
            return ServiceUrl.parse(text).toString();
        } catch (IllegalArgumentException e) { // an id that the instance gave itself
            return text;
        }
    }

    /** Returns a service that the settings list, for the default route. */
    public static Service configured(ServiceUrl url) {
        return configured(DEFAULT_ROUTE, url, Optional.empty());
    }

    /**
     * Returns a service that the settings or a route's configuration list: named after its host and port, and in the
     * list until it is deleted.
     */
    public static Service configured(String route, ServiceUrl url, Optional<Integer> weight) {
        String host = url.host().contains(":") ? "ipv6-" + url.host().replace(':', '-') : url.host();
        String suffix = "-" + url.port();
        String shortened = host.substring(0, Math.min(host.length(), LONGEST_NAME - suffix.length()));
        return new Service(
                route, shortened + suffix, url, Optional.empty(), Optional.empty(), weight, Optional.empty());
    }
}
