package gateway.proxy.upstream;

import java.util.concurrent.TimeUnit;
import org.eclipse.jetty.http.HttpField;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;

/**
 * Whether a backend keeps its connection after an answer, and for how long it may be idle then (RFC 9112, 9.3; {@code
 * Keep-Alive}: RFC 2068, 19.7.1.1).
 *
 * @param isKept whether another request may be sent
 * @param mostIdle how long the connection may be idle, nanoseconds; {@link Long#MAX_VALUE} if the backend doesn't say
 */
record Persistence(boolean isKept, long mostIdle) {
    /** The connection isn't kept. */
    static final Persistence NONE = new Persistence(false, 0);

    private static final Persistence UNBOUNDED = new Persistence(true, Long.MAX_VALUE);

    /** How much earlier than announced the backend is taken to close, since its clock began to run earlier. */
    private static final long MARGIN = TimeUnit.SECONDS.toNanos(1);

    /**
     * Reads what an answer says.
     *
     * @param old whether the answer is of HTTP/1.0, whose connections are only kept if that is said
     */
    static Persistence of(boolean old, HttpFields fields) {
        boolean close = old;
        boolean codedAndSized = false;
        String announced = null;
        for (HttpField field : fields) {
            HttpHeader known = field.getHeader();
            if (known == HttpHeader.CONNECTION) {
                if (field.contains("close")) {
                    return NONE;
                }
                close = close && !field.contains("keep-alive");
            } else if (known == HttpHeader.KEEP_ALIVE) {
                announced = announced == null ? field.getValue() : announced + ',' + field.getValue();
            } else if (known == HttpHeader.TRANSFER_ENCODING) {
                codedAndSized = old || fields.contains(HttpHeader.CONTENT_LENGTH);
            }
        }
        if (close || codedAndSized) { // such framing is faulty (RFC 9112, 6.1 and 6.3)
            return NONE;
        }
        return announced == null ? UNBOUNDED : announced(announced);
    }

    private static Persistence announced(String parameters) {
        long mostIdle = Long.MAX_VALUE;
        for (String parameter : parameters.split(",")) {
            int equals = parameter.indexOf('=');
            long value =
                    equals < 0 ? -1 : number(parameter.substring(equals + 1).strip());
            if (value < 0) {
                continue;
            }
            String name = parameter.substring(0, equals).strip();
            if (name.equalsIgnoreCase("max") && value <= 1) { // how many more there may be; some count this one
                return NONE;
            }
            if (name.equalsIgnoreCase("timeout")) {
                long nanos = TimeUnit.SECONDS.toNanos(value);
                mostIdle = Math.min(mostIdle, nanos - Math.min(MARGIN, nanos / 2));
            }
        }
        return mostIdle == 0 ? NONE : new Persistence(true, mostIdle);
    }

    private static long number(String text) {
        try {
            return Long.parseLong(text);
        } catch (NumberFormatException e) {
            return -1; // it says nothing that could be relied on
        }
    }
}
