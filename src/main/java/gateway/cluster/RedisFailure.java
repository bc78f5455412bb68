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
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import redis.clients.jedis.exceptions.JedisDataException;

/** Thrown when a call to Redis failed; the message says why, and never holds a password. */
final class RedisFailure extends Exception {
    /** What is said of a connection that was closed regularly, by Redis or whoever stands there. */
    static final String ENDED = "Redis closed the connection";

    private static final long serialVersionUID = 1;

    /**
     * The parts of an error answer to leave out: the place in the script, which comes first in Redis 6 and last in 7;
     * and the arguments of the command, among which may be a password.
     */
    private static final Pattern DETAILS = Pattern.compile(
            "^ERR Error running script \\([^)]*\\): |@user_script: ?\\d+: |(, with args| script: ).*", Pattern.DOTALL);

    private final boolean general;

    RedisFailure(String words) {
        this(words, true);
    }

    /** Makes a failure without a stack trace, which would cost more than the request. */
    private RedisFailure(String words, boolean general) {
        super(words, null, false, false);
        this.general = general;
    }

    /** Returns a failure of one of the nodes of a cluster: the keys of others may well get answers. */
    static RedisFailure ofOneNode(String words) {
        return new RedisFailure(words, false);
    }

    /** Returns whether Redis as a whole may have failed; false if only some keys are concerned. */
    boolean isGeneral() {
        return general;
    }

    /** Translates a failure of Jedis. */
    static RedisFailure of(Throwable failure, Duration timeout) {
        for (Throwable cause = failure; cause != null; cause = next(cause)) {
            if (cause instanceof SocketTimeoutException) {
                return timedOut(timeout);
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
            if (cause instanceof ClassCastException || cause instanceof NullPointerException) { // in Jedis
                return new RedisFailure("it doesn't answer as Redis does");
            }
            if (cause instanceof JedisDataException) { // an error answer of Redis
                String answer = String.valueOf(cause.getMessage());
                return new RedisFailure(saidBy(answer), !concernsKeys(answer));
            }
        }
        String words = String.valueOf(failure.getMessage());
        boolean ended =
                words.startsWith("Unexpected end of stream"); // Jedis's text for a connection that was closed regularly
        return new RedisFailure(ended ? ENDED : words);
    }

    /**
     * Returns whether an error answer concerns only the keys of its call: one of them is another application's, or some of
     * them have moved to another node of a cluster already and some haven't.
     */
    private static boolean concernsKeys(String answer) {
        return answer.contains("WRONGTYPE") || answer.startsWith("TRYAGAIN");
    }

    /** Returns whether the reason is that an answer didn't come in time. */
    static boolean isTimeout(Throwable failure) {
        return Stream.iterate(failure, cause -> cause != null, RedisFailure::next)
                .anyMatch(SocketTimeoutException.class::isInstance);
    }

    /** Returns whether an error answer says that the user may not do this. */
    static boolean isForbidden(JedisDataException answer) {
        return String.valueOf(answer.getMessage()).startsWith("NOPERM");
    }

    /** Returns whether an error answer says that the node is a replica. Redis 6 says so in the middle of the text. */
    static boolean isOfReplica(JedisDataException answer) {
        return String.valueOf(answer.getMessage()).contains("READONLY ");
    }

    /**
     * Returns the next failure to look at. For a host with several addresses, Jedis keeps the failure of each as a
     * suppressed one.
     */
    private static Throwable next(Throwable failure) {
        return failure.getCause() == null && failure.getSuppressed().length > 0
                ? failure.getSuppressed()[0]
                : failure.getCause();
    }

    /** Returns the error for a gateway that must not start without Redis. */
    static InvalidSettings atStart(Redis redis, String words) {
        return new InvalidSettings(List.of("GATEWAY_REDIS_URL: Redis at " + redis + " can't be used: " + words
                + "; fix this, or let the gateway start without Redis: GATEWAY_REDIS_REQUIRED=false"));
    }

    /** Returns the failure for an answer that didn't come in time. */
    static RedisFailure timedOut(Duration timeout) {
        return new RedisFailure("no answer within " + Durations.text(timeout));
    }

    private static String saidBy(String answer) {
        if (answer.startsWith("NOAUTH")) {
            return "it requires a password";
        }
        if (answer.startsWith("WRONGPASS")) {
            return "wrong user or password";
        }
        if (answer.startsWith("MOVED")) {
            return "it is a node of a cluster; name several of its nodes";
        }
        String words = "it answered " + DETAILS.matcher(answer).replaceAll("");
        boolean noScripts = answer.matches("(?is)ERR unknown command .(evalsha|select)\\b.*");
        return noScripts ? words + "; if it is a Sentinel, write redis+sentinel://host:port/NAME" : words;
    }
}
