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
 * What checks and live traffic say of a backend, and what follows. Flips are logged once, with the reason; checks and
 * requests are not.
 *
 * <p>The last available backend is never taken out for slow or failed answers: a poor one beats none. One that can't be
 * reached is out whatever the count: sending requests there helps nobody.
 */
public final class Health {
    /** How a request failed to bring an answer. */
    public enum Failure {
        /** The connection was refused: nobody listens there. */
        REFUSED,
        /** No connection came about otherwise: no route, unknown host, connecting took too long. */
        UNREACHABLE,
        /** It was sent and no (whole, valid) answer came in time. */
        NO_ANSWER
    }

    private static final Logger LOG = LoggerFactory.getLogger(Health.class);

    /** So many requests in a row without an answer eject a backend. */
    private static final int FAILURES_IN_A_ROW = 5;

    private static final Duration FIRST_EJECTION = Duration.ofSeconds(5);
    private static final Duration LONGEST_EJECTION = Duration.ofSeconds(60);

    private final ServiceList services;
    private final int rise;
    private final int fall;
    private final Time time;

    /**
     * @param rise good checks in a row that bring an unhealthy backend back, at least 1
     * @param fall bad checks in a row that take a healthy one out, at least 1
     */
    public Health(ServiceList services, int rise, int fall, Time time) {
        this.services = services;
        this.rise = rise;
        this.fall = fall;
        this.time = time;
    }

    /** A check has ended. */
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
            default -> {} // healthy, and still so
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

    /** A request got an answer, whatever its status. The hot path: one volatile read while all is well. */
    public void answered(Backend backend) {
        backend.vitals().answered();
    }

    /**
     * A request got none.
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
            ejectForAWhile(backend, inARow + " requests in a row without an answer: " + words, failure);
        }
    }

    private void ejectForAWhile(Backend backend, String reason, Failure failure) {
        if (!eject(backend, reason, failure == Failure.UNREACHABLE)) {
            return;
        }
        Vitals vitals = backend.vitals();
        long length = vitals.eject(time.nanos(), FIRST_EJECTION.toNanos(), LONGEST_EJECTION.toNanos());
        LOG.warn("{} stays out for at least {}", backend, Durations.text(Duration.ofNanos(length)));
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
