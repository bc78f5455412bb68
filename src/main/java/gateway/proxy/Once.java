package gateway.proxy;

/** Runs a step the first time it is asked to. Used by one thread. */
final class Once implements Runnable {
    private final Runnable step;
    private boolean done;

    Once(Runnable step) {
        this.step = step;
    }

    @Override
    public void run() {
        if (!done) {
            done = true;
            step.run();
        }
    }
}
