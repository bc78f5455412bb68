package gateway.lifecycle;

import gateway.net.ChannelSelector;
import gateway.util.Timer;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.IntConsumer;
import java.util.function.Supplier;
import java.util.stream.Stream;

/**
 * Calls the parts of a server when it starts and stops. Each list of steps runs in the order in which it was added, on
 * the thread that starts or stops the server; a step that throws ends its list and fails the start or stop.
 *
 * <p>It owns the timer of the parts' background work. The timer ends before the first part is closed, so that no step
 * of it runs on a closed part.
 */
public final class Lifecycle {
    /** Starts a part. */
    public interface Start {
        /** Starts it; steps of its background work go on this timer. */
        void with(Timer timer);
    }

    /** A part with threads of its own. */
    public interface Part {
        /** Returns what of it has ended for good though nobody closed it; normally nothing. */
        List<String> failed();
    }

    private final Timer timer = new Timer();
    private final List<Part> watched = new ArrayList<>();
    private final List<Supplier<Optional<String>>> asked = new ArrayList<>();
    private final List<Start> starting = new ArrayList<>();
    private final Drain drain;
    private final List<Consumer<ChannelSelector>> selecting = new ArrayList<>();
    private final List<IntConsumer> listening = new ArrayList<>();
    private final List<Runnable> stopping = new ArrayList<>();
    private final List<Runnable> stopped = new ArrayList<>();

    /** @param drain tells whether the server is about to stop */
    public Lifecycle(Drain drain) {
        this.drain = drain;
    }

    /** Returns what tells whether the server is about to stop. */
    public Drain drain() {
        return drain;
    }

    /** Adds parts whose failures {@link #failed} reports. */
    public void watch(Part... parts) {
        watched.addAll(List.of(parts));
    }

    /** Returns what has ended for good though the server runs: threads of parts, steps of the timer; normally none. */
    public List<String> failed() {
        return Stream.concat(watched.stream(), Stream.<Part>of(timer::failed))
                .flatMap(part -> part.failed().stream())
                .toList();
    }

    /** Adds a part that says what is wrong while it runs, and nothing while all is well; {@link #troubles} asks it. */
    public void ask(Supplier<Optional<String>> part) {
        asked.add(part);
    }

    /** Returns what is wrong though everything runs, and may mend by itself; normally nothing. */
    public List<String> troubles() {
        return asked.stream().flatMap(part -> part.get().stream()).toList();
    }

    /** Adds steps to run before the server listens. */
    public void onStart(Start... steps) {
        starting.addAll(List.of(steps));
    }

    /**
     * Adds a step to run before the first request is read, with a selector that also waits for clients. It isn't run on
     * Java before 21, where threads wait for their sockets themselves.
     */
    public void onSelecting(Consumer<ChannelSelector> step) {
        selecting.add(step);
    }

    /** Adds a step to run once the server listens and before it answers; it gets the main port. */
    public void onListening(IntConsumer step) {
        listening.add(step);
    }

    /** Adds steps to run before the server stops: they end what would hold that up, like streams without an end. */
    public void onStopping(Runnable... steps) {
        stopping.addAll(List.of(steps));
    }

    /** Adds steps to run after the last request: they close the parts. */
    public void onStopped(Runnable... steps) {
        stopped.addAll(List.of(steps));
    }

    /** Runs the steps of {@link #onStart}. */
    public void start() {
        starting.forEach(step -> step.with(timer));
    }

    /** Runs the steps of {@link #onSelecting} with this selector. */
    public void selecting(ChannelSelector selector) {
        selecting.forEach(step -> step.accept(selector));
    }

    /** Runs the steps of {@link #onListening} with this port. */
    public void listening(int port) {
        listening.forEach(step -> step.accept(port));
    }

    /** Runs the steps of {@link #onStopping}. */
    public void stopping() {
        stopping.forEach(Runnable::run);
    }

    /** Ends the timer, then runs the steps of {@link #onStopped}. */
    public void stopped() {
        timer.close();
        stopped.forEach(Runnable::run);
    }
}
