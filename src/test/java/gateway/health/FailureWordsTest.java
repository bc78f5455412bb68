package gateway.health;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.stream.Stream;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLHandshakeException;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureWordsTest {
    static Stream<Arguments> failures() {
        IOException wrapped = new ConnectException("Failed to connect to localhost/127.0.0.1:1");
        wrapped.initCause(new ConnectException("Connection refused"));
        IOException resetAfterAlert = new SocketException("Connection reset"); // in whichever order both are met
        resetAfterAlert.addSuppressed(new SSLHandshakeException("Received fatal alert: certificate_required"));
        IOException withinHandshake = new SSLException("readHandshakeRecord", new SocketException("Broken pipe"));
        return Stream.of(
                Arguments.of(
                        resetAfterAlert,
                        "TLS failed: it sent certificate_required: it wants a client certificate, and the gateway has none"),
                Arguments.of( // as Java 25 writes it
                        new SSLHandshakeException(
                                "(no_application_protocol) Received fatal alert: no_application_protocol"),
                        "TLS failed: it sent no_application_protocol: it may speak HTTP/2 only, and the gateway speaks"
                                + " HTTP/1.1 to services"),
                Arguments.of(
                        new SSLHandshakeException("Received fatal alert: internal_error"),
                        "TLS failed: it sent internal_error"),
                Arguments.of(withinHandshake, "TLS failed: it closed the connection within the handshake"),
                Arguments.of(
                        new SSLHandshakeException("Remote host terminated the handshake"),
                        "TLS failed: it closed the connection within the handshake"),
                Arguments.of(
                        new SSLException("Unsupported or unrecognized SSL message"),
                        "TLS failed: it doesn't speak TLS; if it speaks plain HTTP, its URL begins with http://"),
                Arguments.of(new SSLException("odd"), "TLS failed: odd"),
                Arguments.of(new ConnectException("Connection refused"), "connection refused"),
                Arguments.of(wrapped, "connection refused"),
                Arguments.of(new ConnectException("Network is unreachable"), "could not connect"),
                Arguments.of(new NoRouteToHostException("No route"), "could not connect"),
                Arguments.of(new SocketTimeoutException("Connect timed out"), "could not connect in time"),
                Arguments.of(new UnknownHostException("nowhere"), "unknown host"),
                Arguments.of(new ProtocolException("odd"), "not a valid answer: odd"),
                Arguments.of(
                        new IOException("unexpected end of stream on http://h/..."),
                        "closed the connection before its answer was whole"),
                Arguments.of(
                        new ProtocolException("unexpected end of stream"),
                        "closed the connection before its answer was whole"),
                Arguments.of(new EOFException(), "closed the connection before its answer was whole"),
                Arguments.of(new SocketException("Connection reset"), "reset the connection"),
                Arguments.of(new IOException("Broken pipe"), "reset the connection"),
                Arguments.of(new IOException("something else"), "something else"),
                Arguments.of(new IOException(), "connection failed"));
    }

    @ParameterizedTest(name = "{0} is: {1}")
    @MethodSource("failures")
    void failures_are_said_in_words(IOException failure, String words) {
        assertEquals(words, FailureWords.of(failure));
    }
}
