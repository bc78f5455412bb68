package gateway.settings;

import gateway.util.Durations;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * How several gateways share a limit and a list of services through Redis.
 *
 * @param url the URL of Redis
 * @param prefix the prefix of all keys, 1 to 64 characters
 * @param timeout how long Redis may take to answer
 * @param maxWait how long a request waits at most, also for its turn; not below the timeout
 * @param fallback how requests are limited while Redis can't be reached
 * @param required whether to exit if Redis can't be reached at the start
 */
public record RedisSettings(
        RedisUrl url, String prefix, Duration timeout, Duration maxWait, Fallback fallback, boolean required) {
    private static final int TIMEOUTS_TO_WAIT = 4;

    /** Makes settings with the default of what a request waits at most. */
    public RedisSettings(RedisUrl url, String prefix, Duration timeout, Fallback fallback, boolean required) {
        this(url, prefix, timeout, defaultMaxWait(timeout), fallback, required);
    }

    /** How requests are limited while Redis can't be reached. */
    public enum Fallback {
        /** By this gateway's memory, to its share: the limit divided by the number of gateways, rounded up. */
        DIVIDE,
        /** By this gateway's memory, to the whole limit. */
        LOCAL,
        /** Not at all. */
        OPEN,
        /** All requests are refused. */
        CLOSED;

        /** Returns the name in settings and in JSON. */
        public String word() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    static final Setting<Optional<RedisUrl>> URL = Setting.secret(
            "GATEWAY_REDIS_URL",
            "",
            "Redis that gateways share: redis://[user:password@]host:port[/db]" + " or redis+sentinel://host,host/name",
            text -> text.isBlank() ? Optional.empty() : Optional.of(RedisUrl.parse(text)),
            text -> RedisUrl.parse(text).shown());
    static final Setting<Optional<String>> SENTINEL_USER = new Setting<>(
            "GATEWAY_REDIS_SENTINEL_USER", "", "user at the sentinels, if they have users", RedisSettings::optional);
    static final Setting<Optional<String>> SENTINEL_PASSWORD = Setting.secret(
            "GATEWAY_REDIS_SENTINEL_PASSWORD",
            "",
            "password that the sentinels require; Redis's own is in the URL",
            RedisSettings::optional);
    static final Setting<String> PREFIX =
            new Setting<>("GATEWAY_REDIS_PREFIX", "gateway", "prefix of all keys in Redis", RedisSettings::prefix);
    static final Setting<Duration> TIMEOUT =
            Setting.duration("GATEWAY_REDIS_TIMEOUT", "50ms", "5ms", "10s", "how long Redis may take to answer");
    static final Setting<Optional<Duration>> MAX_WAIT = Setting.optional(Setting.duration(
            "GATEWAY_REDIS_MAX_WAIT",
            "200ms",
            "5ms",
            "1m",
            "how long a request waits at most for a decision by Redis; none for four times the timeout"));
    static final Setting<Fallback> FALLBACK = new Setting<>(
            "GATEWAY_REDIS_FALLBACK",
            "divide",
            "the limit without Redis: divide (by gateways), local, open or closed",
            RedisSettings::fallback);
    static final Setting<Boolean> REQUIRED =
            Setting.yesOrNo("GATEWAY_REDIS_REQUIRED", "whether to exit if Redis can't be reached at the start");

    static final List<Setting<?>> ALL =
            List.of(URL, SENTINEL_USER, SENTINEL_PASSWORD, PREFIX, TIMEOUT, MAX_WAIT, FALLBACK, REQUIRED);

    /**
     * Reads the settings; empty if there is no URL. The others are read all the same, so that invalid ones are
     * reported.
     */
    static Optional<RedisSettings> read(SettingsReader reader) {
        Optional<RedisUrl> url = withSentinelAccess(reader, reader.read(URL));
        String prefix = reader.read(PREFIX);
        Duration timeout = reader.read(TIMEOUT);
        Duration maxWait = reader.read(MAX_WAIT).orElse(defaultMaxWait(timeout));
        Fallback fallback = reader.read(FALLBACK);
        boolean required = reader.read(REQUIRED);
        if (required && url.isEmpty() && reader.text(URL).isBlank()) {
            reader.report(REQUIRED, "true", "has no effect without " + URL.name() + "; set that, too");
        }
        if (maxWait.compareTo(timeout) < 0) {
            reader.report(
                    MAX_WAIT,
                    reader.text(MAX_WAIT),
                    "expected " + Durations.text(timeout) + " or longer, as " + TIMEOUT.name()
                            + " is: else no request would see an answer that comes just in time");
        }
        return url.map(where -> new RedisSettings(where, prefix, timeout, maxWait, fallback, required));
    }

    private static Optional<RedisUrl> withSentinelAccess(SettingsReader reader, Optional<RedisUrl> url) {
        Optional<String> user = reader.read(SENTINEL_USER);
        Optional<String> password = reader.read(SENTINEL_PASSWORD);
        if (user.isPresent() && password.isEmpty()) {
            reader.report(
                    SENTINEL_USER, user.get(), "has no effect without " + SENTINEL_PASSWORD.name() + "; set that, too");
        }
        boolean without = url.map(RedisUrl::sentinel)
                .map(Optional::isEmpty)
                .orElse(reader.text(URL).isBlank());
        if (password.isPresent() && without) {
            reader.report(
                    SENTINEL_PASSWORD,
                    password.get(),
                    "has no effect unless " + URL.name() + " begins with redis+sentinel:// or rediss+sentinel://");
        }
        return url.map(where -> where.withSentinelAccess(user, password));
    }

    private static Optional<String> optional(String text) {
        return Optional.of(text).filter(some -> !some.isBlank());
    }

    private static Duration defaultMaxWait(Duration timeout) {
        return timeout.multipliedBy(TIMEOUTS_TO_WAIT);
    }

    /** Accepts no braces, since a cluster distributes keys by the part between braces. */
    private static String prefix(String text) {
        if (!text.strip().matches("[A-Za-z0-9._:-]{1,64}")) {
            throw new IllegalArgumentException("expected 1 to 64 letters, digits, dots, colons, dashes or underscores");
        }
        return text.strip();
    }

    private static Fallback fallback(String text) {
        for (Fallback fallback : Fallback.values()) {
            if (fallback.word().equals(text.strip())) {
                return fallback;
            }
        }
        throw new IllegalArgumentException("expected divide, local, open or closed");
    }
}
