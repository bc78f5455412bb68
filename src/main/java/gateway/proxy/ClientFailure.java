package gateway.proxy;

import gateway.admission.LingeringClose;
import gateway.http.BodyTooLarge;
import gateway.http.Problem;
import gateway.server.ClientSide;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;

/** Ends an exchange for which the client can't get a complete answer. */
final class ClientFailure {
    private ClientFailure() {}

    /** Ends an exchange that the client broke: says why if the client may still listen. */
    static void end(Exchange exchange, ClientRequest request, HttpServletResponse response) throws IOException {
        IOException failure = exchange.clientFailure();
        if (failure == null
                || response.isCommitted()) { // the client has left, or only the end of the connection can tell it
            request.trace.clientGone(response.isCommitted());
            breakOff(request, response);
            return;
        }
        response.setHeader("Connection", "close"); // the rest of its body could be taken for the next request
        Problem.brokenBody(failure).send(request.servlet, response);
        if (failure instanceof BodyTooLarge) { // there may be much more of it
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
