package gateway.http;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import gateway.util.Sizes;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.concurrent.TimeoutException;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.util.Callback;

/**
 * An error that the gateway itself answers with, in the form of RFC 9457. Only here do errors become bodies. A {@link
 * ProblemType} makes them.
 *
 * @param type the kind
 * @param status 400 to 599
 * @param title the kind for people, the same for each occurrence
 * @param detail what happened, and how to fix it
 * @param more further members, in order
 * @param proxyStatus the value of Proxy-Status, if the request was for a service
 */
public record Problem(
        ProblemType type, int status, String title, String detail, Map<String, Object> more, ProxyStatus proxyStatus) {
    /** The attribute in which a request that was refused before it had a trace carries its problem. */
    public static final String ATTRIBUTE = "gateway.problem";

    /** The media type of {@link #json}. */
    public static final String CONTENT_TYPE = "application/problem+json";

    private static final String TYPE = "urn:api-gateway:problem:";
    private static final ObjectMapper JSON = new ObjectMapper();

    /** Returns the name of its type in logs and metrics. */
    public String slug() {
        return type.slug();
    }

    /** Returns the same problem with one more member. */
    public Problem with(String name, Object value) {
        Map<String, Object> members = new LinkedHashMap<>(more);
        members.put(name, value);
        return new Problem(type, status, title, detail, members, proxyStatus);
    }

    /** Returns the same problem with another detail, also in {@code Proxy-Status}. */
    public Problem withDetail(String other) {
        ProxyStatus status = new ProxyStatus(proxyStatus.error(), proxyStatus.nextHop(), other);
        return new Problem(type, this.status, title, other, more, status);
    }

    /** Returns the problem for a path at which the gateway has nothing. */
    public static Problem notFound(String path) {
        return ProblemType.NOT_FOUND.problem(
                "The gateway has nothing at " + path + "; GET / lists what there is, and where services answer");
    }

    /** Returns the problem for a request that isn't valid HTTP or that the gateway doesn't forward. */
    public static Problem badRequest(String detail) {
        return ProblemType.BAD_REQUEST.problem(detail);
    }

    /**
     * Returns the problem for a request body that could not be read to its end.
     *
     * @param failure the exception from reading it
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
     * Returns the problem for a body that is too large.
     *
     * @param most the largest body that is allowed, bytes
     */
    public static Problem bodyTooLarge(long most) {
        return ProblemType.CONTENT_TOO_LARGE.problem("A request's body may have at most " + Sizes.words(most));
    }

    /** Returns the problem for a header that doesn't arrive in time. */
    public static Problem lateHeader() {
        return ProblemType.REQUEST_TIMEOUT.problem("The request's header took too long to arrive");
    }

    /** Returns the problem for an error in the gateway; the cause is in its log, not in the answer. */
    public static Problem internal() {
        return ProblemType.INTERNAL.problem("The gateway failed at this request; its log has the cause");
    }

    /**
     * Returns the problem as a JSON document.
     *
     * @param instance the path of the request
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

    /** Notes this problem in the request's trace, and returns it with the request's ids. */
    private Problem identified(Traced traced, HttpFields.Mutable answer) {
        if (traced == null) {
            return this;
        }
        traced.answeredBy(this);
        if (traced.isForService()) {
            answer.put(ProxyStatus.HEADER, proxyStatus.value());
        }
        return with("request_id", traced.requestId()).with("trace_id", traced.traceId());
    }

    /** Answers with this problem; headers that were set before stay. Does nothing if the answer has begun. */
    public void send(HttpServletRequest request, HttpServletResponse response) throws IOException {
        if (response.isCommitted()) {
            return;
        }
        if (!response.containsHeader("Connection")) { // else the caller has set it, and may want to read on
            UnreadBody.discard(ServletContextRequest.getServletContextRequest(request));
        }
        byte[] body = identified(Traced.of(request), fields(response)).json(request.getRequestURI());
        response.resetBuffer();
        response.setStatus(status);
        response.setContentType(CONTENT_TYPE);
        response.setContentLength(body.length);
        response.getOutputStream().write(body);
    }

    /** Returns the fields themselves; the servlet API would inspect each name. */
    private static HttpFields.Mutable fields(HttpServletResponse response) {
        return ServletContextResponse.getServletContextResponse(response)
                .getWrapped()
                .getHeaders();
    }

    /** Makes this problem the answer; headers that were set before stay. Does nothing if the answer has begun. */
    public void send(Request request, Answer answer) {
        if (answer.isCommitted()) {
            return;
        }
        HttpFields.Mutable fields = answer.fields();
        if (!fields.contains(HttpHeader.CONNECTION)) { // else the caller has set it, and may want to read on
            UnreadBody.discard(request);
        }
        answer.status(status);
        fields.put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
        answer.body(identified(Traced.of(request), fields).json(path(request)));
    }

    /** Returns the path of the request; {@code /} for a CONNECT of HTTP/2, which has none, as Jetty says for HTTP/1.1. */
    private static String path(Request request) {
        String path = request.getHttpURI().getPath();
        return path == null ? "/" : path;
    }

    /**
     * Answers with this problem a request that no handler got.
     *
     * @param traced the record of the request
     */
    public void send(Request request, Response response, Callback callback, Traced traced) {
        HttpFields.Mutable fields = response.getHeaders();
        byte[] body = identified(traced, fields).json(path(request));
        response.setStatus(status);
        fields.put(HttpHeader.CONTENT_TYPE, CONTENT_TYPE);
        fields.put(HttpHeader.CONTENT_LENGTH, body.length);
        response.write(true, ByteBuffer.wrap(body), callback);
    }
}
