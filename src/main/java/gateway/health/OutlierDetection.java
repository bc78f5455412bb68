package gateway.health;

import gateway.events.EventKind;
import gateway.registry.Backend;
import gateway.registry.HealthCheck;
import gateway.registry.ServiceList;
import gateway.registry.Vitals;
import gateway.util.Durations;
import gateway.util.Stalls;
import gateway.util.Time;
import java.time.Duration;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ejects backends by what live requests meet: at once if a connection is refused, else after {@value
 * #FAILURES_IN_A_ROW} requests in a row without an answer; {@link gateway.registry.Vitals#answered} resets that count.
 * Good checks bring an ejected backend back, but after failed requests only once its ejection is over: 5 seconds at
 * first, twice as long each time, a minute at most. A backend whose checks are off comes back with the end of its
 * ejection, a refused connection's too.
 *
 * <p>The last available backend is never ejected for slow or failed answers: a poor backend is better than none. A
 * backend that can't be reached is ejected even if it is the last, since requests sent there can't succeed; unless its
 * checks are off: then only requests can tell when it is back.
 *
 * <p>Connecting that takes too long is no proof of that: a server with more to do than it can accept drops new
 * connections, too. For that the last one isn't ejected, nor is any whose last check was good; the check is repeated at
 * once instead.
 */
public final class OutlierDetection {
    /** How a request failed to get an answer. */
    public enum Failure {
        /** The connection was refused: nothing listens there. */
        REFUSED,
        /** There was no connection for another reason: no route, unknown host. */
        UNREACHABLE,
        /** There was no connection in time. */
        CONNECTING_TIMED_OUT,
        /** The request was sent, but no complete, valid answer came in time. */
        NO_ANSWER
    }

    private static final Logger LOG = LoggerFactory.getLogger(OutlierDetection.class);

    private static final int FAILURES_IN_A_ROW = 5;
    private static final Duration FIRST_EJECTION = Duration.ofSeconds(5);
    private static final Duration LONGEST_EJECTION = Duration.ofSeconds(60);

    /** For how long after a stall of this process failures may come of it: the timeouts that ran out meanwhile. */
    private static final Duration ECHO = Duration.ofSeconds(1);

    private final StatusChanges changes;
    private final Function<Backend, HealthCheck> kinds;
    private final Stalls stalls;
    private final Time time;

    /**
     * @param kinds says how a service is checked
     * @param stalls failures that come of a stall of this process don't count in a row
     */
    public OutlierDetection(ServiceList services, Function<Backend, HealthCheck> kinds, Stalls stalls, Time time) {
        this.changes = new StatusChanges(services, EventKind.EJECTED);
        this.kinds = kinds;
        this.stalls = stalls;
        this.time = time;
    }

    /**
     * Handles a request that got no answer.
     *
     * @param words what happened, for the log and the list
     */
    public void failed(Backend backend, Failure failure, String words) {
        backend.load().countFailure();
        if (failure == Failure.REFUSED) {
            if (!isChecked(backend)) {
                ejectTemporarily(backend, words, false);
            } else if (changes.eject(backend, words, true)) {
                backend.vitals().nextCheck(time.nanos());
            }
            return;
        }
        if (stalls.endedSince(time.nanos() - ECHO.toNanos())) {
            return;
        }
        int inARow = backend.vitals().failed();
        if (failure == Failure.CONNECTING_TIMED_OUT && backend.checks().lastWasGood()) {
            if (inARow == FAILURES_IN_A_ROW) { // once, not for each request of a flood
                backend.vitals().nextCheck(time.nanos());
            }
            return;
        }
        if (inARow >= FAILURES_IN_A_ROW) {
            ejectTemporarily(
                    backend,
                    inARow + " requests in a row without an answer: " + words,
                    failure == Failure.UNREACHABLE && isChecked(backend));
        }
    }

    private boolean isChecked(Backend backend) {
        return kinds.apply(backend).kind() != HealthCheck.Kind.OFF;
    }

    /**
     * Ejects a backend for a while, in one step: checks, and the timer for those without, find it unhealthy and readmit it
     * unless they see when its ejection ends, for which they need the same monitor.
     */
    private void ejectTemporarily(Backend backend, String reason, boolean evenIfLast) {
        Vitals vitals = backend.vitals();
        synchronized (vitals) {
            if (!changes.eject(backend, reason, evenIfLast)) {
                return;
            }
            long length = vitals.eject(time.nanos(), FIRST_EJECTION.toNanos(), LONGEST_EJECTION.toNanos());
            LOG.warn("{} stays unhealthy for at least {}", backend, Durations.text(Duration.ofNanos(length)));
        }
    }
}
