package gateway.admin.dashboard;

import gateway.admin.access.AdminAuth;
import gateway.http.PageHeaders;
import gateway.http.Problem;
import gateway.server.ServerConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import io.javalin.http.HttpStatus;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.regex.Pattern;
import java.util.zip.CRC32C;

/**
 * Serves the pages, their files, and the description of the API. All of it is on the class path: the gateway's own
 * files in {@code src/main/resources/page}, libraries in their webjars, under a path with their version.
 *
 * <p>Javalin's static files aren't used: they would serve all of each webjar, mount its jar at each start, look for a
 * file at each unknown path of the gateway, and not be listed as routes. Here a file is read at its first request and
 * kept; there are only as many as the class path has.
 */
public final class Pages {
    private static final String OWN = "page/";
    private static final String LIBRARIES = "META-INF/resources/webjars/";

    /**
     * The names of files that pages load: no two dots in a row, nothing hidden, nothing that has a meaning for a class
     * path. Possessive, since backtracking takes stack for each part, which a long path would overflow.
     */
    private static final Pattern NAME = Pattern.compile("[\\w-]+([./][\\w-]+)*+");

    private static final Map<String, String> TYPES = Map.of(
            "css", "text/css; charset=utf-8",
            "js", "text/javascript; charset=utf-8",
            "png", "image/png",
            "svg", "image/svg+xml");

    private static final String HTML = "text/html; charset=utf-8";
    private static final String JSON = "application/json";

    /** Allows scripts only from files of the gateway; inline styles because Swagger UI and uPlot need them. */
    private static final String POLICY = "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data:; "
            + "object-src 'none'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    private static final String ASK_AGAIN = "no-cache";
    private static final String KEEP = "public, max-age=31536000, immutable"; // another version has another path

    private final Map<String, File> files = new ConcurrentHashMap<>();

    private Pages() {}

    /**
     * A file to send.
     *
     * @param tag the ETag, which changes with the content
     */
    private record File(byte[] bytes, String tag) {}

    /**
     * Adds the routes.
     *
     * @param auth knows on which port the dashboard is; the other pages are on every port
     */
    public static void addTo(RoutesConfig routes, AdminAuth auth) {
        Pages pages = new Pages();
        ServerConfig.get(routes, "/dashboard", auth.atTheirPort(pages.page("dashboard.html")));
        ServerConfig.get(routes, "/docs", pages.page("docs.html"));
        ServerConfig.get(routes, "/openapi.json", pages.own("openapi.json", JSON));
        ServerConfig.get(routes, "/dashboard/assets/{file}", pages::asset);
        ServerConfig.get(routes, "/webjars/<path>", pages::library);
    }

    private Handler own(String name, String type) {
        return ctx -> send(ctx, OWN + name, type, ASK_AGAIN);
    }

    /** Sends a page, whose links are relative, so that it works below the path of another proxy's, too. */
    private Handler page(String name) {
        Handler page = own(name, HTML);
        return ctx -> {
            if (ctx.path().endsWith("/")) { // its links would lead elsewhere
                ctx.redirect(".." + ctx.path().substring(0, ctx.path().length() - 1), HttpStatus.PERMANENT_REDIRECT);
            } else {
                page.handle(ctx);
            }
        };
    }

    private void asset(Context ctx) throws IOException {
        String name = ctx.pathParam("file");
        send(ctx, OWN + name, type(name), ASK_AGAIN);
    }

    private void library(Context ctx) throws IOException {
        String name = ctx.pathParam("path");
        send(ctx, LIBRARIES + name, type(name), KEEP);
    }

    /** Returns the media type by the name's ending; null if pages load no such file. */
    private static String type(String name) {
        return NAME.matcher(name).matches() ? TYPES.get(name.substring(name.lastIndexOf('.') + 1)) : null;
    }

    private void send(Context ctx, String path, String type, String caching) throws IOException {
        File file = type == null ? null : files.computeIfAbsent(path, Pages::read);
        if (file == null) {
            Problem.notFound(ctx.req().getRequestURI()).send(ctx.req(), ctx.res());
            return;
        }
        ctx.header("Cache-Control", caching);
        ctx.header("ETag", file.tag());
        ctx.header("Vary", "Accept-Encoding"); // Javalin compresses it
        PageHeaders.ofPage(ctx.res());
        ctx.header("Content-Security-Policy", POLICY);
        if (isKnown(ctx.header("If-None-Match"), file.tag())) {
            ctx.status(304);
            ctx.res().setContentType(null);
            ctx.res().flushBuffer(); // else Jetty would add the length of the body, 0, which isn't the file's
            return;
        }
        ctx.contentType(type).result(file.bytes());
    }

    private static boolean isKnown(String tags, String tag) {
        return tags != null && Arrays.stream(tags.split(",")).map(String::strip).anyMatch(tag::equals);
    }

    /** Reads a file of the class path; returns null if there is none. */
    private static File read(String path) {
        try (InputStream in = Pages.class.getClassLoader().getResourceAsStream(path)) {
            if (in == null) {
                return null;
            }
            byte[] bytes = in.readAllBytes();
            CRC32C sum = new CRC32C();
            sum.update(bytes);
            // Weak: it is the same for the compressed form.
            return new File(bytes, "W/\"" + Long.toHexString(sum.getValue()) + "-" + bytes.length + "\"");
        } catch (IOException e) {
            throw new UncheckedIOException("The class path's " + path + " can't be read", e);
        }
    }
}
