package gateway.health;

import gateway.events.EventKind;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.ServiceList;
import gateway.util.Time;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Decides on each backend's health by the results of its checks. The first good check admits a new backend; later it
 * takes several in a row to change its status. The last available backend is ejected only if it can't be reached, by
 * requests neither.
 */
final class CheckResults {
    private static final Logger LOG = LoggerFactory.getLogger(CheckResults.class);

    private final StatusChanges changes;
    private final int rise;
    private final int fall;
    private final Time time;

    /**
     * @param rise how many good checks in a row make an unhealthy backend healthy, at least 1
     * @param fall how many bad checks in a row make a healthy backend unhealthy, at least 1
     */
    CheckResults(ServiceList services, int rise, int fall, Time time) {
        this.changes = new StatusChanges(services, EventKind.UNHEALTHY);
        this.rise = rise;
        this.fall = fall;
        this.time = time;
    }

    /** Handles the result of a check. */
    void checked(Backend backend, Check check) {
        backend.checks().add(check);
        if (check.good()) {
            goodCheck(backend);
        } else {
            badCheck(backend, check.problem().get());
        }
    }

    /**
     * Handles that a backend isn't checked: it is healthy, but for the time of an ejection. What checks of before found
     * no longer counts.
     */
    void unchecked(Backend backend) {
        backend.checks().forget();
        switch (backend.state().status()) {
            case CHECKING -> changes.admit(backend, "not checked");
            case UNHEALTHY -> {
                if (!backend.vitals().ejected(time.nanos())) {
                    changes.admit(backend, "not checked, and not ejected any more");
                }
            }
            default -> {} // still healthy
        }
    }

    private void goodCheck(Backend backend) {
        int good = backend.vitals().goodCheck();
        switch (backend.state().status()) {
            case CHECKING -> changes.admit(backend, "its first check was good");
            case UNHEALTHY -> {
                if (good >= rise && !backend.vitals().ejected(time.nanos())) {
                    changes.admit(backend, good + " good checks in a row");
                }
            }
            default -> {} // still healthy
        }
    }

    private void badCheck(Backend backend, Check.Problem problem) {
        int bad = backend.vitals().badCheck(backend.load().answers());
        if (bad == 1 && backend.state().status() == Backend.Status.CHECKING) {
            LOG.warn("{} gets no requests before a good check: {}", backend, problem.words());
        }
        if (bad >= fall) {
            changes.eject(
                    backend, bad + " bad checks in a row: " + problem.words(), isGone(backend, problem.contact()));
        }
    }

    /**
     * Returns whether requests to the backend can't succeed either. If connecting took too long, they may: a server
     * with more to do than it can accept drops new connections, those of checks too, and answers what it has accepted.
     */
    private static boolean isGone(Backend backend, Check.Contact contact) {
        return switch (contact) {
            case MADE -> false;
            case LATE -> backend.load().answers() <= backend.vitals().answersBefore();
            case REFUSED -> true;
        };
    }
}
