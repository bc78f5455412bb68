package gateway.state;

import gateway.events.EventKind;
import gateway.events.EventListener;
import gateway.events.Subject;
import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.BackendId;
import gateway.registry.Draining;
import gateway.registry.ListFull;
import gateway.registry.Meant;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.config.PutRoutes;
import gateway.settings.Settings;
import gateway.util.Timer;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps what was registered, drained and put by the API across restarts, in the file of {@code GATEWAY_STATE}; without
 * that setting it does nothing. What the settings and the file of routes list isn't kept, only its drains.
 *
 * <p>It looks for changes once a second, in the background; so a crash loses what was changed within the last second.
 */
public final class StateKeeper implements AutoCloseable {
    private static final Logger LOG = LoggerFactory.getLogger(StateKeeper.class);
    private static final Duration PAUSE = Duration.ofSeconds(1);

    private final Optional<StateFile> file;
    private final Settings settings;
    private final ServiceList services;
    private final PutRoutes routes;
    private final EventListener events;
    private final Set<BackendId> ofSettings;
    private final KeptState before;
    private KeptState written; // null before the start; guarded by this, like the next
    private String failure = "";
    private boolean leftToOther;
    private volatile Optional<String> trouble = Optional.empty(); // read while a file is written

    /**
     * Reads the file, if there is one, and puts its routes.
     *
     * @param events is told when changes are no longer kept, and when they are again
     * @throws gateway.settings.InvalidSettings if it can't be read or isn't whole, or a route in it can't be used; it
     * stays as it is then
     */
    public StateKeeper(Settings settings, ServiceList services, PutRoutes routes, EventListener events) {
        this.file = settings.state().map(StateFile::new);
        this.settings = settings;
        this.services = services;
        this.routes = routes;
        this.events = events;
        this.ofSettings = settings.services().stream()
                .map(url -> Service.configured(url).id())
                .collect(Collectors.toSet());
        this.before = file.map(StateFile::read).orElse(KeptState.NOTHING);
        file.ifPresent(kept -> {
            try {
                routes.restore(before.routes());
            } catch (IllegalArgumentException e) {
                throw kept.invalid(e.getMessage() + "; mend it there, or move the file away to start without it");
            }
        });
    }

    /**
     * Registers and drains the services of the file, writes it for the first time, and from now on keeps it up to date.
     *
     * @throws gateway.settings.InvalidSettings if the file can't be written
     */
    public void start(Timer timer) {
        if (file.isEmpty()) {
            return;
        }
        file.get().checkFolder();
        services.restore(() -> {
            before.services().forEach(this::register);
            before.drains().forEach(this::drain);
        });
        file.get().deleteLeftovers();
        begin(file.get());
        LOG.info("kept across restarts in {}: {}", file.get(), before.words());
        timer.housekeeping(PAUSE, "state file", this::save);
    }

    private synchronized void begin(StateFile kept) {
        try {
            write(kept, now());
        } catch (IOException e) {
            throw kept.invalid("can't be written: " + StateFile.words(e) + "; mend that, or name another file");
        }
    }

    private void write(StateFile kept, KeptState now) throws IOException {
        kept.write(now);
        written = now;
    }

    private void drain(KeptState.Drain drain) {
        services.drain(
                new Meant(Optional.of(drain.route()), drain.name(), Optional.of(drain.url())),
                drain.how(),
                Who.GATEWAY);
    }

    private void register(Service service) {
        Optional<String> objection = settings.objection(service.url());
        if (objection.isPresent()) {
            LOG.warn("{} at {} is not kept: {}", service.name(), service.url(), objection.get());
            return;
        }
        try {
            services.register(service, Who.GATEWAY);
        } catch (ListFull e) {
            LOG.warn("{} at {} is not kept: {}", service.name(), service.url(), e.getMessage());
        }
    }

    /**
     * Writes the file if there is something new. If that fails, the next call tries again. Once another process has
     * written it, it is left to that: while two gateways run for an upgrade, the old one sees the leases end that are
     * renewed at the new one.
     */
    synchronized void save() {
        StateFile kept = file.orElseThrow();
        KeptState now = now();
        if (leftToOther || now.equals(written) && failure.isEmpty()) {
            return;
        }
        if (kept.isOthers()) {
            leftToOther = true;
            troubled("another process has written the file; changes at this gateway aren't kept any more, until it"
                    + " restarts");
            LOG.warn("{} is left to another process: {}", kept, trouble.orElseThrow());
            return;
        }
        try {
            write(kept, now);
            if (!failure.isEmpty()) {
                LOG.info("{} is written again", kept);
                events.happened(EventKind.SAVED, Subject.GATEWAY, "the file is written again", Who.GATEWAY);
            }
            failure = "";
            trouble = Optional.empty();
        } catch (IOException e) {
            String words = StateFile.words(e);
            if (!words.equals(failure)) {
                troubled("the file can't be written: " + words + "; a restart would forget the last changes");
                LOG.warn("{}: {}; will retry", kept, trouble.orElseThrow());
            }
            failure = words;
        }
    }

    private void troubled(String words) {
        trouble = Optional.of(words);
        events.happened(EventKind.UNSAVED, Subject.GATEWAY, words, Who.GATEWAY);
    }

    /** Returns why changes aren't kept now, without the file's path; normally empty. */
    public Optional<String> trouble() {
        return trouble.map(words -> "GATEWAY_STATE: " + words);
    }

    private KeptState now() {
        List<Backend> all = services.all();
        return new KeptState(
                all.stream()
                        .filter(backend -> !backend.configured() && !backend.leaving())
                        .filter(backend -> !ofSettings.contains(backend.id()))
                        .map(StateKeeper::service)
                        .toList(),
                all.stream()
                        .filter(backend -> backend.drain() != Draining.NO && !backend.leaving())
                        .map(backend -> new KeptState.Drain(
                                backend.route(), backend.name(), backend.urlText(), backend.drain()))
                        .toList(),
                new TreeMap<>(routes.texts()));
    }

    private static Service service(Backend backend) {
        ServiceUrl url = backend.url();
        return new Service(
                backend.route(),
                backend.name(),
                url,
                backend.lease().length(),
                backend.ownId(),
                backend.weight() == 1 ? Optional.empty() : Optional.of(backend.weight()),
                backend.health());
    }

    /** Writes the last changes; nothing if it has not started, since the list may lack then what the file has. */
    @Override
    public synchronized void close() {
        if (written != null) {
            save();
        }
    }
}
