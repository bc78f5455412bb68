package gateway.settings;

import gateway.net.HostName;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The URL of Redis: one node, several nodes of a Redis Cluster, or Redis Sentinels. Its text leaves out the user and the
 * password, so that it can be logged and shown.
 *
 * @param tls whether to connect with TLS ({@code rediss://})
 * @param nodes at least one: the sentinels if there are any; else several nodes mean a cluster, whose other nodes they
 * are asked for
 * @param user the user; empty for Redis's default user
 * @param password the password; empty if none is sent
 * @param database the database's number, always 0 for a cluster
 * @param sentinel how the sentinels are asked; empty if the nodes aren't sentinels
 */
public record RedisUrl(
        boolean tls,
        List<Node> nodes,
        Optional<String> user,
        Optional<String> password,
        int database,
        Optional<SentinelAccess> sentinel) {
    /** The format that {@link #parse} accepts, for messages. */
    public static final String FORM =
            "expected redis://[user:password@]host:port[/db], rediss:// for TLS; several, comma-separated, for a cluster;"
                    + " redis+sentinel://host:port,host:port/NAME for sentinels; like redis://localhost:6379";

    private static final int PORT = 6379;
    private static final Pattern URL =
            Pattern.compile("(?<scheme>rediss?)://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
                    + "(?<node>[^/@]*)(?:/(?<db>\\d{0,4}))?");
    private static final Pattern NODE =
            Pattern.compile("(?<host>\\[[0-9A-Fa-f:.]+]|[A-Za-z0-9._-]+)(?::(?<port>\\d{1,5}))?");

    /** A server. */
    public record Node(String host, int port) {
        /** Returns {@code host:port}, with brackets round IPv6. */
        @Override
        public String toString() {
            return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
        }
    }

    /**
     * Reads one URL, or several separated by commas. User and password may be percent-encoded; those of the first URL
     * are used for all.
     *
     * @throws IllegalArgumentException with what is expected, without any part of the URL, if the text can't be used
     */
    public static RedisUrl parse(String text) {
        if (SentinelUrl.isOne(text.strip())) {
            return SentinelUrl.parse(text.strip());
        }
        List<RedisUrl> urls = all(text.split(","));
        if (urls.isEmpty()) { // nothing but commas
            throw new IllegalArgumentException(FORM);
        }
        RedisUrl first = urls.get(0);
        for (RedisUrl other : urls.subList(1, urls.size())) {
            if (other.tls != first.tls) {
                throw new IllegalArgumentException("expected rediss:// for all nodes of a cluster, or for none");
            }
            if (other.password.isPresent()
                    && !(other.password.equals(first.password) && other.user.equals(first.user))) {
                throw new IllegalArgumentException("expected the same user and password for all nodes of a cluster");
            }
        }
        if (urls.size() > 1 && urls.stream().anyMatch(url -> url.database != 0)) {
            throw new IllegalArgumentException("a cluster has only database 0");
        }
        List<Node> nodes = urls.stream().map(url -> url.nodes.get(0)).distinct().toList();
        return new RedisUrl(first.tls, nodes, first.user, first.password, first.database, Optional.empty());
    }

    /** Reads each URL. The messages of those that can't be used say which one it is by its number, since it may be secret. */
    private static List<RedisUrl> all(String[] texts) {
        List<RedisUrl> urls = new ArrayList<>();
        List<String> problems = new ArrayList<>();
        for (int i = 0; i < texts.length; i++) {
            try {
                urls.add(one(texts[i].strip()));
            } catch (IllegalArgumentException e) {
                problems.add((texts.length > 1 ? "URL " + (i + 1) + ": " : "") + e.getMessage());
            }
        }
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException(String.join("; ", problems));
        }
        return urls;
    }

    private static RedisUrl one(String text) {
        Matcher parts = URL.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(FORM);
        }
        String database = parts.group("db");
        return new RedisUrl(
                parts.group("scheme").equals("rediss"),
                List.of(node(parts.group("node"), PORT, FORM)),
                decoded(parts.group("user")),
                decoded(parts.group("password")),
                database == null || database.isEmpty() ? 0 : Integer.parseInt(database),
                Optional.empty());
    }

    /** Reads {@code host[:port]}; if it can't be read, the message is {@code expected}. */
    static Node node(String text, int defaultPort, String expected) {
        Matcher parts = NODE.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(expected);
        }
        String host = parts.group("host");
        boolean bracketed = host.startsWith("[");
        int port = parts.group("port") == null ? defaultPort : Integer.parseInt(parts.group("port"));
        if (port < 1 || port > 65535) {
            throw new IllegalArgumentException("expected a port from 1 to 65535");
        }
        return new Node(bracketed ? host.substring(1, host.length() - 1) : HostName.checked(host), port);
    }

    static Optional<String> decoded(String text) {
        if (text == null || text.isEmpty()) {
            return Optional.empty();
        }
        try { // keep plus signs: this isn't form encoding
            return Optional.of(URLDecoder.decode(text.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException("write a % in the user or password as %25");
        }
    }

    /** Returns whether there are several nodes that aren't sentinels. */
    public boolean isCluster() {
        return nodes.size() > 1 && sentinel.isEmpty();
    }

    /** Returns the same URL with a user and a password for the sentinels, if these are sentinels. */
    RedisUrl withSentinelAccess(Optional<String> sentinelUser, Optional<String> sentinelPassword) {
        return new RedisUrl(
                tls,
                nodes,
                user,
                password,
                database,
                sentinel.map(access -> new SentinelAccess(access.master(), sentinelUser, sentinelPassword)));
    }

    /** Returns the same as {@link #toString}, and whether there is a user or a password. */
    String shown() {
        return user.isPresent() || password.isPresent() ? this + " (user and password not shown)" : toString();
    }

    /** Returns scheme, nodes, the master's name and database; never the user or the password. */
    @Override
    public String toString() {
        String where = nodes.stream().map(Node::toString).collect(Collectors.joining(","));
        String scheme = (tls ? "rediss" : "redis") + (sentinel.isPresent() ? "+sentinel://" : "://");
        String master = sentinel.map(access -> "/" + access.master()).orElse("");
        return scheme + where + master + (database == 0 ? "" : "/" + database);
    }
}
