package gateway.settings;

import gateway.settings.RedisUrl.Node;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads the URL of Redis Sentinels: {@code redis+sentinel://[user:password@]host:port,host:port/name[/db]}. */
final class SentinelUrl {
    static final String FORM =
            "expected redis+sentinel://[user:password@]host:port,host:port/NAME[/db] with the master's"
                    + " NAME at the sentinels, rediss+sentinel:// for TLS; like redis+sentinel://localhost:26379/mymaster";

    private static final int PORT = 26379;
    private static final Pattern URL = Pattern.compile(
            "(?<scheme>rediss?)\\+sentinel://(?:(?<user>[^:@/]*)(?::(?<password>[^@/]*))?@)?"
                    + "(?<hosts>[^/@?#]+)(?:/(?<name>[A-Za-z0-9._-]*)(?:/(?<db>\\d{0,4}))?)?(?:\\?db=(?<query>\\d{1,4}))?");

    private SentinelUrl() {}

    /** Returns whether a text is, or was meant to be, the URL of sentinels: other clients know other schemes. */
    static boolean isOne(String text) {
        return text.matches("(?s)[a-z+-]*sentinel://.*");
    }

    /**
     * Reads a URL; its user and password are the master's.
     *
     * @throws IllegalArgumentException with what is expected, without any part of the URL, if the text can't be used
     */
    static RedisUrl parse(String text) {
        Matcher parts = URL.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(FORM);
        }
        String name = parts.group("name");
        if (name == null || name.isEmpty()) {
            throw new IllegalArgumentException("the master's name at the sentinels is missing; " + FORM);
        }
        List<Node> nodes = Arrays.stream(parts.group("hosts").split(",", -1))
                .map(host -> RedisUrl.node(host.strip(), PORT, FORM))
                .distinct()
                .toList();
        return new RedisUrl(
                parts.group("scheme").equals("rediss"),
                nodes,
                RedisUrl.decoded(parts.group("user")),
                RedisUrl.decoded(parts.group("password")),
                database(parts.group("db"), parts.group("query")),
                Optional.of(new SentinelAccess(name, Optional.empty(), Optional.empty())));
    }

    private static int database(String inPath, String inQuery) {
        int path = inPath == null || inPath.isEmpty() ? -1 : Integer.parseInt(inPath);
        int query = inQuery == null ? -1 : Integer.parseInt(inQuery);
        if (path >= 0 && query >= 0 && path != query) {
            throw new IllegalArgumentException("expected one database, not two");
        }
        return Math.max(0, Math.max(path, query));
    }
}
