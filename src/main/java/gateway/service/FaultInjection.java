package gateway.service;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.function.DoubleSupplier;

/**
 * FaultInjection on purpose, so that slowness and failures can be watched: each answer comes later, by half to one and a half
 * of a latency, and a share of them are errors. {@code /health} is spared: a service is to be seen in trouble, not taken
 * out.
 */
public final class FaultInjection {
    private static final String SPARED = "/health";

    private final Duration latency;
    private final double errorRate;
    private final DoubleSupplier random;
    private final Consumer<Duration> pause;

    /**
     * FaultInjection whose chance and waiting are somebody's own.
     *
     * @param latency how late answers are in the mean; zero delays none
     * @param errorRate the share of answers that are errors, from 0 to 1
     * @param random numbers from 0, inclusive, to 1, exclusive
     * @param pause what waits
     */
    public FaultInjection(Duration latency, double errorRate, DoubleSupplier random, Consumer<Duration> pause) {
        this.latency = latency;
        this.errorRate = errorRate;
        this.random = random;
        this.pause = pause;
    }

    /** FaultInjection as set. */
    static FaultInjection of(Duration latency, double errorRate) {
        return new FaultInjection(
                latency, errorRate, () -> ThreadLocalRandom.current().nextDouble(), FaultInjection::sleep);
    }

    /** No trouble at all. */
    public static FaultInjection none() {
        return of(Duration.ZERO, 0);
    }

    /**
     * Delays the answer to a request.
     *
     * @return whether the answer is to be an error, with {@link #reason}
     */
    public boolean strikes(String path) {
        if (path.equals(SPARED)) {
            return false;
        }
        if (!latency.isZero()) {
            pause.accept(Duration.ofNanos((long) (latency.toNanos() * (0.5 + random.getAsDouble()))));
        }
        return random.getAsDouble() < errorRate;
    }

    /** What the error's answer says. */
    public String reason() {
        return "failed on purpose: SERVICE_ERROR_RATE is " + errorRate;
    }

    private static void sleep(Duration time) {
        try {
            TimeUnit.NANOSECONDS.sleep(time.toNanos());
        } catch (InterruptedException e) { // the server stops: answer at once
            Thread.currentThread().interrupt();
        }
    }
}
