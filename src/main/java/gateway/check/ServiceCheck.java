package gateway.check;

import gateway.health.HealthProbe;
import gateway.http.Via;
import gateway.net.NameLookup;
import gateway.net.Peer;
import gateway.registry.Backend;
import gateway.registry.Check;
import gateway.registry.HealthCheck;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.settings.Settings;
import gateway.util.Threads;
import gateway.util.Time;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/** Checks the health of each service in the settings, as the gateway would, all at the same time. */
final class ServiceCheck {
    private static final int AT_A_TIME = 32;

    private ServiceCheck() {}

    static void show(Settings settings, Time time, Report report) {
        if (settings.services().isEmpty()) {
            report.ok("services: none in GATEWAY_SERVICES; they register themselves");
            return;
        }
        ServiceList services = new ServiceList(time);
        settings.services().forEach(url -> services.offer(Service.configured(url)));
        NameLookup names = new NameLookup();
        ExecutorService threads = Executors.newFixedThreadPool(AT_A_TIME, Threads.daemons("check"));
        HealthProbe probe = new HealthProbe(backend -> HealthCheck.USUAL, settings, names, new Via("check"), time);
        try {
            List<CompletableFuture<Runnable>> findings = services.all().stream()
                    .map(backend -> CompletableFuture.supplyAsync(
                            () -> look(backend, names, settings.healthTimeout(), probe, report), threads))
                    .toList();
            findings.forEach(finding -> finding.join().run()); // in the order of the list
        } finally {
            threads.shutdownNow();
        }
    }

    private static Runnable look(
            Backend backend, NameLookup names, Duration patience, HealthProbe probe, Report report) {
        String what = "service " + backend.urlText() + " (" + addresses(backend, names, patience) + "): ";
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
