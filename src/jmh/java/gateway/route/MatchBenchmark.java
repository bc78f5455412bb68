package gateway.route;

import gateway.MicroBenchmark;
import gateway.http.PathPrefix;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.util.Time;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.IntFunction;
import java.util.stream.IntStream;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Setup;

/**
 * What finding the route of a request costs. The requests are for different routes, as those of different clients are; the
 * baseline only takes the next path. "byHostBehindOwn" has routes for {@code /}, each with a host, before which the gateway's
 * own paths go.
 */
public class MatchBenchmark extends MicroBenchmark {
    private static final int PATHS = 512;

    @Param({"1", "1000"})
    public int routes;

    private final String[] paths = new String[PATHS];
    private final String[] hosts = new String[PATHS];
    private final String slashes = "/".repeat(8192);
    private RouteTable byPath;
    private RouteTable byHost;
    private int next;

    @Setup
    public void make() {
        byPath = table(i -> new Match(new PathPrefix("/team-" + i % 10 + "/app-" + i), Optional.empty(), Set.of()));
        byHost = table(i -> new Match(PathPrefix.ALL, Optional.of("app-" + i + ".example"), Set.of()));
        for (int i = 0; i < PATHS; i++) {
            int route = (int) (i * 2_654_435_761L % routes);
            paths[i] = "/team-" + route % 10 + "/app-" + route + "/cart/items/4711";
            hosts[i] = "app-" + route + ".example";
        }
    }

    private RouteTable table(IntFunction<Match> match) {
        ServiceList services = new ServiceList(Time.system());
        RouteDefaults defaults = RouteDefaults.of(Settings.from(Map.of()));
        Selections selections = new Selections(new AtomicInteger(), Optional.empty(), Time.system());
        return new RouteTable(
                IntStream.range(0, routes)
                        .mapToObj(i -> defaults.configured("app-" + i, match.apply(i)))
                        .map(config -> new Route(config, services.pool(config.name()), selections.apply(config)))
                        .toList(),
                new OwnPaths(true));
    }

    private int next() {
        return next = next + 1 & PATHS - 1;
    }

    @Benchmark
    public String nothing() {
        return paths[next()];
    }

    @Benchmark
    public Route byPath() {
        return byPath.match("GET", "shop.example", paths[next()]);
    }

    @Benchmark
    public Route byHostBehindOwn() {
        int now = next();
        return byHost.match("GET", hosts[now], paths[now]);
    }

    @Benchmark
    public Route none() {
        return byPath.match("GET", "shop.example", "/team-3/another/cart/items/4711");
    }

    /** As long as a path may be: only as much of it counts as the longest prefix has characters. */
    @Benchmark
    public Route ofSlashesAlone() {
        return byPath.match("GET", "shop.example", slashes);
    }
}
