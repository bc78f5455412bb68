package gateway.route.config;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.registry.Service;
import gateway.route.RouteConfig;
import gateway.route.RouteConflict;
import gateway.route.RouteDefaults;
import gateway.route.Routes;
import gateway.settings.Settings;
import java.nio.charset.StandardCharsets;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The routes that operators put by the API: the text of each, and what it says. Gateways share the texts, since each has
 * defaults of its own; a text that this gateway can't read is kept for the others, and its route left out here.
 */
public final class PutRoutes {
    /** The most routes that there may be. */
    public static final int MOST = 1000;

    private static final Logger LOG = LoggerFactory.getLogger(PutRoutes.class);

    /** Receives the changes that were requested here, in their order and under the lock. */
    public interface Journal {
        /** Called when a route was put. */
        void put(String name, String text);

        /** Called when a route was removed. */
        void removed(String name);
    }

    /** Thrown if there are {@value #MOST} already. */
    public static final class Full extends Exception {
        private static final long serialVersionUID = 1;
    }

    /** @param config what the text says; empty if it can't be read here */
    private record Known(String text, Optional<RouteConfig> config) {}

    private final Routes routes;
    private final RouteReader reader;
    private final EventListener events;
    private Journal journal; // null if nobody wants to know
    private Map<String, Known> known = new TreeMap<>(); // guarded by this

    /**
     * @param routes where they are in use
     * @param settings with the defaults for what routes leave out, and which services they may list
     * @param events is told of each change
     */
    public PutRoutes(Routes routes, Settings settings, EventListener events) {
        this.routes = routes;
        this.events = events;
        this.reader = new RouteReader(RouteDefaults.of(settings), settings::objection);
    }

    /** Sets the journal that receives the changes from now on. */
    public synchronized void journal(Journal journal) {
        this.journal = journal;
    }

    /**
     * Adds a route, or replaces the one with its name.
     *
     * @param text the route as JSON
     * @param route the same
     * @param who who asks for it
     * @return whether it is new
     * @throws RouteConflict if another route stands against it
     * @throws Full if it is one too many
     */
    public synchronized boolean put(String text, RouteConfig route, Who who) throws Full {
        boolean isNew = !known.containsKey(route.name());
        if (isNew && known.size() >= MOST) {
            throw new Full();
        }
        routes.put(route);
        known.put(route.name(), new Known(text, Optional.of(route)));
        if (journal != null) {
            journal.put(route.name(), text);
        }
        events.happened(
                EventKind.PUT, Subject.route(route.name()), "the route was " + (isNew ? "added" : "replaced"), who);
        return isNew;
    }

    /**
     * Removes a route; returns whether there was one.
     *
     * @param who who asks for it
     * @throws RouteConflict if it didn't come by the API
     */
    public synchronized boolean remove(String name, Who who) {
        Known before = known.get(name);
        boolean readable = before == null || before.config.isPresent();
        boolean removed = readable ? routes.remove(name) : true;
        known.remove(name);
        if (removed && journal != null) {
            journal.removed(name);
        }
        if (removed) {
            events.happened(EventKind.DELETED, Subject.route(name), "the route was deleted", who);
        }
        return removed;
    }

    /**
     * Takes the routes that were kept across a restart, before there are any.
     *
     * @param kept the text of each, by name
     * @throws IllegalArgumentException if there are too many, or one can't be used; the message names it
     */
    public synchronized void restore(Map<String, String> kept) {
        if (kept.size() > MOST) {
            throw new IllegalArgumentException(kept.size() + " routes: expected at most " + MOST);
        }
        Map<String, Known> next = new TreeMap<>();
        kept.forEach((name, text) -> {
            try {
                next.put(name, new Known(text, Optional.of(reader.route(name, text.getBytes(StandardCharsets.UTF_8)))));
            } catch (InvalidRoutes e) {
                throw new IllegalArgumentException("the route " + name + ": " + e.getMessage(), e);
            }
        });
        known = next;
        List<RouteConfig> after = configs(next.values());
        routes.putAll(after);
        if (!after.isEmpty()) {
            events.happened(
                    EventKind.RELOADED,
                    Subject.GATEWAY,
                    "routes kept across the restart: " + Changes.words(List.of(), after),
                    Who.GATEWAY);
        }
    }

    /** Returns the text of each route, by name. */
    public synchronized Map<String, String> texts() {
        Map<String, String> texts = new TreeMap<>();
        known.forEach((name, route) -> texts.put(name, route.text));
        return texts;
    }

    /**
     * Takes the routes that all gateways share.
     *
     * @param shared the text of each, by name
     * @param newerHere selects the names whose state here is newer than the shared one; these stay unchanged
     */
    public synchronized void take(Map<String, String> shared, Predicate<String> newerHere) {
        Map<String, Known> next = new TreeMap<>();
        known.forEach((name, route) -> {
            if (newerHere.test(name)) {
                next.put(name, route);
            }
        });
        shared.forEach((name, text) -> {
            if (!newerHere.test(name)) {
                Known before = known.get(name);
                next.put(name, before != null && before.text.equals(text) ? before : read(name, text));
            }
        });
        List<RouteConfig> before = configs(known.values());
        List<RouteConfig> after = configs(next.values());
        known = next;
        if (!after.equals(before)) {
            routes.putAll(after);
            events.happened(
                    EventKind.RELOADED,
                    Subject.GATEWAY,
                    "routes taken from other gateways: " + Changes.words(before, after),
                    Who.OTHER_GATEWAY);
        }
    }

    private Known read(String name, String text) {
        if (!Service.isName(name)) { // no gateway wrote this
            return new Known(text, Optional.empty());
        }
        try {
            return new Known(text, Optional.of(reader.route(name, text.getBytes(StandardCharsets.UTF_8))));
        } catch (InvalidRoutes e) {
            LOG.warn("left out the route {}, which another gateway shares: {}", name, e.getMessage());
            return new Known(text, Optional.empty());
        }
    }

    private static List<RouteConfig> configs(Collection<Known> routes) {
        return routes.stream()
                .map(route -> route.config.orElse(null))
                .filter(Objects::nonNull)
                .toList();
    }
}
