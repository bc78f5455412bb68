package gateway.proxy;

/** Whether a failed attempt may be followed by another. */
final class RetryRule {
    /** Attempts beside the first. */
    private static final int MOST_RETRIES = 2;

    private RetryRule() {}

    /**
     * @param idempotent whether doing the request twice does no more than doing it once
     * @param bodyConsumed whether part of its body has been read and can't be sent again
     * @param retries how many there have been
     */
    static boolean allows(Failed failed, boolean idempotent, boolean bodyConsumed, int retries) {
        if (retries >= MOST_RETRIES) {
            return false;
        }
        if (failed.kind() == Failed.Kind.NOT_SENT) {
            return true;
        }
        if (failed.kind() == Failed.Kind.TIMED_OUT || failed.kind() == Failed.Kind.INVALID_ANSWER) {
            return false; // it is or was at work on the request; another one would only do the same again
        }
        return idempotent && !bodyConsumed;
    }
}
