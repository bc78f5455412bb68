package gateway.proxy;

import gateway.admission.LingeringClose;
import gateway.http.BodyTooLarge;
import gateway.http.Problem;
import gateway.server.ClientSide;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Ends an exchange with the client otherwise than by a whole answer. */
final class ClientFailure {
    private ClientFailure() {}

    /** After the client failed: says why if it may still listen. */
    static void end(Exchange attempt, ClientRequest request, HttpServletResponse response) throws IOException {
        IOException failure = attempt.clientFailure();
        if (failure == null || response.isCommitted()) { // it has left, or can only be told by an end
            request.trace().clientGone(response.isCommitted());
            breakOff(request, response);
            return;
        }
        response.setHeader("Connection", "close"); // what follows of its body can't be told from a next request
        Problem.brokenBody(failure).send(request.servletRequest(), response);
        if (failure instanceof BodyTooLarge) { // of which there may be much more
            attempt.breakOff();
            LingeringClose.after(request.servletRequest(), response);
        }
    }

    /** Makes sure that the part of an answer that was sent can't be taken for the whole. */
    static void breakOff(ClientRequest request, HttpServletResponse response) {
        ClientSide client = request.client();
        if (client != null) {
            // On a connection that won't be kept, Jetty sends no chunks: only the end of the connection ends the
            // answer.
            boolean framed = response.containsHeader("Content-Length") || request.isPersistent();
            client.abort(!framed);
        }
    }
}
