package gateway.cluster;

import gateway.registry.Backend;
import gateway.registry.BackendId;
import gateway.registry.Draining;
import gateway.registry.Journal;
import gateway.registry.Registered.Outcome;
import gateway.registry.Service;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * The changes that Redis doesn't know yet, one for each instance, in the order of each instance's first change. Bounded
 * by the number of instances that were in the list, however long Redis is down.
 */
final class Pending implements Journal {
    /** A time before any request, so that any other change that Redis knows prevails over this one. */
    private static final long LONG_AGO = 1;

    private final LongSupplier clock;
    private final Runnable wake;
    private final Map<BackendId, Change> changes = new LinkedHashMap<>();
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
        note(Change.offer(service, Draining.NO, ++numbers, clock.getAsLong()));
        wake.run();
    }

    @Override
    public synchronized void registered(Service service, Backend backend, Outcome outcome) {
        boolean anew = outcome != Outcome.RENEWED;
        note(Change.put(service, backend, anew, ++numbers, clock.getAsLong()));
        if (anew) { // a renewal may wait for the next regular sync
            wake.run();
        }
    }

    @Override
    public synchronized void removed(BackendId id) {
        note(Change.remove(id, ++numbers, clock.getAsLong()));
        wake.run();
    }

    @Override
    public synchronized void removedAll(String name) {
        note(Change.removeAll(name, ++numbers, clock.getAsLong()));
        wake.run();
    }

    @Override
    public synchronized void drained(BackendId id, Draining draining) {
        note(Change.drain(id, draining, ++numbers, clock.getAsLong()));
        wake.run();
    }

    /** Adds a backend that Redis has lost, to write it back. */
    synchronized void writeBack(Backend backend) {
        Optional<String> instance = backend.leaving() ? Optional.empty() : backend.ownId(); // that is elsewhere now
        Service service = new Service(
                backend.route(),
                backend.name(),
                backend.url(),
                backend.lease().length(),
                instance,
                Optional.of(backend.weight()),
                backend.health());
        note(Change.offer(service, backend.drain(), ++numbers, LONG_AGO));
    }

    private void note(Change change) {
        if (change.isOfAll()) { // what was requested before it is without effect, and what is after it stays after it
            changes.keySet().removeIf(id -> id.name().equals(change.name()));
        }
        changes.merge(change.id(), change, Change::then);
    }

    /** Returns whether there is a change of this backend. */
    synchronized boolean has(BackendId id) {
        return changes.containsKey(id) || changes.containsKey(Change.all(id.name()));
    }

    /** Removes and returns all changes. */
    synchronized List<Change> take() {
        List<Change> taken = new ArrayList<>(changes.values());
        changes.clear();
        return taken;
    }

    /** Puts back changes that were taken: they may not have arrived. */
    synchronized void putBack(List<Change> taken) {
        Map<BackendId, Change> since = new LinkedHashMap<>(changes);
        changes.clear();
        taken.forEach(this::note);
        since.values().forEach(this::note);
    }
}
