package gateway.proxy;

import gateway.health.FailureWords;
import gateway.health.OutlierDetection;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import gateway.net.NameLookup;
import gateway.net.ServiceSockets;
import gateway.proxy.upstream.UpstreamConnection;
import gateway.proxy.upstream.UpstreamConnection.Progress;
import gateway.registry.Backend;
import gateway.route.Route;
import gateway.route.RouteConfig;
import gateway.util.Durations;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.ProtocolException;
import java.net.UnknownHostException;
import java.security.cert.CertificateException;
import java.time.Duration;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Why an exchange brought no complete answer.
 *
 * @param kind what happened
 * @param health what that means for the backend's health
 * @param error what happened, as one of RFC 9209's types
 * @param backend the backend that failed
 * @param words what happened, for people
 */
record Failure(Kind kind, OutlierDetection.Failure health, ProxyError error, Backend backend, String words) {
    /** What happened to the exchange. */
    enum Kind {
        /** No connection: the request was surely not sent. */
        NOT_SENT,
        /** A kept-alive connection was closed before any answer: the backend most likely never read the request. */
        STALE_CONNECTION,
        /** The backend closed the connection before its answer was whole. */
        NO_ANSWER,
        /** What came isn't HTTP. */
        INVALID_ANSWER,
        /** The backend was silent for too long; it may still be at work. */
        TIMED_OUT
    }

    /**
     * Finds the failure from the exception and from how far the exchange had come.
     *
     * @param connection the one that carried the exchange
     * @param timeout the longest silence of a backend
     */
    static Failure of(IOException e, Exchange exchange, UpstreamConnection connection, Duration timeout) {
        Backend backend = exchange.backend;
        if (connection.progress() == Progress.CONNECTING) {
            ProxyError error = notSent(e, exchange);
            String words = exchange.isTimedOut() ? "did not finish connecting" : FailureWords.of(e);
            return new Failure(Kind.NOT_SENT, health(error), error, backend, words);
        }
        boolean answered = connection.progress() == Progress.ANSWERED;
        if (exchange.isTimedOut()) {
            String words = "was silent for " + Durations.text(timeout);
            return noAnswer(Kind.TIMED_OUT, ProxyError.HTTP_RESPONSE_TIMEOUT, backend, words);
        }
        if (connection.isReused() && !answered) {
            return noAnswer(Kind.STALE_CONNECTION, ProxyError.CONNECTION_TERMINATED, backend, FailureWords.of(e));
        }
        if (e instanceof ProtocolException && !FailureWords.cutShort(e)) {
            return noAnswer(Kind.INVALID_ANSWER, ProxyError.HTTP_PROTOCOL_ERROR, backend, FailureWords.of(e));
        }
        ProxyError error = answered ? ProxyError.HTTP_RESPONSE_INCOMPLETE : ProxyError.CONNECTION_TERMINATED;
        return noAnswer(Kind.NO_ANSWER, error, backend, FailureWords.of(e));
    }

    private static Failure noAnswer(Kind kind, ProxyError error, Backend backend, String words) {
        return new Failure(kind, OutlierDetection.Failure.NO_ANSWER, error, backend, words);
    }

    private static OutlierDetection.Failure health(ProxyError notSent) {
        return switch (notSent) {
            case CONNECTION_REFUSED -> OutlierDetection.Failure.REFUSED;
            case CONNECTION_TIMEOUT, DNS_TIMEOUT -> OutlierDetection.Failure.CONNECTING_TIMED_OUT;
            default -> OutlierDetection.Failure.UNREACHABLE;
        };
    }

    private static ProxyError notSent(IOException e, Exchange exchange) {
        if (FailureWords.refused(e)) {
            return ProxyError.CONNECTION_REFUSED;
        }
        if (e instanceof ServiceSockets.Forbidden) {
            return ProxyError.DESTINATION_IP_PROHIBITED;
        }
        if (e instanceof NameLookup.TimedOut) {
            return ProxyError.DNS_TIMEOUT;
        }
        if (e instanceof UnknownHostException) {
            return ProxyError.DNS_ERROR;
        }
        if (e instanceof SSLException) {
            return e instanceof SSLPeerUnverifiedException || e.getCause() instanceof CertificateException
                    ? ProxyError.TLS_CERTIFICATE_ERROR
                    : ProxyError.TLS_PROTOCOL_ERROR;
        }
        if (exchange.isTimedOut() || e instanceof InterruptedIOException) {
            return ProxyError.CONNECTION_TIMEOUT;
        }
        return ProxyError.DESTINATION_IP_UNROUTABLE;
    }

    /**
     * Returns what clients of a route may know of a failure: without words that could name an address, unless the route
     * shows addresses anyway.
     */
    static String forClients(Route route, ProxyError error, String words) {
        boolean showsAddresses = route.config().serviceHeader() == RouteConfig.ServiceHeader.URL;
        return showsAddresses || error == null ? words : error.token().replace('_', ' ');
    }

    /** Returns the problem to answer with if no other backend is tried. */
    Problem problem(Route route) {
        String name = route.nameInAnswers(backend);
        String who = name == null ? "The service " : "The service " + name + " ";
        return kind == Kind.TIMED_OUT
                ? ProblemType.GATEWAY_TIMEOUT.problem(who + words, error, name)
                : ProblemType.BAD_GATEWAY.problem(
                        who + "gave no answer: " + forClients(route, error, words), error, name);
    }
}
