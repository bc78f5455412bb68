package gateway.health;

import gateway.net.NameLookup;
import java.io.EOFException;
import java.io.IOException;
import java.net.ConnectException;
import java.net.NoRouteToHostException;
import java.net.ProtocolException;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.util.Optional;

/** Describes an exception of a connection to a backend for logs, lists and answers. */
public final class FailureWords {
    private FailureWords() {}

    /** Returns a short description without the exception's class; never empty. */
    public static String of(IOException failure) {
        if (refused(failure)) {
            return "connection refused";
        }
        if (failure instanceof NameLookup.TimedOut) {
            return "name look-up timed out";
        }
        if (failure instanceof UnknownHostException) {
            return "unknown host";
        }
        if (failure instanceof SocketTimeoutException && said(failure, "onnect timed out")) {
            return "could not connect in time";
        }
        if (failure instanceof ConnectException || failure instanceof NoRouteToHostException) {
            return "could not connect";
        }
        Optional<String> tls = TlsFailureWords.of(failure);
        if (tls.isPresent()) {
            return tls.get();
        }
        if (failure instanceof EOFException && said(failure, "close_notify")) {
            return failure.getMessage();
        }
        if (cutShort(failure)) {
            return "closed the connection before its answer was whole";
        }
        if (failure instanceof ProtocolException) {
            return "not a valid answer: " + failure.getMessage();
        }
        if (said(failure, "reset") || said(failure, "Broken pipe")) {
            return "reset the connection";
        }
        return failure.getMessage() == null ? "connection failed" : failure.getMessage();
    }

    /** Returns whether nothing listens at the backend's address: one such request is enough to eject it. */
    public static boolean refused(IOException failure) {
        return failure instanceof ConnectException
                && (said(failure, "refused")
                        || failure.getCause() instanceof ConnectException cause && said(cause, "refused"));
    }

    /** Returns whether the connection ended before the answer did; within a body OkHttp calls that a protocol error. */
    public static boolean cutShort(IOException failure) {
        return failure instanceof EOFException || said(failure, "unexpected end of stream");
    }

    private static boolean said(IOException failure, String word) {
        return failure.getMessage() != null && failure.getMessage().contains(word);
    }
}
