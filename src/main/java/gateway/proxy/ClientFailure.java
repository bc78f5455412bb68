package gateway.proxy;

import gateway.admission.LingeringClose;
import gateway.http.BodyTooLarge;
import gateway.http.Problem;
import gateway.server.ClientSide;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Ends an exchange towards the client otherwise than by a whole answer. */
final class ClientFailure {
    private ClientFailure() {}

    /** Ends an exchange that the client broke: says why if the client may still listen. */
    static void end(Exchange exchange, ClientRequest request, HttpServletResponse response) throws IOException {
        IOException failure = exchange.clientFailure();
        if (failure == null || response.isCommitted()) { // it has left, or can only be told by an end
            request.trace.clientGone(response.isCommitted());
            breakOff(request, response);
            return;
        }
        response.setHeader("Connection", "close"); // what follows of its body can't be told from a next request
        Problem.brokenBody(failure).send(request.servlet, response);
        if (failure instanceof BodyTooLarge) { // of which there may be much more
            exchange.breakOff();
            LingeringClose.after(request.servlet, response);
        }
    }

    /** Makes sure that the part of an answer that was sent can't be taken for the whole. */
    static void breakOff(ClientRequest request, HttpServletResponse response) {
        ClientSide client = request.client;
        if (client != null) {
            // On a connection that won't be kept, Jetty sends no chunks: the end of the connection ends the answer.
            boolean framed = response.containsHeader("Content-Length") || request.isPersistent();
            client.abort(!framed);
        }
    }
}
