package gateway.route.config;

import gateway.http.Token;
import gateway.route.Cors;
import gateway.route.HeaderEdits;
import gateway.util.Durations;
import java.time.Duration;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Reads {@code cors}: which pages of other origins may use the route. */
final class CorsReader {
    private static final String ANY = "*";
    private static final String ORIGIN = "an origin as browsers send it, like https://app.example, or \"*\" for any";
    private static final Pattern FORM =
            Pattern.compile("([a-z][a-z0-9+.-]*)://(?:[a-z0-9_-]+(?:\\.[a-z0-9_-]+)*|\\[[0-9a-f:.]+])(?::(\\d{1,5}))?");
    private static final Duration LONGEST_AGE = Duration.ofHours(24);

    private CorsReader() {}

    static Cors read(Value value) {
        Fields fields = value.fields("the pages that may use it, like {origins: [\"https://app.example\"]}");
        Set<String> origins = fields.get("origins", Set.of(), CorsReader::origins);
        List<String> methods = fields.get(
                "methods",
                List.of(),
                given -> given.texts("a list of methods, like [PUT]", "a method", CorsReader::method));
        List<String> headers = fields.get(
                "headers",
                List.of(),
                given -> given.texts("a list of headers, like [X-User]", "a header's name", CorsReader::header));
        boolean credentials = fields.get("credentials", false, given -> credentials(given, origins));
        Duration maxAge = fields.get(
                "max-age",
                Cors.USUAL_MAX_AGE,
                given -> given.text("a duration, like 10m", text -> Durations.parse(text, Duration.ZERO, LONGEST_AGE)));
        if (value.isMapping() && !fields.has("origins")) {
            fields.bad("expected origins, like [\"https://app.example\"]");
        }
        fields.end();
        return new Cors(origins, methods, headers, credentials, maxAge);
    }

    private static Set<String> origins(Value value) {
        List<String> origins = value.texts("a list of origins", ORIGIN, CorsReader::origin);
        if (value.isEmptyList()) {
            return value.bad("expected at least one origin");
        }
        if (origins.contains(ANY) && origins.size() > 1) {
            return value.bad("expected \"*\" alone: it stands for any origin");
        }
        return Set.copyOf(new LinkedHashSet<>(origins));
    }

    private static String origin(String text) {
        if (text.equals(ANY)) {
            return text;
        }
        if (text.equals("null")) {
            throw new IllegalArgumentException(
                    "expected another origin: any site can make pages whose origin is null; for all sites, say \"*\"");
        }
        Matcher parts = FORM.matcher(text);
        if (!parts.matches()) {
            throw new IllegalArgumentException(
                    "expected " + ORIGIN + ": scheme, host and, if any, port, in lower case, without a slash after it");
        }
        String port = parts.group(2);
        if (port != null && !isSent(parts.group(1), port)) {
            throw new IllegalArgumentException(
                    "expected " + ORIGIN + ": a port from 1 to 65535, and none that the scheme has anyway");
        }
        return text;
    }

    private static boolean isSent(String scheme, String port) {
        int number = Integer.parseInt(port);
        boolean usual = scheme.equals("http") && number == 80 || scheme.equals("https") && number == 443;
        return number >= 1 && number <= 65535 && !usual && !port.startsWith("0");
    }

    private static String method(String text) {
        if (!Token.is(text) || text.equals(ANY)) {
            throw new IllegalArgumentException("expected a method; without this key, any is allowed");
        }
        return text;
    }

    private static String header(String text) {
        if (text.equals(ANY)) {
            throw new IllegalArgumentException("expected a header's name; without this key, any is allowed");
        }
        return HeaderEdits.name(text);
    }

    private static Boolean credentials(Value value, Set<String> origins) {
        Boolean allowed = value.flag();
        return Boolean.TRUE.equals(allowed) && origins.contains(ANY)
                ? value.bad("needs origins by name: with \"*\", any site could act for the clients who are logged in")
                : allowed;
    }
}
