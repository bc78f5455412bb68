package gateway.proxy;

import gateway.admission.LingeringClose;
import gateway.http.Answer;
import gateway.http.ProxyStatus;
import gateway.proxy.upstream.UpstreamAnswer;
import gateway.proxy.upstream.UpstreamConnection;
import gateway.proxy.upstream.UpstreamPool;
import gateway.registry.Backend;
import gateway.route.Route;
import gateway.trace.Attempt;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.PreEncodedHttpField;

/** Passes a backend's answer on to the client: headers first, then bytes as they arrive, nothing collected. */
final class Relay {
    private static final HttpField GATEWAY = new PreEncodedHttpField(AnswerHeaders.GATEWAY, "API Gateway");

    private final long clientPatience;

    /** @param clientPatience how long a client may take for a part of an answer: 32 KB, or what a backend sent at once */
    Relay(Duration clientPatience) {
        this.clientPatience = clientPatience.toNanos();
    }

    /**
     * Passes the whole answer on.
     *
     * @param upload what is sending the request's body; null if it has none
     * @param connection the one on which the answer comes
     * @throws IOException if the backend fails or the exchange is cancelled; the exchange knows whether it was the
     * client
     */
    void pass(
            UpstreamAnswer theirs,
            UpstreamConnection connection,
            Exchange exchange,
            ClientRequest request,
            Upload upload,
            Answer answer)
            throws IOException {
        exchange.answered(theirs.status());
        // Before anything of the answer is set: a backend that dies here can still be replaced by another.
        boolean begins = theirs.length() > 0 && theirs.beginsSoon();
        if (request.client != null) {
            request.client.expectHeader(theirs.headerSize());
        }
        HttpFields.Mutable fields = answer.fields();
        answer.status(theirs.status());
        AnswerHeaders.toClient(theirs, request, exchange.backend, fields);
        addOwn(connection, request, exchange.backend, fields);
        List<Attempt> before = request.trace.attempts();
        if (!before.isEmpty()) {
            fields.add(ProxyStatus.HEADER, afterFailures(request.route, before, exchange.backend));
        }
        if (upload != null && !upload.hasEnded() && theirs.status() >= 300) {
            answer.closesConnection(); // the backend won't have the rest of the body
        }
        if (theirs.length() > 0) {
            if (!begins) {
                sendHead(exchange, answer);
            }
            passBody(theirs, exchange, answer);
        } else if (theirs.length() < 0) {
            passUntilItsEnd(theirs, exchange, request, answer);
        } else if ((theirs.status() == 304 || request.method.equals("HEAD"))
                && !fields.contains(HttpHeader.CONTENT_LENGTH)) {
            sendHead(exchange, answer); // at its end, Jetty would add a length of 0: of what the client has already
        }
    }

    private static void addOwn(
            UpstreamConnection connection, ClientRequest request, Backend backend, HttpFields.Mutable fields) {
        Route route = request.route;
        fields.add(GATEWAY);
        switch (route.config().serviceHeader()) {
            case URL -> fields.add(connection.backendHeader());
            case NAME -> fields.add(UpstreamPool.BACKEND_HEADER, backend.name());
            case OFF -> {}
        }
        fields.add(route.balancerHeader());
        route.selection().balancer().answers(backend, request, fields::add);
    }

    /**
     * Returns the Proxy-Status of an answer that came after failures elsewhere; without an error type, which would mean
     * that the gateway made the theirs.
     */
    private static String afterFailures(Route route, List<Attempt> failed, Backend backend) {
        String details = failed.stream().map(attempt -> words(route, attempt)).collect(Collectors.joining("; "));
        return new ProxyStatus(null, route.nameInAnswers(backend), details).value();
    }

    private static String words(Route route, Attempt failed) {
        String name = route.nameInAnswers(failed.backend());
        String words = Failure.forClients(route, failed.error(), failed.failure());
        return name == null ? words : name + ": " + words;
    }

    private void passUntilItsEnd(UpstreamAnswer theirs, Exchange exchange, ClientRequest request, Answer answer)
            throws IOException {
        TrailersToClient trailers = request.takesTrailers() ? new TrailersToClient() : null;
        if (trailers != null) {
            answer.trailers(trailers);
        }
        sendHead(exchange, answer);
        passBody(theirs, exchange, answer);
        if (trailers != null) {
            trailers.came(theirs.trailers());
        }
    }

    /** Sends the headers now: the body may begin much later. */
    private void sendHead(Exchange exchange, Answer answer) throws IOException {
        exchange.waitForClient(clientPatience);
        try {
            answer.sendHead();
        } catch (IOException e) {
            throw exchange.clientFailed(e);
        }
        exchange.waitForBackend();
    }

    private void passBody(UpstreamAnswer theirs, Exchange exchange, Answer answer) throws IOException {
        for (int arrived = theirs.await(); arrived >= 0; arrived = theirs.await()) {
            exchange.waitForClient(clientPatience);
            try {
                if (!theirs.pass(arrived, answer)) {
                    return;
                }
            } catch (IOException e) {
                throw exchange.clientFailed(e);
            }
            exchange.waitForBackend();
        }
    }

    /** Ends the client's upload, whose rest the backend didn't want for its answer, without losing that theirs. */
    void endEarly(Exchange exchange, ClientRequest request, Upload upload, Answer answer) {
        exchange.breakOff();
        exchange.waitForClient(clientPatience);
        try {
            answer.end();
        } catch (IOException e) {
            request.trace.clientGone(answer.isCommitted());
            ClientFailure.breakOff(request, answer);
            return;
        }
        if (!upload.hasEnded()) {
            LingeringClose.after(request.jetty, answer);
        }
    }
}
