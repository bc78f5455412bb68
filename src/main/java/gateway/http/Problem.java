package gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.util.Sizes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;

/**
 * An error that the gateway itself answers with, as RFC 9457 has it. The one place where failures become bodies. A
 * {@link ProblemType} makes them.
 *
 * @param type the kind
 * @param status 400 to 599
 * @param title the kind in words, the same for each occurrence
 * @param detail what happened here and what would mend it
 * @param more further members, in order
 * @param proxyStatus which of the ways to fail it was, said of a request that was for a service
 */
public record Problem(
        ProblemType type, int status, String title, String detail, Map<String, Object> more, ProxyStatus proxyStatus) {
    /** Where a request that was refused before it had a trace carries its problem. */
    public static final String ATTRIBUTE = "gateway.problem";

    /** The media type of {@link #json}. */
    public static final String CONTENT_TYPE = "application/problem+json";

    private static final String TYPE = "urn:api-gateway:problem:";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the name of its type, as logs and metrics have it. */
    public String slug() {
        return type.slug();
    }

    /** The same problem with one more member. */
    public Problem with(String name, Object value) {
        Map<String, Object> members = new LinkedHashMap<>(more);
        members.put(name, value);
        return new Problem(type, status, title, detail, members, proxyStatus);
    }

    /** A path that nothing of the gateway answers to. */
    public static Problem notFound(String path) {
        return ProblemType.NOT_FOUND.problem(
                "The gateway has nothing at " + path + "; services answer below /api/, GET / lists the rest");
    }

    /** A request that isn't valid HTTP or that the gateway won't carry. */
    public static Problem badRequest(String detail) {
        return ProblemType.BAD_REQUEST.problem(detail);
    }

    /**
     * A request's body that could not be read to its end.
     *
     * @param failure what reading it threw
     */
    public static Problem brokenBody(Exception failure) {
        if (failure instanceof BodyTooLarge tooLarge) {
            return tooLarge.problem();
        }
        return failure.getCause() instanceof TimeoutException
                ? ProblemType.REQUEST_TIMEOUT.problem("The request's body stopped arriving")
                : badRequest("The request's body ended early or isn't valid HTTP");
    }

    /**
     * A body that is larger than it may be.
     *
     * @param most how large it may be, bytes
     */
    public static Problem bodyTooLarge(long most) {
        return ProblemType.CONTENT_TOO_LARGE.problem("A request's body has at most " + Sizes.words(most));
    }

    /** A header that doesn't come to its end. */
    public static Problem lateHeader() {
        return ProblemType.REQUEST_TIMEOUT.problem("The request's header took too long to arrive");
    }

    /** Something in the gateway broke; the cause is in its log, not in the answer. */
    public static Problem internal() {
        return ProblemType.INTERNAL.problem("The gateway failed at this request; its log says at what");
    }

    /**
     * The document.
     *
     * @param instance the path that was asked for
     */
    public byte[] json(String instance) {
        Map<String, Object> members = new LinkedHashMap<>();
        members.put("type", TYPE + slug());
        members.put("title", title);
        members.put("status", status);
        members.put("detail", detail);
        members.put("instance", instance);
        members.putAll(more);
        try {
            return JSON.writeValueAsBytes(members);
        } catch (JsonProcessingException e) {
            return ("{\"type\":\"" + TYPE + ProblemType.INTERNAL.slug() + "\",\"status\":500}")
                    .getBytes(StandardCharsets.UTF_8);
        }
    }

    /** Tells the request's trace of this problem, and takes its ids in. */
    private Problem identified(Traced traced, HttpServletResponse response) {
        if (traced == null) {
            return this;
        }
        traced.answeredBy(this);
        if (traced.isForService()) {
            response.setHeader(ProxyStatus.HEADER, proxyStatus.value());
        }
        return with("request_id", traced.requestId()).with("trace_id", traced.traceId());
    }

    /**
     * Answers with this problem; headers that were set before stay. Once the answer has begun it can't be taken back,
     * and this does nothing.
     */
    public void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        if (!response.containsHeader("Connection")) { // else it has been said, and somebody may want to read on
            UnreadBody.discard(ServletContextRequest.getServletContextRequest(request));
        }
        byte[] body = identified(Traced.of(request), response).json(request.getRequestURI());
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType(CONTENT_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }
}
