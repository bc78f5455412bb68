package gateway.proxy;

/** Decides whether a failed exchange may be followed by another. */
final class RetryRule {
    private RetryRule() {}

    /**
     * @param idempotent whether doing the request twice does no more than doing it once
     * @param bodyConsumed whether part of its body has been read and can't be sent again
     * @param retries how many there have been
     * @param most how many there may be
     */
    static boolean allows(Failure failure, boolean idempotent, boolean bodyConsumed, int retries, int most) {
        if (retries >= most) {
            return false;
        }
        if (failure.kind() == Failure.Kind.NOT_SENT) {
            return true;
        }
        if (failure.kind() == Failure.Kind.TIMED_OUT || failure.kind() == Failure.Kind.INVALID_ANSWER) {
            return false; // the backend may be at work on the request; another would do the work again
        }
        return idempotent && !bodyConsumed;
    }
}
