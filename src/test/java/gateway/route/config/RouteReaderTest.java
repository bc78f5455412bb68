package gateway.route.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import com.fasterxml.jackson.databind.json.JsonMapper;
import gateway.http.PathPrefix;
import gateway.net.ServiceUrl;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.route.Balance;
import gateway.route.Cors;
import gateway.route.HeaderEdits;
import gateway.route.Limit;
import gateway.route.Match;
import gateway.route.RouteConfig;
import gateway.route.RouteConfig.HostHeader;
import gateway.route.RouteConfig.ServiceHeader;
import gateway.route.RouteDefaults;
import gateway.route.ServiceEntry;
import gateway.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class RouteReaderTest {
    private static final Settings SETTINGS = Settings.from(Map.of());
    private static final JsonMapper JSON = new JsonMapper();

    private final RouteDefaults defaults = RouteDefaults.of(SETTINGS);
    private final RouteReader reader = new RouteReader(defaults, SETTINGS::objection);

    private List<RouteConfig> read(String yaml) throws InvalidRoutes {
        return reader.routes(yaml.getBytes(StandardCharsets.UTF_8), false);
    }

    @Test
    void each_key_is_read() throws InvalidRoutes {
        String yaml = """
                routes:
                  shop:
                    match: {path: /shop, host: shop.example, methods: [GET, POST]}
                    strip: true
                    services: [http://10.0.0.5:9001, {url: http://10.0.0.6:9001, weight: 3}]
                    balance: least-requests
                    health: {path: /healthz, status: 200-399}
                    limits: [100/60s by client, 1000/60s by header:X-API-Key, 5000/60s by route]
                    host: client
                    timeout: 5s
                    retries: 1
                    max-body: 50MB
                    cors: {origins: ["https://app.example"], methods: [PUT], headers: [X-User], credentials: true, max-age: 1h}
                    headers: {request: {set: {X-Env: prod}, remove: [X-Debug]}, response: {remove: [Server]}}
                    redirects: pass
                    service-header: name
                    slow-start: off
                """;
        RouteConfig expected = new RouteConfig(
                "shop",
                new Match(new PathPrefix("/shop"), Optional.of("shop.example"), Set.of("GET", "POST")),
                true,
                List.of(
                        new ServiceEntry(ServiceUrl.parse("http://10.0.0.5:9001"), 1),
                        new ServiceEntry(ServiceUrl.parse("http://10.0.0.6:9001"), 3)),
                Balance.parse("least-requests"),
                HealthCheck.http("/healthz", HealthCheck.statuses("200-399")),
                List.of(
                        Limit.parse("100/60s"),
                        Limit.parse("1000/60s by header:X-API-Key"),
                        Limit.parse("5000/60s by route")),
                HostHeader.CLIENT,
                Duration.ofSeconds(5),
                1,
                50L << 20,
                new Cors(Set.of("https://app.example"), List.of("PUT"), List.of("X-User"), true, Duration.ofHours(1)),
                new HeaderEdits(
                        new HeaderEdits.Edit(Map.of("X-Env", "prod"), List.of("X-Debug")),
                        new HeaderEdits.Edit(Map.of(), List.of("Server"))),
                false,
                ServiceHeader.NAME,
                Duration.ZERO);
        assertEquals(List.of(expected), read(yaml));
    }

    @Test
    void a_route_is_its_match_and_the_defaults() throws InvalidRoutes {
        Match match = Match.below(new PathPrefix("/a"));
        assertEquals(List.of(defaults.configured("a", match)), read("routes: {a: {match: {path: /a}}}"));
    }

    /** What is read, written as JSON and read again is the same. */
    @Test
    void what_is_written_is_read_again() throws Exception {
        String yaml = """
                routes:
                  a: {match: {path: /}}
                  b: {match: {host: b.example}, strip: false, services: [{url: "http://[::1]:1/x", weight: 0}]}
                  c: {match: {path: "/c%2F;d", methods: [GET]}, balance: "hash:header:X-User", health: off, limits: off}
                  d: {match: {path: /d}, health: tcp, limits: [1/1s, 1/1s by route], host: service, timeout: 50ms}
                  e: {match: {path: /e}, retries: 0, max-body: 0, cors: {origins: ["*"], max-age: 0s}}
                  f: {match: {path: /f}, max-body: 1000, headers: {response: {set: {A: " é "}}}, slow-start: 1h}
                  g: {match: {path: /g}, health: {status: "204,301-399"}, redirects: pass, service-header: off}
                  h: {match: {path: /h}, cors: {origins: [app://local, "http://[::1]:8080"], credentials: on}}
                """;
        RouteWriter writer = new RouteWriter(defaults);
        for (RouteConfig route : read(yaml)) {
            byte[] json = JSON.writeValueAsBytes(writer.json(route));
            assertEquals(route, reader.route(route.name(), json), new String(json, StandardCharsets.UTF_8));
            String file = "{\"routes\":{\"" + route.name() + "\":" + new String(json, StandardCharsets.UTF_8) + "}}";
            assertEquals(List.of(route), read(file), "JSON is YAML: " + file);
        }
    }

    @Test
    void what_is_the_default_is_not_written() {
        RouteConfig route = defaults.configured("a", Match.below(new PathPrefix("/a")));
        assertEquals(
                "{\"match\":{\"path\":\"/a\"}}",
                new RouteWriter(defaults).json(route).toString());
    }

    static Stream<Arguments> faults() {
        return Stream.of(
                // What YAML says in more than one way
                row("an anchor", "routes: &a {}", "1:9 routes: an anchor: expected the value itself, without &name"),
                row(
                        "an anchor before a block",
                        "routes: &a\n  x: {match: {path: /x}}",
                        "1:9 routes: an anchor: expected the value itself, without &name"),
                row(
                        "an anchor on text",
                        route("balance: &b sticky"),
                        "4:14 routes.a.balance: an anchor: expected the value itself, without &name"),
                row(
                        "an alias",
                        route("balance: *b"),
                        "4:14 routes.a.balance: an alias: expected the value itself, written out"),
                row(
                        "an anchor on a key",
                        route("&k balance: sticky"),
                        "4:5 routes.a.balance: an anchor: expected the value itself, without &name"),
                row("an alias as key", route("*k : sticky"), "4:7 expected a key: text of one line"),
                row(
                        "a merge key",
                        route("<<: {balance: sticky}"),
                        "4:5 routes.a.<<: a merge key: expected the keys themselves, written out"),
                row(
                        "a tag",
                        route("balance: !!str sticky"),
                        "4:14 routes.a.balance: a tag: expected the value itself, without !name"),
                row("a tag of all", "!!map\nroutes: {}", "1:1 a tag: expected the value itself, without !name"),
                row(
                        "a second document",
                        "routes: {}\n---\nroutes: {}",
                        "3:1 a second document begins here: expected only one"),
                row(
                        "a second document with nothing",
                        "routes: {}\n---\n",
                        "3:1 a second document begins here: expected only one"),
                row(
                        "a repeated key",
                        route("timeout: 1s\n    retries: 1\n    timeout: 2s"),
                        "6:5 routes.a.timeout: is there twice, first on line 4: expected each key once"),
                row(
                        "a repeated route",
                        "routes:\n  a: {match: {path: /a}}\n  b: {match: {path: /b}}\n  a: {match: {path: /c}}",
                        "4:3 routes.a: is there twice, first on line 2: expected each key once"),
                row(
                        "a tab",
                        "routes:\n\ta: {}",
                        "2:1 isn't YAML: found character '\\t(TAB)' that cannot start any token. (Do not use \\t(TAB) for indentation)"),
                row(
                        "a control character",
                        "routes: {}\n# \u0007",
                        "2:3 the character U+0007: expected text without it"),
                row("another end of line", "routes: {}\u2028", "1:11 the character U+2028: expected text without it"),
                row("nothing", "", "1:1 is empty"),
                row("a comment alone", "# routes\n", "1:1 is empty"),
                row(
                        "half a file",
                        "routes:\n  a: {match: {path: /a",
                        "2:23 isn't YAML: expected ',' or '}', but got <stream end>"),
                row(
                        "routes without anything",
                        "routes:\n",
                        "1:1 routes: nothing: expected each route under its name, or {} for none"),
                row("text", "routes", "1:1 routes: expected routes, with each route under its name"),
                row("a list", "- a", "1:1 a list: expected routes, with each route under its name"),
                row(
                        "nothing of ours",
                        "servers: {}",
                        "1:1 expected routes, with each route under its name",
                        "1:1 servers: is no key here: expected routes"),
                // Keys and types
                row(
                        "an unknown key",
                        route("time_outs: 1s"),
                        "4:5 routes.a.time_outs: is no key here: expected balance, cors, headers, health, host, limits,"
                                + " match, max-body, redirects, retries, service-header, services, slow-start, strip,"
                                + " timeout; did you mean timeout?"),
                row(
                        "a key of another spelling",
                        "routes: {a: {match: {path: /a, hosts: a.example}}}",
                        "1:32 routes.a.match.hosts: is no key here: expected host, methods, path; did you mean host?"),
                row(
                        "a key without a space after its colon",
                        "routes: {a: {match: {path:/a}}}",
                        "1:14 routes.a.match: expected a path or a host: the requests that it takes, like {path: /shop}",
                        "1:22 routes.a.match.path:/a: is no key here: expected host, methods, path"),
                row(
                        "wrong types",
                        route(
                                "strip: 1\n    services: http://a\n    balance: [sticky]\n    retries: '1'\n    limits: 5/60s"
                                        + "\n    headers: {request: off}"),
                        "4:5 routes.a.strip: 1: expected true or false",
                        "5:5 routes.a.services: http://a: expected a list of URLs, like [http://10.0.0.5:9001]",
                        "6:5 routes.a.balance: a list: expected " + Balance.FORMS,
                        "7:5 routes.a.retries: 1: expected a whole number from 0 to 10",
                        "8:5 routes.a.limits: 5/60s: expected a list of limits, or off",
                        "9:15 routes.a.headers.request: off: expected what to change, like {set: {X-Env: prod}, remove:"
                                + " [X-Debug]}"),
                row(
                        "a value left out",
                        route("balance:\n    timeout: ~\n    host: null"),
                        "4:5 routes.a.balance: nothing: expected " + Balance.FORMS + ", or no such key",
                        "5:5 routes.a.timeout: ~: expected a duration, like 5s, or no such key",
                        "6:5 routes.a.host: null: expected client or service, or no such key"),
                row(
                        "numbers that are read in two ways",
                        route(
                                "retries: 010\n    max-body: 1_000\n    timeout: 1:30\n    headers: {request: {set: {A: 010, B: 0o10,"
                                        + " C: 1.0, D: 2026-01-01, E: 0x1F, F: 1e3, G: .inf, H: '010', I: yes}}}"),
                        "4:5 routes.a.retries: 010: expected a whole number from 0 to 10",
                        "5:5 routes.a.max-body: 1_000: expected a size, like 50MB",
                        "6:5 routes.a.timeout: 1:30: expected a duration, like 5s",
                        "7:31 routes.a.headers.request.set.A: its value: expected text; for this text put it in quotes",
                        "7:39 routes.a.headers.request.set.B: its value: expected text; for this text put it in quotes",
                        "7:48 routes.a.headers.request.set.C: its value: expected text; for this text put it in quotes",
                        "7:56 routes.a.headers.request.set.D: its value: expected text; for this text put it in quotes",
                        "7:71 routes.a.headers.request.set.E: its value: expected text; for this text put it in quotes",
                        "7:80 routes.a.headers.request.set.F: its value: expected text; for this text put it in quotes",
                        "7:88 routes.a.headers.request.set.G: its value: expected text; for this text put it in quotes"),
                row(
                        "words that are true or false to some",
                        route("strip: yes\n    redirects: off\n    cors: {origins: ['*'], credentials: TRUE}"),
                        "4:5 routes.a.strip: yes: expected true or false",
                        "5:5 routes.a.redirects: off: expected rewrite or pass",
                        "6:28 routes.a.cors.credentials: TRUE: expected true or false"),
                // Names and matches
                row(
                        "a bad name",
                        "routes:\n  a/b: {match: {path: /a}}",
                        "2:3 routes.a/b: is no name of a route: expected " + Service.NAME_FORM),
                row("no match", "routes: {a: {}}", "1:10 routes.a: expected match, like {path: /shop}"),
                row(
                        "a match of methods alone",
                        "routes: {a: {match: {methods: [GET]}}}",
                        "1:14 routes.a.match: expected a path or a host: the requests that it takes, like {path: /shop}"),
                row(
                        "the same match twice",
                        "routes:\n  a: {match: {path: /x, host: A.example}}\n  b: {match: {host: a.example, path: /x}}",
                        "3:3 routes.b: matches the same requests as a: expected another path, host or methods"),
                match("path: shop", "path", "shop: expected a path like /shop, which takes all below it, too"),
                match("path: ''", "path", "nothing: expected a path like /shop, which takes all below it, too"),
                match(
                        "path: /shop/",
                        "path",
                        "/shop/: expected no slash at the end: /shop takes what is below it, and itself"),
                match("path: '/shop/*'", "path", "/shop/*: expected no * at the end: /shop takes all below it"),
                match("path: '/a?b'", "path", "/a?b: expected a path alone, without a query or a fragment"),
                match("path: /a//b", "path", "/a//b: expected a path without empty segments"),
                match("path: /a b", "path", "/a b: expected a path as clients send it, with a space percent-encoded"),
                match(
                        "path: /é",
                        "path",
                        "/é: expected a path as clients send it, with the character U+00E9 percent-encoded"),
                match("path: /a%2", "path", "/a%2: expected two hexadecimal digits after each %"),
                match("path: /a/../b", "path", dots("/a/../b")),
                match("path: /a/%2E%2e", "path", dots("/a/%2E%2e")),
                match("path: '/a\\b'", "path", dots("/a\\b")),
                match("path: /a%00", "path", dots("/a%00")),
                match("path: /..;x", "path", dots("/..;x")),
                match("host: 'a:80'", "host", "a:80: expected a host without a port, like shop.example"),
                match("host: http://a", "host", "http://a: expected a host without a port, like shop.example"),
                match("host: a.", "host", "a.: expected a host without a port, like shop.example"),
                match("host: a..b", "host", "a..b must name a host without empty parts between its dots"),
                match("host: '*.a'", "host", "*.a: expected one host, like shop.example: there are no wildcards"),
                match(
                        "host: bücher.example",
                        "host",
                        "bücher.example: expected the host as browsers send it, like xn--bcher-kva.example"),
                match("path: /, methods: GET", "methods", "GET: expected a list of methods, like [GET, POST]"),
                match(
                        "path: /, methods: []",
                        "methods",
                        "a list: expected at least one method; without this key, the route takes any"),
                match("path: /, methods: [get]", "methods[0]", "get: expected GET: case counts"),
                match("path: /, methods: [G T]", "methods[0]", "G T: expected a method, like GET"),
                match("path: /, methods: [PUT, GET, PUT]", "methods[2]", "PUT is there twice"),
                // Services
                value(
                        "services: [http://a:secret@b]",
                        "services[0]",
                        "its value must not carry a user name or password"),
                row(
                        "a password with a comma makes two",
                        route("services: [http://a:123456,secret@b]"),
                        "routes.a.services[0]: its value must have a port from 1 to 65535",
                        "routes.a.services[1]: its value must start with http:// or https://"),
                value("services: [ftp://a]", "services[0]", "ftp://a must start with http:// or https://"),
                value(
                        "services: [http://169.254.169.254]",
                        "services[0]",
                        "http://169.254.169.254 leads to 169.254.169.254, a link-local address, which is not allowed for a"
                                + " service"),
                value(
                        "services: [http://127.0.0.1:8000]",
                        "services[0]",
                        "http://127.0.0.1:8000 is the gateway's own address"),
                value(
                        "services: [http://a/x, http://b, http://a/y]",
                        "services[2]",
                        "http://a/y is there twice, or another has the same host and port, and so the same name"),
                value(
                        "services: [{weight: 2}]",
                        "services[0]",
                        "expected url, like {url: http://10.0.0.5:9001, weight: 3}"),
                value(
                        "services: [{url: http://a, weight: 1001}]",
                        "services[0].weight",
                        "1001: expected a whole number from 0 to 1000"),
                // Policies
                value("balance: random", "balance", "random: expected " + Balance.FORMS),
                value(
                        "balance: 'hash:header:A B'",
                        "balance",
                        "hash:header:A B: expected a header's name, like X-User"),
                value("health: /healthz", "health", "/healthz: expected {path: /healthz, status: 200-399}, tcp or off"),
                value(
                        "health: {path: healthz}",
                        "health.path",
                        "healthz: expected a path that begins with a slash, like /healthz"),
                value(
                        "health: {path: '/up?key=a secret'}",
                        "health.path",
                        "its value: expected a path that begins with a slash, like /healthz"),
                value(
                        "health: {status: 1000}",
                        "health.status",
                        "1000: expected statuses from 200 to 599, like 204, 200-399 or 200-299,401"),
                value("limits: [5/60s, off]", "limits[1]", "off: expected " + Limit.FORM),
                value("limits: [5/60s, 5/60s by client]", "limits[1]", "5/60s by client is there twice"),
                value("host: backend", "host", "backend: expected client or service"),
                value("timeout: 5", "timeout", "5: expected a whole number and a unit, like 500ms, 2s, 5m or 1h"),
                value("timeout: 1ms", "timeout", "1ms: expected a duration from 50ms to 24h"),
                value("retries: 11", "retries", "11: expected a whole number from 0 to 10"),
                value("retries: -1", "retries", "-1: expected a whole number from 0 to 10"),
                value(
                        "max-body: 5TB",
                        "max-body",
                        "5TB: expected a size like 10MB, 64KB or 512 (bytes), from 0 bytes to 1024 GB"),
                value("service-header: both", "service-header", "both: expected url, name or off"),
                value("slow-start: 2h", "slow-start", "2h: expected a duration from 0ms to 1h"),
                // Pages of other origins
                value("cors: {}", "cors", "expected origins, like [\"https://app.example\"]"),
                value("cors: {origins: []}", "cors.origins", "a list: expected at least one origin"),
                value(
                        "cors: {origins: ['*', http://a]}",
                        "cors.origins",
                        "a list: expected \"*\" alone: it stands for any origin"),
                value(
                        "cors: {origins: ['null']}",
                        "cors.origins[0]",
                        "null: expected another origin: any site can make pages"
                                + " whose origin is null; for all sites, say \"*\""),
                origin("https://a/", "scheme, host and, if any, port, in lower case, without a slash after it"),
                origin("https://A", "scheme, host and, if any, port, in lower case, without a slash after it"),
                origin("a.example", "scheme, host and, if any, port, in lower case, without a slash after it"),
                origin("https://*.a", "scheme, host and, if any, port, in lower case, without a slash after it"),
                origin("https://a:443", "a port from 1 to 65535, and none that the scheme has anyway"),
                origin("https://a:65536", "a port from 1 to 65535, and none that the scheme has anyway"),
                value(
                        "cors: {origins: ['*'], credentials: true}",
                        "cors.credentials",
                        "true needs origins by name: with \"*\", any site could act for the clients who are logged in"),
                value(
                        "cors: {origins: [http://a], methods: ['*']}",
                        "cors.methods[0]",
                        "*: expected a method; without this key, any is allowed"),
                value(
                        "cors: {origins: [http://a], headers: ['*']}",
                        "cors.headers[0]",
                        "*: expected a header's name; without this key, any is allowed"),
                // Headers
                value(
                        "headers: {request: {set: {Host: a}}}",
                        "headers.request.set.Host",
                        "expected another header: the key host of the route says which Host services see"),
                value(
                        "headers: {request: {set: {A: x, a: y}}}",
                        "headers.request.set.a",
                        "is there twice: case doesn't count"),
                value(
                        "headers: {response: {remove: [Content-Length]}}",
                        "headers.response.remove[0]",
                        "Content-Length: expected another header: Content-Length belongs to a connection, not to a request"),
                value(
                        "headers: {response: {set: {A: \"x\\ny\"}}}",
                        "headers.response.set.A",
                        "its value: expected text without control characters, in ISO 8859-1"));
    }

    private static Arguments match(String keys, String path, String problem) {
        return Arguments.of(
                "match of " + keys,
                "routes: {a: {match: {" + keys + "}}}",
                List.of("routes.a.match." + path + ": " + problem));
    }

    private static Arguments value(String key, String path, String problem) {
        return Arguments.of(key, route(key), List.of("routes.a." + path + ": " + problem));
    }

    private static Arguments origin(String text, String problem) {
        return value(
                "cors: {origins: ['" + text + "']}",
                "cors.origins[0]",
                text + ": expected an origin as browsers send it, like https://app.example, or \"*\" for any: "
                        + problem);
    }

    private static String dots(String path) {
        return path
                + ": expected a path without . and .. segments, backslashes and NUL, plain or percent-encoded: no request"
                + " with these passes";
    }

    private static Arguments row(String name, String yaml, String... problems) {
        return Arguments.of(name, yaml, List.of(problems));
    }

    private static String route(String keys) {
        return "routes:\n  a:\n    match: {path: /a}\n    " + keys + "\n";
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("faults")
    void a_fault_is_refused_with_its_place(String name, String yaml, List<String> expected) {
        InvalidRoutes refused = assertThrows(InvalidRoutes.class, () -> read(yaml));
        assertEquals(
                expected,
                refused.problems().stream()
                        .map(problem -> (Character.isDigit(expected.get(0).charAt(0))
                                        ? problem.line() + ":" + problem.column() + " "
                                        : "")
                                + (problem.path().isEmpty() ? "" : problem.path() + ": ")
                                + problem.problem())
                        .toList());
    }
}
