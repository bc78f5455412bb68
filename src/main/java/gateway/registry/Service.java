package gateway.registry;

import gateway.net.ServiceUrl;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * What registered: a name, where it listens, and how long that holds.
 *
 * @param name the id, {@link #NAME_FORM}
 * @param url where it listens
 * @param lease how long it stays without renewing; empty means until it is deleted
 */
public record Service(String name, ServiceUrl url, Optional<Duration> lease) {
    /** What a name may look like, for messages. */
    public static final String NAME_FORM =
            "1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST_NAME = 64;

    /** Whether the text can be a service's name. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** A service known from the settings: named after its host and port, there until deleted. */
    public static Service configured(ServiceUrl url) {
        String host = url.host().contains(":") ? "ipv6-" + url.host().replace(':', '-') : url.host();
        String suffix = "-" + url.port();
        String shortened = host.substring(0, Math.min(host.length(), LONGEST_NAME - suffix.length()));
        return new Service(shortened + suffix, url, Optional.empty());
    }
}
