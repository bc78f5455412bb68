package gateway.settings;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * Where Redis is: one node, or several of a Redis Cluster. Its text leaves out the user and the password, so that it
 * can be logged and shown.
 *
 * @param tls whether to connect with TLS ({@code rediss://})
 * @param nodes at least one; several mean a cluster, of which these are asked for the others
 * @param user empty means Redis's default user
 * @param password empty means that none is sent
 * @param database 0 but for a single node
 */
public record RedisUrl(boolean tls, List<Node> nodes, Optional<String> user, Optional<String> password, int database) {
    /** What {@link #parse} takes, for messages. */
    public static final String FORM =
            "expected redis://[user:password@]host:port[/db], rediss:// for TLS; several, comma-separated, for a cluster";

    private static final int PORT = 6379;
    private static final Pattern URL =
            Pattern.compile("(?<scheme>rediss?)://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
                    + "(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::(?<port>\\d{1,5}))?(?:/(?<db>\\d{0,4}))?");

    /** One server. */
    public record Node(String host, int port) {
        /** {@code host:port}, with brackets round IPv6. */
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * Reads one URL, or several with commas between them. A user and a password may be percent-encoded; those of the
     * first URL hold for all.
     *
     * @throws IllegalArgumentException with what is expected, in words without any part of the URL, if it isn't one
     */
    public static RedisUrl parse(String text) {
        List<RedisUrl> urls = Arrays.stream(text.split(","))
                .map(String::strip)
                .map(RedisUrl::one)
                .toList();
        if (urls.isEmpty()) { // nothing but commas
            throw new IllegalArgumentException(FORM);
        }
        RedisUrl first = urls.get(0);
        for (RedisUrl other : urls.subList(1, urls.size())) {
            if (other.tls != first.tls) {
                throw new IllegalArgumentException("either all nodes of a cluster have rediss:// or none");
            }
            if (other.password.isPresent()
                    && !(other.password.equals(first.password) && other.user.equals(first.user))) {
                throw new IllegalArgumentException("all nodes of a cluster have the user and password of the first");
            }
        }
        if (urls.size() > 1 && urls.stream().anyMatch(url -> url.database != 0)) {
            throw new IllegalArgumentException("a cluster has no database but 0");
        }
        List<Node> nodes = urls.stream().map(url -> url.nodes.get(0)).distinct().toList();
        return new RedisUrl(first.tls, nodes, first.user, first.password, first.database);
    }

    private static RedisUrl one(String text) {
        Matcher parts = URL.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(FORM);
        }
        String host = parts.group("host");
        int port = parts.group("port") == null ? PORT : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("expected a port from 1 to 65535");
        }
        String database = parts.group("db");
        return new RedisUrl(
                parts.group("scheme").equals("rediss"),
                List.of(new Node(host.startsWith("[") ? host.substring(1, host.length() - 1) : host, port)),
                decoded(parts.group("user")),
                decoded(parts.group("password")),
                database == null || database.isEmpty() ? 0 : Integer.parseInt(database));
    }

    private static Optional<String> decoded(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try { // a plus is a plus: this isn't a form
            return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("a % in the user or password must be written as %25");
        }
    }

    /** Whether there are several nodes. */
    public boolean isCluster() {
        return nodes.size() > 1;
    }

    /** Scheme, nodes and database; never the user or the password. */
    @Override
    public String toString() {
        String where = nodes.stream().map(Node::toString).collect(Collectors.joining(","));
        return (tls ? "rediss://" : "redis://") + where + (database == 0 ? "" : "/" + database);
    }
}
