package gateway.check;

import gateway.health.HealthProbe;
import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.Peer;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.HealthCheck;
import gateway.registry.ServiceList;
import gateway.route.RouteConfig;
import gateway.route.RouteServices;
import gateway.settings.Settings;
import gateway.util.Threads;
import gateway.util.Time;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** Checks the health of each service that the routes list, as the gateway would, all at the same time. */
final class ServiceCheck {
    private static final int AT_A_TIME = 32;

    private ServiceCheck() {}

    static void show(Settings settings, List<RouteConfig> routes, Time time, Report report) {
        ServiceList services = new ServiceList(time);
        services.configure(RouteServices.of(routes));
        if (services.all().isEmpty()) {
            report.ok("services: none in " + (settings.routes().isPresent() ? "GATEWAY_ROUTES" : "GATEWAY_SERVICES")
                    + "; they register themselves");
            return;
        }
        Map<String, HealthCheck> checks =
                routes.stream().collect(Collectors.toMap(RouteConfig::name, RouteConfig::health));
        NameLookup names = new NameLookup();
        HealthProbe probe =
                new HealthProbe(backend -> checks.get(backend.route()), settings, names, new Via("check"), time);
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME, Threads.daemons("check"));
        try {
            List<CompletableFuture<Runnable>> findings = services.all().stream()
                    .map(backend -> CompletableFuture.supplyAsync(
                            () -> look(
                                    backend,
                                    checks.get(backend.route()),
                                    names,
                                    settings.health().timeout(),
                                    probe,
                                    report),
                            threads))
                    .toList();
            findings.forEach(finding -> finding.join().run()); // in the order of the list
        } finally {
            threads.shutdownNow();
        }
    }

    private static Runnable look(
            Backend backend, HealthCheck kind, NameLookup names, Duration patience, HealthProbe probe, Report report) {
        String of = backend.route().equals(RouteConfig.DEFAULT) ? "" : " of the route " + backend.route();
        String what = "service " + backend.urlText() + of + " (" + addresses(backend, names, patience) + "): ";
        if (kind.kind() == HealthCheck.Kind.OFF) {
            return () -> report.ok(what + "its checks are off");
        }
        Check check = probe.look(backend);
        return check.problem()
                .<Runnable>map(problem -> () -> report.missing(what + problem.words()))
                .orElse(() -> report.ok(what + "healthy, in " + check.latency().toMillis() + " ms"));
    }

    private static String addresses(Backend backend, NameLookup names, Duration patience) {
        try {
            return names.find(backend.url().host(), patience).stream()
                    .map(Peer::text)
                    .collect(Collectors.joining(", "));
        } catch (UnknownHostException e) {
            return "no address";
        }
    }
}
