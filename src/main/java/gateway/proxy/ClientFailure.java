package gateway.proxy;

import gateway.admission.LingeringClose;
import gateway.http.Answer;
import gateway.http.BodyTooLarge;
import gateway.http.Problem;
import gateway.server.ClientSide;
import java.io.IOException;
import org.eclipse.jetty.http.HttpHeader;

/** Ends an exchange for which the client can't get a complete answer. */
final class ClientFailure {
    private ClientFailure() {}

    /** Ends an exchange that the client broke: says why if the client may still listen. */
    static void end(Exchange exchange, ClientRequest request, Answer answer) throws IOException {
        IOException failure = exchange.clientFailure();
        if (failure == null
                || answer.isCommitted()) { // the client has left, or only the end of the connection can tell it
            request.trace.clientGone(answer.isCommitted());
            breakOff(request, answer);
            return;
        }
        answer.closesConnection(); // the rest of its body could be taken for the next request
        Problem.brokenBody(failure).send(request.jetty, answer);
        if (failure instanceof BodyTooLarge) { // there may be much more of it
            exchange.breakOff();
            LingeringClose.after(request.jetty, answer);
        }
    }

    /** Makes sure that the part of an answer that was sent can't be taken for the whole. */
    static void breakOff(ClientRequest request, Answer answer) {
        ClientSide client = request.client;
        if (client != null) {
            // On a connection that won't be kept, Jetty sends no chunks: the end of the connection ends the answer.
            boolean framed = answer.fields().contains(HttpHeader.CONTENT_LENGTH) || request.isPersistent();
            client.abort(!framed);
        }
    }
}
