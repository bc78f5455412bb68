package gateway.registry;

import gateway.net.ServiceUrl;
import java.time.Duration;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * A registered service.
 *
 * @param name its id: {@link #NAME_FORM}
 * @param url the URL at which it listens
 * @param lease how long it stays in the list without renewal; empty if until it is deleted
 */
public record Service(String name, ServiceUrl url, Optional<Duration> lease) {
    /** The rule for names, for messages. */
    public static final String NAME_FORM =
            "1 to 64 letters, digits, dots, dashes or underscores, the first a letter or digit";

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,63}");
    private static final int LONGEST_NAME = 64;

    /** Returns whether the text is a valid name of a service. */
    public static boolean isName(String text) {
        return NAME.matcher(text).matches();
    }

    /** Returns a service that the settings list: named after its host and port, and in the list until it is deleted. */
    public static Service configured(ServiceUrl url) {
        String host = url.host().contains(":") ? "ipv6-" + url.host().replace(':', '-') : url.host();
        String suffix = "-" + url.port();
        String shortened = host.substring(0, Math.min(host.length(), LONGEST_NAME - suffix.length()));
        return new Service(shortened + suffix, url, Optional.empty());
    }
}
