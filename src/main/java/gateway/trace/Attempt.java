package gateway.trace;

import gateway.http.ProxyError;
import gateway.registry.Backend;

/**
 * One attempt to have a request answered by a backend.
 *
 * @param backend who was asked
 * @param startedAt when, nanoseconds of the gateway's time
 * @param endedAt when its answer had been passed on or it had failed, nanoseconds
 * @param reused whether it rode on a connection that had served a request before
 * @param status what the backend answered; 0 if nothing valid
 * @param failure why it brought no whole answer, in words; null if it did
 * @param error the same as one of the standard's types; null if it brought an answer or the client left
 */
public record Attempt(
        Backend backend, long startedAt, long endedAt, boolean reused, int status, String failure, ProxyError error) {}
