package gateway.service;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.function.DoubleSupplier;

/**
 * Artificial latency and errors, to watch how the gateway copes with them. Each answer is delayed by a random time,
 * between half and one and a half times the latency that is set, and a share of the answers are errors. {@code /health}
 * is exempt: otherwise the gateway would eject the service, and there would be nothing to watch.
 */
public final class FaultInjection {
    /** Waits for an answer to be late. */
    public interface Delay {
        /**
         * Waits until this time has passed, or until the server is to stop.
         *
         * @throws InterruptedException if the thread was interrupted
         */
        void await(Duration time) throws InterruptedException;
    }

    private static final String EXEMPT = "/health";

    private final Duration latency;
    private final double errorRate;
    private final DoubleSupplier random;
    private final Delay delay;

    /**
     * @param latency the mean delay of an answer; zero delays none
     * @param errorRate the share of answers that are errors, from 0 to 1
     * @param random returns random numbers from 0, inclusive, to 1, exclusive
     * @param delay waits for the time that it is given
     */
    public FaultInjection(Duration latency, double errorRate, DoubleSupplier random, Delay delay) {
        this.latency = latency;
        this.errorRate = errorRate;
        this.random = random;
        this.delay = delay;
    }

    /** Returns faults with this latency and error rate, which strike at random. */
    static FaultInjection of(Duration latency, double errorRate, Delay delay) {
        return new FaultInjection(
                latency, errorRate, () -> ThreadLocalRandom.current().nextDouble(), delay);
    }

    /** Returns no faults: no delay, no errors. */
    public static FaultInjection none() {
        return of(Duration.ZERO, 0, time -> {});
    }

    /**
     * Delays the answer to a request, then decides whether it is an error.
     *
     * @param path the request's
     * @return whether to answer with an error, which says {@link #reason}
     */
    public boolean strikes(String path) {
        if (path.equals(EXEMPT)) {
            return false;
        }
        if (!latency.isZero()) {
            delay(Duration.ofNanos((long) (latency.toNanos() * (0.5 + random.getAsDouble()))));
        }
        return random.getAsDouble() < errorRate;
    }

    /** Returns the text of the error. */
    public String reason() {
        return "failed on purpose: SERVICE_ERROR_RATE is " + errorRate;
    }

    private void delay(Duration time) {
        try {
            delay.await(time);
        } catch (InterruptedException e) { // the server is stopping: answer at once
            Thread.currentThread().interrupt();
        }
    }
}
