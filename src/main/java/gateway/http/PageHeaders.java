package gateway.http;

import jakarta.servlet.http.HttpServletResponse;

/**
 * Sets the headers that make browsers isolate the gateway's pages from other sites. There are no CORS headers at all.
 */
public final class PageHeaders {
    private PageHeaders() {}

    /** Sets the headers for any answer: other sites can't embed it, and browsers must not guess its type. */
    public static void keepFromOthers(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("X-Frame-Options", "DENY");
    }

    /**
     * Sets the headers for a page: other sites that open it, or that it opens, get no access to its window and don't
     * learn its URL.
     */
    public static void ofPage(HttpServletResponse response) {
        keepFromOthers(response);
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    }
}
