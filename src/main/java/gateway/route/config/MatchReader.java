package gateway.route.config;

import gateway.http.IllegalCharacter;
import gateway.http.PathPrefix;
import gateway.http.PlainPath;
import gateway.http.Token;
import gateway.net.HostName;
import gateway.route.Match;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/** Reads {@code match}: path, host, methods. */
final class MatchReader {
    private static final String FORM = "the requests that it takes, like {path: /shop}";
    private static final String PATH = "a path like /shop, which takes all below it, too";
    private static final String HOST = "a host without a port, like shop.example";
    private static final Pattern ESCAPED = Pattern.compile("(?:[^%]|%[0-9A-Fa-f]{2})*+");
    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]+");
    private static final int LONGEST_PATH = 1024;
    private static final Set<String> USUAL =
            Set.of("GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT");

    private MatchReader() {}

    /** Returns the match; null if it can't be used. */
    static Match read(Value value) {
        Fields fields = value.fields(FORM);
        boolean named = fields.has("path") || fields.has("host");
        PathPrefix path = fields.get("path", PathPrefix.ALL, given -> given.text(PATH, MatchReader::path));
        Optional<String> host =
                fields.get("host", Optional.empty(), given -> Optional.ofNullable(given.text(HOST, MatchReader::host)));
        Set<String> methods = fields.get("methods", Set.of(), MatchReader::methods);
        if (value.isMapping() && !named) {
            fields.bad("expected a path or a host: " + FORM);
        }
        fields.end();
        return new Match(path, host, methods);
    }

    private static PathPrefix path(String text) {
        if (!text.startsWith("/")) {
            throw new IllegalArgumentException("expected " + PATH);
        }
        if (text.length() > LONGEST_PATH) {
            throw new IllegalArgumentException("expected a path of at most " + LONGEST_PATH + " characters");
        }
        if (text.endsWith("/*")) {
            throw new IllegalArgumentException("expected no * at the end: " + shorter(text, 2) + " takes all below it");
        }
        if (text.length() > 1 && text.endsWith("/")) {
            throw new IllegalArgumentException(
                    "expected no slash at the end: " + shorter(text, 1) + " takes what is below it, and itself");
        }
        if (text.contains("?") || text.contains("#")) {
            throw new IllegalArgumentException("expected a path alone, without a query or a fragment");
        }
        if (text.contains("//")) {
            throw new IllegalArgumentException("expected a path without empty segments");
        }
        int illegal = IllegalCharacter.in(text);
        if (illegal >= 0) {
            throw new IllegalArgumentException("expected a path as clients send it, with "
                    + IllegalCharacter.words(text.charAt(illegal)) + " percent-encoded");
        }
        if (!PlainPath.is(text)) {
            throw new IllegalArgumentException(
                    "expected a path without . and .. segments, backslashes and NUL, plain or percent-encoded:"
                            + " no request with these passes");
        }
        if (!ESCAPED.matcher(text).matches()) {
            throw new IllegalArgumentException("expected two hexadecimal digits after each %");
        }
        return PathPrefix.of(text);
    }

    private static String shorter(String text, int by) {
        return text.length() == by ? "/" : text.substring(0, text.length() - by);
    }

    private static String host(String text) {
        if (text.contains("*")) {
            throw new IllegalArgumentException("expected one host, like shop.example: there are no wildcards");
        }
        if (!text.chars().allMatch(c -> c < 128)) {
            throw new IllegalArgumentException("expected the host as browsers send it, like xn--bcher-kva.example");
        }
        if (!NAME.matcher(text).matches() || text.endsWith(".")) {
            throw new IllegalArgumentException("expected " + HOST);
        }
        return HostName.checked(text).toLowerCase(Locale.ROOT);
    }

    private static Set<String> methods(Value value) {
        List<String> methods =
                value.texts("a list of methods, like [GET, POST]", "a method, like GET", MatchReader::method);
        if (value.isEmptyList()) {
            return value.bad("expected at least one method; without this key, the route takes any");
        }
        return Set.copyOf(methods);
    }

    private static String method(String text) {
        String upper = text.toUpperCase(Locale.ROOT);
        if (!Token.is(text) || text.equals("*")) {
            throw new IllegalArgumentException("expected a method, like GET");
        }
        if (USUAL.contains(upper) && !USUAL.contains(text)) {
            throw new IllegalArgumentException("expected " + upper + ": case counts");
        }
        return text;
    }
}
