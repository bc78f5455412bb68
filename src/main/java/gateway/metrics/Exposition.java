package gateway.metrics;

import com.sun.management.OperatingSystemMXBean;
import gateway.admission.AdmissionControl;
import gateway.limit.LimitHandler;
import gateway.limit.RateLimit;
import gateway.limit.ShadowLimit;
import gateway.registry.ServiceList;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.binder.MeterBinder;
import io.micrometer.core.instrument.binder.jvm.ClassLoaderMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmGcMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmMemoryMetrics;
import io.micrometer.core.instrument.binder.jvm.JvmThreadMetrics;
import io.micrometer.core.instrument.binder.system.FileDescriptorMetrics;
import io.micrometer.core.instrument.binder.system.ProcessorMetrics;
import io.micrometer.core.instrument.binder.system.UptimeMetrics;
import io.micrometer.core.instrument.config.MeterFilter;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import io.prometheus.metrics.model.registry.MultiCollector;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.util.List;
import java.util.function.LongSupplier;

/**
 * All metrics, as Prometheus reads them. The registry is made when somebody first asks; from then on the JVM's own
 * counts of collections and their pauses run too.
 */
public final class Exposition implements AutoCloseable {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /**
     * What is answered.
     *
     * @param contentType the format
     */
    public record Page(String contentType, byte[] bytes) {}

    private final Metrics metrics;
    private final ServiceList services;
    private final LimitHandler decisions;
    private final RateLimit limit;
    private final AdmissionControl guard;
    private final LongSupplier droppedLines;
    private PrometheusMeterRegistry registry;
    private JvmGcMetrics collections;

    /**
     * @param decisions counts what the limit let through and refused
     * @param guard counts problems, connections and requests in flight
     * @param droppedLines how many lines the access log has dropped
     */
    public Exposition(
            Metrics metrics,
            ServiceList services,
            LimitHandler decisions,
            RateLimit limit,
            AdmissionControl guard,
            LongSupplier droppedLines) {
        this.metrics = metrics;
        this.services = services;
        this.decisions = decisions;
        this.limit = limit;
        this.guard = guard;
        this.droppedLines = droppedLines;
    }

    /**
     * The metrics now.
     *
     * @param accept what the asker takes; null for Prometheus's own text format
     */
    public synchronized Page page(String accept) throws IOException {
        if (registry == null) {
            collections = new JvmGcMetrics();
            registry = registry();
        }
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32_768);
        registry.scrape(bytes, type);
        return new Page(type, bytes.toByteArray());
    }

    private PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        cpuTime(made); // first, since it filters: Micrometer warns of filters that come after meters
        made.getPrometheusRegistry().register((MultiCollector) metrics::snapshots);
        made.getPrometheusRegistry().register(new BackendMetrics(services));
        made.getPrometheusRegistry().register(new AdmissionMetrics(guard));
        limiter(made);
        FunctionCounter.builder("gateway.access.log.dropped", droppedLines, LongSupplier::getAsLong)
                .description("Lines of the access log that were dropped because their reader was too slow")
                .register(made);
        List<MeterBinder> machine = List.of(
                new JvmMemoryMetrics(),
                collections,
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        machine.forEach(binder -> binder.bindTo(made));
        return made;
    }

    /** Under the name and in the unit that Prometheus has for it, instead of Micrometer's, which promtool objects to. */
    private static void cpuTime(MeterRegistry made) {
        made.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        made.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, machine -> machine.getProcessCpuTime() / 1e9)
                    .baseUnit("seconds")
                    .description("CPU time that the process has used")
                    .register(made);
        }
    }

    private void limiter(MeterRegistry made) {
        String help = "Requests to services that the rate limit let through or refused, or that it doesn't hold for";
        FunctionCounter.builder("gateway.rate.limit.decisions", decisions, LimitHandler::allowed)
                .description(help)
                .tag("decision", "allowed")
                .register(made);
        FunctionCounter.builder("gateway.rate.limit.decisions", decisions, LimitHandler::refused)
                .description(help)
                .tag("decision", "refused")
                .register(made);
        FunctionCounter.builder("gateway.rate.limit.decisions", decisions, LimitHandler::exempted)
                .description(help)
                .tag("decision", "exempt")
                .register(made);
        decisions.shadow().ifPresent(shadow -> shadow(made, shadow));
        Gauge.builder("gateway.rate.limit.clients", limit, RateLimit::clients)
                .description("Client addresses that the rate limit remembers")
                .register(made);
        if (limit.sharing().isPresent()) {
            sharing(made);
        }
    }

    private static void shadow(MeterRegistry made, ShadowLimit shadow) {
        String help = "What the rate limit that is tried out would have let through or refused";
        FunctionCounter.builder("gateway.rate.limit.shadow.decisions", shadow, ShadowLimit::allowed)
                .description(help)
                .tag("decision", "allowed")
                .register(made);
        FunctionCounter.builder("gateway.rate.limit.shadow.decisions", shadow, ShadowLimit::refused)
                .description(help)
                .tag("decision", "refused")
                .register(made);
    }

    private void sharing(MeterRegistry made) {
        Gauge.builder("gateway.redis.up", limit, any -> sharing(any).up() ? 1 : 0)
                .description("1 if Redis can be reached, so that the rate limit is one for all gateways")
                .register(made);
        FunctionCounter.builder(
                        "gateway.redis.failures", limit, any -> sharing(any).failures())
                .description("How often Redis failed to decide")
                .register(made);
        String help = "Decisions of the rate limit by where they were made: in Redis, or in this gateway's memory";
        FunctionCounter.builder(
                        "gateway.rate.limit.store.decisions",
                        limit,
                        any -> sharing(any).shared())
                .description(help)
                .tag("store", "redis")
                .register(made);
        FunctionCounter.builder(
                        "gateway.rate.limit.store.decisions",
                        limit,
                        any -> sharing(any).alone())
                .description(help)
                .tag("store", "memory")
                .register(made);
    }

    private static RateLimit.Sharing sharing(RateLimit limit) {
        return limit.sharing().orElseThrow();
    }

    /** Ends what the registry had begun, if it was ever made. */
    @Override
    public synchronized void close() {
        if (registry != null) {
            collections.close();
            registry.close();
        }
    }
}
