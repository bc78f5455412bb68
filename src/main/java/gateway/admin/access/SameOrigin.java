package gateway.admin.access;

import gateway.http.Answer;
import gateway.http.ProblemType;
import gateway.trace.Stage;
import gateway.trace.Trace;
import java.net.URI;
import java.util.List;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpHeader;
import org.eclipse.jetty.server.Request;

/**
 * Refuses changes that a page of another site requests through an operator's browser (CSRF). Browsers send {@code
 * Origin} with each such request; other clients send none and pass. Requests to services aren't checked here.
 */
public final class SameOrigin implements Stage {
    private static final Set<String> READING = Set.of("GET", "HEAD", "OPTIONS");

    @Override
    public boolean ends(Request request, Answer answer, Trace trace) {
        if (READING.contains(request.getMethod()) || trace.isForService()) {
            return false;
        }
        HttpFields fields = request.getHeaders();
        List<String> origins = fields.getValuesList(HttpHeader.ORIGIN);
        List<String> sites = fields.getValuesList("Sec-Fetch-Site");
        if (origins.size() <= 1 // no browser sends two, and it is unclear which would be the page's
                && sites.size() <= 1
                && origins.stream().allMatch(origin -> isOf(origin, fields.get(HttpHeader.HOST)))
                && sites.stream().allMatch(SameOrigin::isOwn)) {
            return false;
        }
        String whose = origins.isEmpty() ? "another site" : String.join(", ", origins);
        ProblemType.CROSS_SITE
                .problem("A page of " + whose + " may not change this gateway")
                .send(request, answer);
        return true;
    }

    /**
     * Returns whether {@code Sec-Fetch-Site}, which no page can forge, is of the gateway's own page; {@code none} is
     * the user's own action.
     */
    private static boolean isOwn(String site) {
        return site.equals("same-origin") || site.equals("none");
    }

    private static boolean isOf(String origin, String host) {
        try {
            return host != null && host.equalsIgnoreCase(URI.create(origin).getRawAuthority());
        } catch (IllegalArgumentException e) {
            return false;
        }
    }
}
