package gateway.http;

import java.io.IOException;
import org.eclipse.jetty.server.Request;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Says what a client is told of an exception that no handler expected: no more than it must know. */
public final class UnforeseenFailure {
    private static final Logger LOG = LoggerFactory.getLogger(UnforeseenFailure.class);

    private UnforeseenFailure() {}

    /**
     * Logs the failure, and returns the problem to answer with. An {@link IOException} is a client's connection or
     * stream that failed while it was read or written: no other I/O ends here, since files are read at the start, and the
     * proxy handles failures of services. It is logged at debug level, or any client could fill the log.
     */
    public static Problem problem(Request request, Throwable failure) {
        if (failure instanceof IOException broken) {
            LOG.debug(
                    "{} {} was broken off",
                    request.getMethod(),
                    request.getHttpURI().getPath(),
                    failure);
            return Problem.brokenBody(broken);
        }
        LOG.error("{} {} failed", request.getMethod(), request.getHttpURI().getPath(), failure);
        return Problem.internal();
    }
}
