package gateway.cluster;

import com.fasterxml.jackson.annotation.JsonInclude;
import gateway.route.config.PutRoutes;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The routes that were put or removed at this gateway and that Redis doesn't know yet: of each the last change. Bounded
 * by the number of routes that there were, however long Redis is down.
 */
final class PendingRoutes implements PutRoutes.Journal {
    /** A time before any request, so that any other change that Redis knows prevails over this one. */
    private static final long LONG_AGO = 1;

    private final LongSupplier clock;
    private final Runnable wake;
    private final Map<String, Change> changes = new LinkedHashMap<>();

    /**
     * A change in the form that {@code routes.lua} reads.
     *
     * @param at when it was requested, in milliseconds of Redis's clock, 0 if that is unknown
     * @param text the route as JSON; null if it was removed
     */
    @JsonInclude(JsonInclude.Include.NON_NULL)
    record Change(String name, long at, String text) {}

    /**
     * @param clock returns milliseconds of Redis's clock; 0 if unknown
     * @param wake called when there is a change that other gateways should learn at once
     */
    PendingRoutes(LongSupplier clock, Runnable wake) {
        this.clock = clock;
        this.wake = wake;
    }

    @Override
    public synchronized void put(String name, String text) {
        changes.put(name, new Change(name, clock.getAsLong(), text));
        wake.run();
    }

    @Override
    public synchronized void removed(String name) {
        changes.put(name, new Change(name, clock.getAsLong(), null));
        wake.run();
    }

    /** Adds a route that Redis has lost, to write it back, unless it has changed meanwhile. */
    synchronized void writeBack(String name, String text) {
        changes.putIfAbsent(name, new Change(name, LONG_AGO, text));
    }

    /** Returns whether there is a change of the route with this name. */
    synchronized boolean has(String name) {
        return changes.containsKey(name);
    }

    /** Returns whether there is none. */
    synchronized boolean isEmpty() {
        return changes.isEmpty();
    }

    /** Removes and returns all changes. */
    synchronized List<Change> take() {
        List<Change> taken = new ArrayList<>(changes.values());
        changes.clear();
        return taken;
    }

    /** Puts back changes that were taken: they may not have arrived. */
    synchronized void putBack(List<Change> taken) {
        taken.forEach(change -> changes.putIfAbsent(change.name(), change));
    }
}
