package gateway.trace;

import gateway.registry.Snapshot;
import java.util.ArrayList;
import java.util.List;

/** What the forwarder notes of a request. A part of its {@link Trace}, with the same rules for threads. */
public abstract class ForwardingNotes {
    private Snapshot candidates;
    private final List<Attempt> attempts = new ArrayList<>(1);
    private boolean reachedService;
    private boolean brokenOff;

    ForwardingNotes() {}

    /** Notes the list from which a backend was about to be chosen. */
    public final void chosenFrom(Snapshot services) {
        this.candidates = services;
    }

    /** Adds an attempt that has ended. */
    public final void add(Attempt attempt) {
        attempts.add(attempt);
    }

    /** Notes that a connection to a backend was there for the request, so that the backend may have got some of it. */
    public final void reachedService() {
        this.reachedService = true;
    }

    /** Returns whether any backend may have got some of the request. */
    public final boolean hasReachedService() {
        return reachedService;
    }

    /**
     * Notes that the backend failed when a part of its answer had been sent, so that the client's connection was
     * aborted.
     */
    public final void brokenOff() {
        this.brokenOff = true;
    }

    /** Returns the list from which a backend was last chosen; null if it never came to that. */
    public final Snapshot candidates() {
        return candidates;
    }

    /** Returns the attempts, in order. */
    public final List<Attempt> attempts() {
        return attempts;
    }

    /** Returns whether a part of an answer was sent that its backend couldn't finish. */
    final boolean isBrokenOff() {
        return brokenOff;
    }
}
