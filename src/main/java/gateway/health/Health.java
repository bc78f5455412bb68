package gateway.health;

import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.ServiceList;
import gateway.registry.Vitals;
import gateway.util.Durations;
import gateway.util.Time;
import java.time.Duration;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on each backend's health from its checks and, as outlier detection, from live requests. Changes are logged
 * once, with the reason; checks and requests are not logged.
 *
 * <p>The last available backend is never ejected for slow or failed answers: a poor backend is better than none. A
 * backend that can't be reached is ejected even if it is the last, since requests sent there can't succeed.
 */
public final class Health {
    /** How a request failed to get an answer. */
    public enum Failure {
        /** The connection was refused: nothing listens there. */
        REFUSED,
        /** There was no connection for another reason: no route, unknown host, connecting took too long. */
        UNREACHABLE,
        /** The request was sent, but no complete, valid answer came in time. */
        NO_ANSWER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    /** How many requests in a row without an answer eject a backend. */
    private static final int FAILURES_IN_A_ROW = 5;

    private static final Duration FIRST_EJECTION = Duration.ofSeconds(5);
    private static final Duration LONGEST_EJECTION = Duration.ofSeconds(60);

    private final ServiceList services;
    private final int rise;
    private final int fall;
    private final Time time;

    /**
     * @param rise how many good checks in a row make an unhealthy backend healthy, at least 1
     * @param fall how many bad checks in a row make a healthy backend unhealthy, at least 1
     */
    public Health(ServiceList services, int rise, int fall, Time time) {
        this.services = services;
        this.rise = rise;
        this.fall = fall;
        this.time = time;
    }

    /** Handles the result of a check. */
    public void checked(Backend backend, Check check) {
        backend.lastCheck(check);
        if (check.good()) {
            goodCheck(backend);
        } else {
            badCheck(backend, check.problem().get());
        }
    }

    private void goodCheck(Backend backend) {
        int good = backend.vitals().goodCheck();
        switch (backend.state().status()) {
            case CHECKING -> admit(backend, "its first check was good");
            case UNHEALTHY -> {
                if (good >= rise && !backend.vitals().ejected(time.nanos())) {
                    admit(backend, good + " good checks in a row");
                }
            }
            default -> {} // still healthy
        }
    }

    private void badCheck(Backend backend, Check.Problem problem) {
        int bad = backend.vitals().badCheck();
        if (bad == 1 && backend.state().status() == Backend.Status.CHECKING) {
            LOG.warn("{} gets no requests before a good check: {}", backend, problem.words());
        }
        if (bad >= fall) {
            eject(backend, bad + " bad checks in a row: " + problem.words(), problem.unreachable());
        }
    }

    /**
     * Notes that a request got an answer, whatever its status. On the hot path: costs one volatile read unless the last
     * request failed.
     */
    public void answered(Backend backend) {
        backend.vitals().answered();
    }

    /**
     * Handles a request that got no answer.
     *
     * @param words what happened, for the log and the list
     */
    public void failed(Backend backend, Failure failure, String words) {
        backend.countFailure();
        int inARow = backend.vitals().failed();
        if (failure == Failure.REFUSED) {
            if (eject(backend, words, true)) {
                backend.vitals().nextCheck(time.nanos());
            }
            return;
        }
        if (inARow >= FAILURES_IN_A_ROW) {
            ejectTemporarily(backend, inARow + " requests in a row without an answer: " + words, failure);
        }
    }

    private void ejectTemporarily(Backend backend, String reason, Failure failure) {
        if (!eject(backend, reason, failure == Failure.UNREACHABLE)) {
            return;
        }
        Vitals vitals = backend.vitals();
        long length = vitals.eject(time.nanos(), FIRST_EJECTION.toNanos(), LONGEST_EJECTION.toNanos());
        LOG.warn("{} stays unhealthy for at least {}", backend, Durations.text(Duration.ofNanos(length)));
    }

    private void admit(Backend backend, String reason) {
        if (services.admit(backend, reason)) {
            backend.vitals().clear();
            LOG.info("{} is healthy: {}", backend, reason);
        }
    }

    private boolean eject(Backend backend, String reason, boolean evenIfLast) {
        boolean flipped = services.eject(backend, reason, evenIfLast);
        if (flipped) {
            backend.vitals().clear();
            LOG.warn("{} is unhealthy: {}", backend, reason);
        }
        return flipped;
    }
}
