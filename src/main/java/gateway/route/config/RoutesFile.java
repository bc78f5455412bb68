package gateway.route.config;

import gateway.net.ServiceUrl;
import gateway.registry.Service;
import gateway.route.RouteConfig;
import gateway.route.RouteDefaults;
import gateway.route.ServiceEntry;
import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/**
 * The file of routes, GATEWAY_ROUTES: YAML, or JSON if its name ends in {@code .json}. The services of GATEWAY_SERVICES
 * belong to its route {@code default} or, if there is no such, to its only one.
 */
public final class RoutesFile {
    private static final String SETTING = "GATEWAY_ROUTES=";
    private static final int MOST_PROBLEMS = 50;

    private final Path path;
    private final RouteReader reader;
    private final List<ServiceUrl> services;

    /** Makes what reads the file of this path, without reading it yet. */
    public RoutesFile(Path path, Settings settings) {
        this.path = path;
        this.reader = new RouteReader(RouteDefaults.of(settings), settings::objection);
        this.services = settings.services();
    }

    /** Returns the file's path. */
    public Path path() {
        return path;
    }

    /**
     * Reads the file.
     *
     * @throws InvalidSettings if it can't be read, or something in it can't be used; names each with its place
     */
    public List<RouteConfig> read() {
        return routes(bytes());
    }

    /** Returns the file's content, or somewhat more than it may have. */
    byte[] bytes() {
        if (!Files.isRegularFile(path)) {
            throw invalid(Files.exists(path) ? "isn't a regular file" : "there is no such file");
        }
        try (InputStream in = Files.newInputStream(path)) {
            return in.readNBytes(Source.MOST_BYTES + 1);
        } catch (IOException e) {
            throw invalid("can't be read: " + e);
        }
    }

    /**
     * Reads this content of the file.
     *
     * @throws InvalidSettings if something in it can't be used; names each with its place
     */
    List<RouteConfig> routes(byte[] content) {
        try {
            boolean json = path.toString().endsWith(".json");
            return withServices(reader.routes(content, json));
        } catch (InvalidRoutes e) {
            int more = e.problems().size() - MOST_PROBLEMS;
            Stream<String> lines =
                    e.problems().stream().limit(MOST_PROBLEMS).map(problem -> SETTING + path + ": " + problem);
            throw new InvalidSettings(
                    Stream.concat(lines, more > 0 ? Stream.of(SETTING + path + ": and " + more + " more") : Stream.of())
                            .toList());
        }
    }

    private InvalidSettings invalid(String words) {
        return new InvalidSettings(List.of(SETTING + path + ": " + words));
    }

    /** Adds the services of GATEWAY_SERVICES to the route to which they belong, unless it lists them itself. */
    private List<RouteConfig> withServices(List<RouteConfig> routes) {
        if (services.isEmpty()) {
            return routes;
        }
        RouteConfig theirs = routes.stream()
                .filter(route -> route.name().equals(Service.DEFAULT_ROUTE))
                .findFirst()
                .or(() -> routes.stream().findFirst().filter(first -> routes.size() == 1))
                .orElseThrow(() -> new InvalidSettings(List.of("GATEWAY_SERVICES=" + services.get(0)
                        + (services.size() > 1 ? ",..." : "")
                        + ": the routes of " + path + " are several, or none: list these services in one of them,"
                        + " or call one route default")));
        List<ServiceEntry> all = new ArrayList<>(theirs.services());
        services.stream()
                .filter(url -> all.stream()
                        .noneMatch(listed -> listed.url().authority().equals(url.authority())))
                .forEach(url -> all.add(new ServiceEntry(url, 1)));
        return routes.stream()
                .map(route -> route == theirs ? route.withServices(all) : route)
                .toList();
    }
}
