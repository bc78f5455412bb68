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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class FailureWordsTest {
    static Stream<Arguments> failures() {
        IOException wrapped = new ConnectException("Failed to connect to localhost/127.0.0.1:1");
        wrapped.initCause(new ConnectException("Connection refused"));
        return Stream.of(
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
