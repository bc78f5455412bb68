package gateway.proxy;

import gateway.balance.Selection;
import gateway.registry.Backend;
import gateway.registry.ServiceList;
import java.util.ArrayList;
import java.util.List;

/** The further exchanges of one request, whose first has failed. Used by the request's thread. */
final class Retries {
    private final ClientRequest request;
    private final ServiceList services;
    private final Selection selection;
    private final RetryBudget budget;
    private final List<Backend> tried = new ArrayList<>();
    private int retries;
    private boolean inBudget;

    Retries(ClientRequest request, ServiceList services, Selection selection, RetryBudget budget) {
        this.request = request;
        this.services = services;
        this.selection = selection;
        this.budget = budget;
    }

    /**
     * Returns the backend to try next, which has counted the request already; null if there is to be no further
     * exchange. May have taken a place in the budget, which {@link #leaveBudget} gives back.
     */
    Backend next(Exchange failed, Failure failure) {
        tried.add(failed.backend);
        if (!RetryRule.allows(failure, request.idempotent, failed.isBodyConsumed(), retries)) {
            return null;
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
        request.trace.chosenFrom(services.snapshot());
        return selection.start(candidates);
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
        return services.all().stream().mapToInt(Backend::inFlight).sum();
    }

    /**
     * Returns the available backends that haven't failed this request; a stale connection doesn't count against its
     * backend.
     */
    private List<Backend> candidates(Failure failure) {
        List<Backend> available = services.available();
        List<Backend> untried =
                available.stream().filter(backend -> !tried.contains(backend)).toList();
        return untried.isEmpty() && failure.kind() == Failure.Kind.STALE_CONNECTION ? available : untried;
    }
}
