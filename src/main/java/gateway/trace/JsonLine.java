package gateway.trace;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.json.JsonWriteFeature;
import gateway.http.Problem;
import gateway.net.Peer;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.function.Function;

/** Formats a request as one JSON object in ASCII; members without a value are left out. */
final class JsonLine implements Function<Trace, String> {
    private static final JsonFactory JSON =
            JsonFactory.builder().enable(JsonWriteFeature.ESCAPE_NON_ASCII).build();

    @Override
    public String apply(Trace trace) {
        StringWriter line = new StringWriter(400);
        try (JsonGenerator json = JSON.createGenerator(line)) {
            json.writeStartObject();
            write(json, trace);
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e); // cannot happen: it writes to memory only
        }
        return line.toString();
    }

    private static void write(JsonGenerator json, Trace trace) throws IOException {
        json.writeStringField("time", trace.time().toString());
        json.writeStringField("client", Peer.text(trace.client()));
        text(json, "method", trace.method());
        text(json, "path", trace.path());
        if (trace.route() != null) {
            text(json, "route", trace.route().name());
        }
        if (trace.status() != 0) {
            json.writeNumberField("status", trace.status());
        }
        json.writeNumberField("bytes", trace.bytes());
        json.writeNumberField("duration_ms", Math.round(trace.durationNanos() / 1e4) / 1e2);
        json.writeStringField("outcome", trace.outcome().word());
        attempts(json, trace.attempts());
        text(json, "request_id", trace.requestId());
        text(json, "trace_id", trace.traceId());
        Problem problem = trace.problem();
        if (problem != null) {
            text(json, "problem", problem.slug());
            text(json, "reason", problem.detail());
        }
    }

    /** Writes the backend of the last attempt, the number of attempts, and each failure. */
    private static void attempts(JsonGenerator json, List<Attempt> attempts) throws IOException {
        if (!attempts.isEmpty()) {
            text(json, "backend", attempts.get(attempts.size() - 1).backend().name());
        }
        json.writeNumberField("attempts", attempts.size());
        boolean any = false;
        for (Attempt attempt : attempts) {
            if (attempt.failure() != null) {
                if (!any) {
                    json.writeArrayFieldStart("failures");
                    any = true;
                }
                json.writeString(LogText.cut(attempt.backend().name() + ": " + attempt.failure()));
            }
        }
        if (any) {
            json.writeEndArray();
        }
    }

    private static void text(JsonGenerator json, String name, String text) throws IOException {
        if (text != null) {
            json.writeStringField(name, LogText.cut(text));
        }
    }
}
