package gateway.admin;

import gateway.registry.Backend;
import gateway.registry.Meant;
import gateway.registry.Registered;
import gateway.registry.Registered.Outcome;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Tells what else a registration means: that the service has several instances, or that one moves. */
final class RegistrationNote {
    private static final Logger LOG = LoggerFactory.getLogger(RegistrationNote.class);
    private static final String BACK = "it was here before: if two processes have this id, give each an id of its own";

    private RegistrationNote() {}

    /** Returns the note for the answer; null if there is nothing to tell. */
    static String of(Registered registered, ServiceList services) {
        if (registered.outcome() == Outcome.MOVED) {
            return moved(registered) + (registered.back() ? "; " + BACK : "");
        }
        List<Backend> all = besides(registered.backend(), services);
        return registered.outcome() == Outcome.ADDED && all.size() > 1 ? beside(registered.backend(), all) : null;
    }

    /** Returns the instances of its service, itself too. */
    private static List<Backend> besides(Backend backend, ServiceList services) {
        return services.instances(new Meant(Optional.of(backend.route()), backend.name(), Optional.empty()));
    }

    /** Returns the path of its service, with the route unless that is the one of services that name none. */
    static String path(Backend backend) {
        return "/services/" + backend.name()
                + (backend.route().equals(Service.DEFAULT_ROUTE) ? "" : "?route=" + backend.route());
    }

    private static String moved(Registered registered) {
        boolean done = registered.backend().available();
        return "Instance " + registered.backend().instance() + " was at " + urls(registered.before())
                + (done ? ", which gets no more requests" : ", which gets requests until this URL has a good check");
    }

    private static String beside(Backend added, List<Backend> all) {
        Backend other = all.get(all.get(0) == added ? 1 : 0);
        String path = path(added);
        return added.name() + " has " + all.size() + " instances, which take turns: " + urls(all)
                + ". To remove one: DELETE " + path + (path.contains("?") ? "&" : "?") + "instance="
                + inQuery(other.urlText());
    }

    private static String urls(List<Backend> backends) {
        return backends.stream().map(Backend::urlText).collect(Collectors.joining(", "));
    }

    private static String inQuery(String url) {
        return url.replace("%", "%25").replace("&", "%26").replace("+", "%2B");
    }

    /** Logs a registration that changed the list. */
    static void log(Registered registered, ServiceList services) {
        Backend backend = registered.backend();
        if (registered.outcome() == Outcome.MOVED) {
            if (registered.back()) {
                LOG.warn(
                        "{} registered: its instance {} moves back from {}; {}",
                        backend,
                        backend.instance(),
                        urls(registered.before()),
                        BACK);
            } else {
                LOG.info(
                        "{} registered: its instance {} moves from {}",
                        backend,
                        backend.instance(),
                        urls(registered.before()));
            }
            return;
        }
        List<Backend> all = besides(backend, services);
        if (all.size() > 1) {
            LOG.info("{} registered. {}", backend, beside(backend, all));
        } else {
            LOG.info("{} registered", backend);
        }
    }
}
