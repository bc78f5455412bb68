package gateway.admission;

import gateway.http.Answer;
import gateway.http.IllegalCharacter;
import gateway.http.PlainPath;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.Token;
import gateway.route.Route;
import gateway.settings.Bounds;
import gateway.trace.Stage;
import gateway.trace.Trace;
import gateway.util.Sizes;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.http.UriCompliance;
import org.eclipse.jetty.server.Request;

/**
 * Refuses requests whose header alone shows that they can't be served. Runs before routing and before the limiter, so
 * that these refusals don't count towards a client's limit.
 *
 * <ul>
 * <li>Requests that are too large, as far as the header tells.
 * <li>Paths that two servers could read differently: with a segment that is {@code .} or {@code ..} in any spelling, a
 * backslash, or a NUL. So {@code /api/../services} reaches neither a backend nor a route of the gateway.
 * <li>Methods, paths and queries that HTTP/2 can carry but a request line can't (RFC 9113, 10.3): with a space in one,
 * a client could smuggle a request line with an unchecked path to a service. Of the other characters that a URL may not
 * have, browsers send many; they pass as they are.
 * <li>A fragment, which some servers would take for a part of the path.
 * </ul>
 */
public final class RequestGuard implements Stage {
    /** The longest method; the longest that is registered has 17 letters. */
    static final int LONGEST_METHOD = 64;

    private final int longestUri;
    private final long largestBody;

    RequestGuard(Bounds bounds) {
        this.longestUri = bounds.uri();
        this.largestBody = bounds.body();
    }

    @Override
    public boolean ends(Request request, Answer answer, Trace trace) {
        HttpURI uri = request.getHttpURI();
        String path = uri.getPath();
        String query = uri.getQuery();
        String method = request.getMethod();
        if (path.length() + (query == null ? 0 : query.length() + 1) > longestUri) {
            String detail = "A request's path and query have at most " + Sizes.words(longestUri);
            return refuse(request, answer, ProblemType.URI_TOO_LONG.problem(detail));
        } else if (request.getLength() > largestBody(trace)) {
            return refuseBody(request, answer, largestBody(trace));
        } else if (method.length() > LONGEST_METHOD) {
            String detail = "A method has at most " + LONGEST_METHOD + " characters";
            return refuse(request, answer, ProblemType.NOT_IMPLEMENTED.problem(detail));
        } else if (IllegalCharacter.in(path) >= 0) {
            String name = IllegalCharacter.words(path.charAt(IllegalCharacter.in(path)));
            return refuse(request, answer, Problem.badRequest("The path has " + name + "; percent-encode it"));
        } else if (!PlainPath.is(path)) {
            String detail = "The path has a . or .. segment, a backslash or a NUL, plain or percent-encoded; "
                    + "send the path without these";
            return refuse(request, answer, Problem.badRequest(detail));
        } else if (!Token.is(method)) {
            String detail = "The method isn't valid: it may have only letters, digits and !#$%&'*+-.^_`|~";
            return refuse(request, answer, Problem.badRequest(detail));
        } else if (!isQuery(query)) {
            String detail = "The query has a space, a control character or bytes that aren't UTF-8; percent-encode it";
            return refuse(request, answer, Problem.badRequest(detail));
        } else if (uri.hasViolation(UriCompliance.Violation.FRAGMENT)) {
            return refuse(
                    request,
                    answer,
                    Problem.badRequest("The path or query is followed by a #; percent-encode it, or leave it out"));
        }
        return false;
    }

    private static boolean refuse(Request request, Answer answer, Problem problem) {
        problem.send(request, answer);
        return true;
    }

    private long largestBody(Trace trace) {
        Route route = trace.route();
        return route == null ? largestBody : route.config().maxBody();
    }

    private static boolean refuseBody(Request request, Answer answer, long largestBody) {
        answer.closesConnection(); // rather than read the announced body
        boolean ends = refuse(request, answer, Problem.bodyTooLarge(largestBody));
        if (!request.getHeaders()
                .contains(HttpHeader.EXPECT)) { // else the client waits for 100 Continue and sends nothing
            LingeringClose.after(request, answer);
        }
        return ends;
    }

    private static boolean isQuery(String query) {
        if (query != null) {
            for (int i = 0; i < query.length(); i++) {
                char c = query.charAt(i);
                if (c <= ' ' || c == 0x7f || c == IllegalCharacter.NOT_UTF_8) {
                    return false;
                }
            }
        }
        return true;
    }
}
