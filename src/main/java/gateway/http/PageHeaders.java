package gateway.http;

import jakarta.servlet.http.HttpServletResponse;

/** What tells browsers to keep pages of other sites away from the gateway's own. There are no CORS headers at all. */
public final class PageHeaders {
    private PageHeaders() {}

    /** Of anything: other sites can't embed it, and it is taken for nothing but what it says that it is. */
    public static void keepFromOthers(HttpServletResponse response) {
        response.setHeader("X-Content-Type-Options", "nosniff");
        response.setHeader("Cross-Origin-Resource-Policy", "same-origin");
        response.setHeader("X-Frame-Options", "DENY");
    }

    /** Of a page: nobody who opened it, or whom it opens, gets hold of its window or learns where it was. */
    public static void ofPage(HttpServletResponse response) {
        keepFromOthers(response);
        response.setHeader("Referrer-Policy", "no-referrer");
        response.setHeader("Cross-Origin-Opener-Policy", "same-origin");
    }
}
