package gateway.proxy;

import gateway.health.OutlierDetection;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import gateway.registry.Snapshot;
import gateway.util.Time;
import java.util.ArrayList;
import java.util.List;

/** The further exchanges of one request, whose first has failed. Used by the request's thread. */
final class Retries {
    private final ClientRequest request;
    private final ServiceList services;
    private final RetryBudget budget;
    private final Time time;
    private final List<Backend> tried = new ArrayList<>();
    private int retries;
    private boolean inBudget;

    Retries(ClientRequest request, ServiceList services, RetryBudget budget, Time time) {
        this.request = request;
        this.services = services;
        this.budget = budget;
        this.time = time;
    }

    /**
     * Returns the backend to try next, which has counted the request already; null if there is to be no further
     * exchange. May have taken a place in the budget, which {@link #leaveBudget} gives back.
     */
    Backend next(Exchange failed, Failure failure) {
        tried.add(failed.backend);
        if (!RetryRule.allows(
                failure,
                request.idempotent,
                failed.isBodyConsumed(),
                retries,
                request.route.config().retries())) {
            return null;
        }
        if (time.nanos() - request.trace.startedAt()
                >= request.route.config().timeout().toNanos()) {
            return null; // several that can't be connected to in time must not add up to minutes
        }
        retries++;
        if (candidates(failure).isEmpty() || !budget.tryAcquire(underWay())) {
            return null;
        }
        inBudget = true;
        List<Backend> candidates = candidates(failure); // again: waiting takes time
        if (candidates.isEmpty()) {
            return null;
        }
        request.trace.chosenFrom(request.route.pool().snapshot());
        return request.route.selection().start(candidates, request);
    }

    /**
     * Leaves the retry budget, unless that has happened: a retry that streams its answer for long no longer counts as
     * one.
     */
    void leaveBudget() {
        if (inBudget) {
            inBudget = false;
            budget.release();
        }
    }

    private int underWay() {
        return services.all().stream()
                .mapToInt(backend -> backend.load().inFlight())
                .sum();
    }

    /**
     * Returns the available backends that haven't failed this request; but after a stale connection the same one, if the
     * strategy binds the client or key to it. If there are none, returns those that may only
     * seem to have failed: a stale connection doesn't count against its backend, nor does a slow connect against one
     * whose checks are good, since its queue of new connections may only have been full for a moment.
     */
    private List<Backend> candidates(Failure failure) {
        Snapshot pool = request.route.pool().snapshot();
        Backend last = tried.get(tried.size() - 1);
        if (failure.kind() == Failure.Kind.STALE_CONNECTION
                && request.route.selection().balancer().binds()
                && last.servesItsOwn()
                && pool.all().contains(last)) {
            return List.of(last);
        }
        List<Backend> available = pool.available();
        List<Backend> untried =
                available.stream().filter(backend -> !tried.contains(backend)).toList();
        if (!untried.isEmpty()) {
            return untried;
        }
        if (failure.kind() == Failure.Kind.STALE_CONNECTION) {
            return available;
        }
        return failure.health() == OutlierDetection.Failure.CONNECTING_TIMED_OUT
                ? available.stream()
                        .filter(backend -> backend.checks().lastWasGood())
                        .toList()
                : untried;
    }
}
