package gateway.trace;

import gateway.http.ProxyError;
import gateway.registry.Backend;

/**
 * One attempt to send a request to a backend and to pass on its answer.
 *
 * @param backend the backend that the request was sent to
 * @param startedAt when the attempt began, nanoseconds of the gateway's time
 * @param endedAt when the answer had been passed on or the attempt had failed, nanoseconds
 * @param reused whether its connection had served an earlier request
 * @param status the status of the backend's answer; 0 if there was no valid one
 * @param failure why no complete answer came, for people; null if one did
 * @param error the failure as an error type of RFC 9209 (Proxy-Status); null if an answer came or the client left
 */
public record Attempt(
        Backend backend, long startedAt, long endedAt, boolean reused, int status, String failure, ProxyError error) {
    private static final int LONGEST_FAILURE = 256;

    /** Cuts the failure, which may quote what a service sent. */
    public Attempt {
        failure = LogText.cut(failure, LONGEST_FAILURE);
    }
}
