package gateway.settings;

import java.util.regex.Pattern;

/**
 * The variables by which Kubernetes and Docker's links tell a container of a service: {@code
 * GATEWAY_PORT=tcp://10.0.0.11:8000}, {@code GATEWAY_SERVICE_HOST}, {@code GATEWAY_PORT_8000_TCP_ADDR} and others tell of
 * one that is named gateway. Nobody who deploys has set them, and they aren't meant as settings.
 */
final class ServiceLinks {
    private static final Pattern NAME =
            Pattern.compile(".+_SERVICE_(HOST|PORT(_.+)?)|.+_PORT_\\d+_(TCP|UDP|SCTP)(_(PROTO|PORT|ADDR))?");
    private static final Pattern PORT = Pattern.compile(".+_PORT");
    private static final Pattern URL = Pattern.compile("(tcp|udp|sctp)://.*");

    private ServiceLinks() {}

    /** Returns whether a variable is one of them. */
    static boolean isOne(String name, String value) {
        return NAME.matcher(name).matches()
                || PORT.matcher(name).matches() && URL.matcher(value).matches();
    }
}
