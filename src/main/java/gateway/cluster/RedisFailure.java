package gateway.cluster;

import gateway.settings.InvalidSettings;
import gateway.util.Durations;
import java.net.ConnectException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.regex.Pattern;
import javax.net.ssl.SSLException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Redis didn't do what it was asked for; the message says why, in words that hold no password. */
final class RedisFailure extends Exception {
    private static final long serialVersionUID = 1;

    /**
     * Where in a script it happened, before what happened (Redis 6) or behind it (7); and what it was asked for, which may be
     * a password that it didn't take for one.
     */
    private static final Pattern DETAILS = Pattern.compile(
            "^ERR Error running script \\([^)]*\\): |@user_script: ?\\d+: |(, with args| script: ).*", Pattern.DOTALL);

    private final boolean general;

    RedisFailure(String words) {
        this(words, true);
    }

    /** Told on the way of a request: its stack is nobody's business and would cost more than the request. */
    private RedisFailure(String words, boolean general) {
        super(words, null, false, false);
        this.general = general;
    }

    /** The same once more, told to those who ask within a moment after it. */
    RedisFailure remembered() {
        return new RedisFailure(getMessage(), false);
    }

    /** Whether it may mean that Redis has failed altogether, rather than for one key, or that it wasn't asked at all. */
    boolean isGeneral() {
        return general;
    }

    /** What a failure of Jedis means. */
    static RedisFailure of(Throwable failure, Duration timeout) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof SocketTimeoutException) {
                return silent(timeout);
            }
            if (cause instanceof ConnectException) {
                return new RedisFailure("connection refused");
            }
            if (cause instanceof SocketException) {
                return new RedisFailure("the connection broke: " + cause.getMessage());
            }
            if (cause instanceof UnknownHostException) {
                return new RedisFailure("unknown host");
            }
            if (cause instanceof SSLException) {
                return new RedisFailure("TLS failed: " + cause.getMessage());
            }
            if (cause instanceof JedisDataException) { // what Redis itself answered
                String answer = String.valueOf(cause.getMessage());
                return new RedisFailure(saidBy(answer), !answer.contains("WRONGTYPE")); // somebody else's key
            }
        }
        String words = String.valueOf(failure.getMessage());
        boolean ended = words.startsWith("Unexpected end of stream"); // Jedis's words for a regular end
        return new RedisFailure(ended ? "the connection broke: it was ended" : words);
    }

    /** Of a host with several addresses, Jedis tries each and keeps their failures as suppressed ones. */
    private static Throwable next(Throwable failure) {
        return failure.getCause() == null && failure.getSuppressed().length > 0
                ? failure.getSuppressed()[0]
                : failure.getCause();
    }

    /** With what a gateway gives up that must not start without Redis. */
    static InvalidSettings atTheStart(Redis redis, String words) {
        return new InvalidSettings(List.of("GATEWAY_REDIS_URL: Redis at " + redis + " can't be used: " + words
                + "; mend that, or let the gateway start without it: GATEWAY_REDIS_REQUIRED=false"));
    }

    /** No answer came in time. */
    static RedisFailure silent(Duration timeout) {
        return new RedisFailure("no answer within " + Durations.text(timeout));
    }

    private static String saidBy(String answer) {
        if (answer.startsWith("NOAUTH")) {
            return "it asks for a password";
        }
        if (answer.startsWith("WRONGPASS")) {
            return "user or password is wrong";
        }
        if (answer.startsWith("MOVED")) {
            return "it is a node of a cluster; name several of its nodes";
        }
        return "it answered " + DETAILS.matcher(answer).replaceAll("");
    }
}
