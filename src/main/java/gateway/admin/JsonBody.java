package gateway.admin;

import gateway.http.Problem;
import gateway.http.ProblemType;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Locale;

/** Reads the body of a request that is to be JSON, of {@value #MAX_BYTES} bytes at most. */
final class JsonBody {
    private static final int MAX_BYTES = 64 * 1024;

    private JsonBody() {}

    /**
     * Returns the body, of which nothing is parsed yet; null if there is none that can be used: then the request has
     * been answered with a problem.
     *
     * @param what what the body is, for people, like "service"
     */
    static byte[] read(Context ctx, String what) throws IOException {
        if (!isJson(ctx.contentType())) {
            ProblemType.UNSUPPORTED_MEDIA_TYPE
                    .problem("Send the " + what + " as JSON, with Content-Type: application/json")
                    .send(ctx.req(), ctx.res());
            return null;
        }
        byte[] body;
        try {
            body = ctx.req().getInputStream().readNBytes(MAX_BYTES + 1);
        } catch (IOException | RuntimeException e) { // the client left, stalled, or sent what isn't HTTP
            ctx.res().setHeader("Connection", "close");
            Problem.brokenBody(e).send(ctx.req(), ctx.res());
            return null;
        }
        if (body.length > MAX_BYTES) {
            ProblemType.CONTENT_TOO_LARGE
                    .problem("A " + what + " may have at most " + MAX_BYTES + " bytes")
                    .send(ctx.req(), ctx.res());
            return null;
        }
        return body;
    }

    private static boolean isJson(String contentType) {
        if (contentType == null) {
            return false;
        }
        String type = contentType.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
        return type.equals("application/json") || type.startsWith("application/") && type.endsWith("+json");
    }
}
