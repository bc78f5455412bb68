package gateway.check;

import gateway.route.Balance;
import gateway.route.Limit;
import gateway.route.Match;
import gateway.route.OwnPaths;
import gateway.route.RouteConfig;
import gateway.route.RouteDefaults;
import gateway.route.ServiceEntry;
import gateway.route.Unreachable;
import gateway.route.config.RoutesFile;
import gateway.settings.InvalidSettings;
import gateway.settings.Settings;
import java.util.List;
import java.util.stream.Collectors;

/** Reports the routes, all that is wrong with their file, and those that get no requests. */
final class RouteCheck {
    private static final int MOST_SERVICES = 10;

    private RouteCheck() {}

    /** Returns the routes; none if the file can't be used. */
    static List<RouteConfig> show(Settings settings, Report report) {
        if (settings.routes().isEmpty()) {
            report.ok("routes: none in GATEWAY_ROUTES; one takes " + RouteDefaults.API);
            RouteConfig only = RouteDefaults.of(settings).only();
            return List.of(only.withServices(settings.services().stream()
                    .map(url -> new ServiceEntry(url, 1))
                    .toList()));
        }
        try {
            List<RouteConfig> routes = new RoutesFile(settings.routes().get(), settings).read();
            if (routes.isEmpty()) {
                report.note("routes: none in " + settings.routes().get() + "; every request for a service gets 404");
            }
            routes.forEach(route -> report.ok(words(route)));
            boolean ownFirst = settings.access().port().isEmpty();
            showSecret(routes, settings, report);
            Unreachable.words(routes, new OwnPaths(ownFirst)).forEach(report::note);
            return routes;
        } catch (InvalidSettings e) {
            report.unusable(e.getMessage());
            return List.of();
        }
    }

    /** Notes that the gateways that share a list would each bind a client anew. */
    private static void showSecret(List<RouteConfig> routes, Settings settings, Report report) {
        if (settings.redis().isEmpty() || settings.stickySecret().isPresent()) {
            return;
        }
        String sticky = routes.stream()
                .filter(route -> route.balance().policy() == Balance.Policy.STICKY)
                .map(RouteConfig::name)
                .collect(Collectors.joining(", "));
        if (!sticky.isEmpty()) {
            report.note("sticky routes (" + sticky + "): no gateway follows the cookies of another; set"
                    + " GATEWAY_STICKY_SECRET to the same secret at all");
        }
    }

    private static String words(RouteConfig route) {
        Match match = route.match();
        String methods = match.methods().isEmpty()
                ? ""
                : match.methods().stream().sorted().collect(Collectors.joining(",")) + " ";
        return "route " + route.name() + ": " + methods + match.host().orElse("") + match.path() + " -> "
                + services(route.services()) + "; " + route.balance() + "; health " + route.health() + "; limits "
                + (route.limits().isEmpty()
                        ? "off"
                        : route.limits().stream().map(Limit::toString).collect(Collectors.joining(", ")));
    }

    private static String services(List<ServiceEntry> services) {
        if (services.isEmpty()) {
            return "what registers for it";
        }
        int more = services.size() - MOST_SERVICES;
        return services.stream()
                        .limit(MOST_SERVICES)
                        .map(service ->
                                service.url() + (service.weight() == 1 ? "" : " (weight " + service.weight() + ")"))
                        .collect(Collectors.joining(", "))
                + (more > 0 ? " and " + more + " more" : "");
    }
}
