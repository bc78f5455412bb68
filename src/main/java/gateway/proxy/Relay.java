package gateway.proxy;

import gateway.admission.LingeringClose;
import gateway.http.ProxyStatus;
import gateway.http.ResponseFields;
import gateway.proxy.upstream.UpstreamAnswer;
import gateway.proxy.upstream.UpstreamConnection;
import gateway.proxy.upstream.UpstreamPool;
import gateway.registry.Backend;
import gateway.route.Route;
import gateway.trace.Attempt;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.time.Duration;
import java.util.List;
import java.util.stream.Collectors;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
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
            UpstreamAnswer answer,
            UpstreamConnection connection,
            Exchange exchange,
            ClientRequest request,
            Upload upload,
            HttpServletResponse response)
            throws IOException {
        exchange.answered(answer.status());
        // Before anything of the answer is set: a backend that dies here can still be replaced by another.
        boolean begins = answer.length() > 0 && answer.beginsSoon();
        if (request.client != null) {
            request.client.expectHeader(answer.headerSize());
        }
        HttpFields.Mutable fields = ResponseFields.of(response);
        response.setStatus(answer.status());
        AnswerHeaders.toClient(answer, request, exchange.backend, fields, response);
        addOwn(connection, request, exchange.backend, fields);
        List<Attempt> before = request.trace.attempts();
        if (!before.isEmpty()) {
            fields.add(ProxyStatus.HEADER, afterFailures(request.route, before, exchange.backend));
        }
        if (upload != null && !upload.hasEnded() && answer.status() >= 300) {
            response.setHeader("Connection", "close"); // the backend won't have the rest of the body
        }
        if (answer.length() > 0) {
            if (!begins) {
                sendHead(exchange, response);
            }
            passBody(answer, exchange, response);
        } else if (answer.length() < 0) {
            passUntilItsEnd(answer, exchange, request, response);
        } else if ((answer.status() == 304 || request.method.equals("HEAD"))
                && !response.containsHeader("Content-Length")) {
            sendHead(exchange, response); // at its end, Jetty would add a length of 0: of what the client has already
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
     * that the gateway made the answer.
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

    private void passUntilItsEnd(
            UpstreamAnswer answer, Exchange exchange, ClientRequest request, HttpServletResponse response)
            throws IOException {
        TrailersToClient trailers = request.takesTrailers() ? new TrailersToClient() : null;
        if (trailers != null) {
            ResponseFields.trailers(response, trailers);
        }
        sendHead(exchange, response);
        passBody(answer, exchange, response);
        if (trailers != null) {
            trailers.came(answer.trailers());
        }
    }

    /** Sends the headers now: the body may begin much later. */
    private void sendHead(Exchange exchange, HttpServletResponse response) throws IOException {
        exchange.waitForClient(clientPatience);
        try {
            response.flushBuffer();
        } catch (IOException e) {
            throw exchange.clientFailed(e);
        }
        exchange.waitForBackend();
    }

    private void passBody(UpstreamAnswer answer, Exchange exchange, HttpServletResponse response) throws IOException {
        OutputStream out = response.getOutputStream();
        for (int arrived = answer.await(); arrived >= 0; arrived = answer.await()) {
            exchange.waitForClient(clientPatience);
            try {
                if (!answer.pass(arrived, out)) {
                    return;
                }
                if (!answer.hasArrived()) {
                    out.flush();
                }
            } catch (IOException e) {
                throw exchange.clientFailed(e);
            }
            exchange.waitForBackend();
        }
    }

    /** Ends the client's upload, whose rest the backend didn't want for its answer, without losing that answer. */
    void endEarly(Exchange exchange, ClientRequest request, Upload upload, HttpServletResponse response) {
        exchange.breakOff();
        exchange.waitForClient(clientPatience);
        try {
            response.getOutputStream().close();
        } catch (IOException e) {
            request.trace.clientGone(response.isCommitted());
            ClientFailure.breakOff(request, response);
            return;
        }
        if (!upload.hasEnded()) {
            LingeringClose.after(request.servlet, response);
        }
    }
}
