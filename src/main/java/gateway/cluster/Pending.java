package gateway.cluster;

import gateway.registry.Backend;
import gateway.registry.Journal;
import gateway.registry.Service;
import gateway.registry.ServiceList.Outcome;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * The changes that Redis doesn't know yet, one for each service, in the order of each service's first change. Bounded
 * by the number of services, however long Redis is down.
 */
final class Pending implements Journal {
    /** A time before any request, so that any other change that Redis knows prevails over this one. */
    private static final long LONG_AGO = 1;

    private final LongSupplier clock;
    private final Runnable wake;
    private final Map<String, Change> changes = new LinkedHashMap<>();
    private long numbers;

    /**
     * @param clock returns milliseconds of Redis's clock; 0 if unknown
     * @param wake called when there is a change that other gateways should learn at once
     */
    Pending(LongSupplier clock, Runnable wake) {
        this.clock = clock;
        this.wake = wake;
    }

    @Override
    public synchronized void offered(Service service) {
        note(Change.offer(service, false, ++numbers, clock.getAsLong()));
        wake.run();
    }

    @Override
    public synchronized void registered(Service service, Outcome outcome) {
        boolean anew = outcome != Outcome.RENEWED;
        note(Change.put(service, anew, ++numbers, clock.getAsLong()));
        if (anew) { // a renewal may wait for the next regular sync
            wake.run();
        }
    }

    @Override
    public synchronized void removed(String name) {
        note(Change.remove(name, ++numbers, clock.getAsLong()));
        wake.run();
    }

    @Override
    public synchronized void drained(String name, boolean draining) {
        note(Change.drain(name, draining, ++numbers, clock.getAsLong()));
        wake.run();
    }

    /** Adds a backend that Redis has lost, to write it back. */
    synchronized void writeBack(Backend backend) {
        Service service = new Service(backend.name(), backend.url(), backend.lease());
        note(Change.offer(service, backend.draining(), ++numbers, LONG_AGO));
    }

    private void note(Change change) {
        changes.merge(change.name(), change, Change::then);
    }

    /** Returns whether there is a change of this service. */
    synchronized boolean has(String name) {
        return changes.containsKey(name);
    }

    /** Removes and returns all changes. */
    synchronized List<Change> take() {
        List<Change> taken = new ArrayList<>(changes.values());
        changes.clear();
        return taken;
    }

    /** Puts back changes that were taken: they may not have arrived. */
    synchronized void putBack(List<Change> taken) {
        Map<String, Change> since = new LinkedHashMap<>(changes);
        changes.clear();
        taken.forEach(this::note);
        since.values().forEach(this::note);
    }
}
