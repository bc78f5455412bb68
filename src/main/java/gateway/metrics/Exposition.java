package gateway.metrics;

import com.sun.management.OperatingSystemMXBean;
import gateway.admission.AdmissionControl;
import gateway.limit.LimitHandler;
import gateway.limit.Limits;
import gateway.limit.RateLimit.Sharing;
import gateway.limit.ShadowLimit;
import gateway.registry.ServiceList;
import gateway.tls.CertificateInUse;
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
 * All metrics in Prometheus's formats. The registry is made at the first scrape; from then on it also counts the JVM's
 * garbage collections and their pauses.
 */
public final class Exposition implements AutoCloseable {
    private static final String TEXT = "text/plain; version=0.0.4; charset=utf-8";
    private static final String OPEN_METRICS = "application/openmetrics-text; version=1.0.0; charset=utf-8";

    /**
     * An answer to a scrape.
     *
     * @param contentType the format's media type
     */
    public record Page(String contentType, byte[] bytes) {}

    private final Metrics metrics;
    private final ServiceList services;
    private final LimitHandler limiter;
    private final AdmissionControl admission;
    private final CertificateInUse certificate;
    private final LongSupplier droppedLines;
    private PrometheusMeterRegistry registry;
    private boolean showsSharing;
    private JvmGcMetrics gcMetrics;

    /**
     * @param limiter counts the requests that the limit let through and refused
     * @param admission counts problems, connections and requests under way
     * @param certificate the server certificate, if there is one
     * @param droppedLines returns how many lines the access log has dropped
     */
    public Exposition(
            Metrics metrics,
            ServiceList services,
            LimitHandler limiter,
            AdmissionControl admission,
            CertificateInUse certificate,
            LongSupplier droppedLines) {
        this.metrics = metrics;
        this.services = services;
        this.limiter = limiter;
        this.admission = admission;
        this.certificate = certificate;
        this.droppedLines = droppedLines;
    }

    /**
     * Returns the metrics as they are now.
     *
     * @param accept the request's Accept header; null for Prometheus's text format
     */
    public synchronized Page page(String accept) throws IOException {
        if (registry == null) {
            gcMetrics = new JvmGcMetrics();
            registry = registry();
        }
        if (!showsSharing && limiter.limits().sharing().isPresent()) { // a route may get its first limit later
            registerSharing(registry, limiter.limits());
            showsSharing = true;
        }
        String type = accept != null && accept.contains("application/openmetrics-text") ? OPEN_METRICS : TEXT;
        ByteArrayOutputStream bytes = new ByteArrayOutputStream(32_768);
        registry.scrape(bytes, type);
        return new Page(type, bytes.toByteArray());
    }

    private PrometheusMeterRegistry registry() {
        PrometheusMeterRegistry made = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        registerCpuTime(made); // first, because Micrometer warns of filters that are added after meters
        made.getPrometheusRegistry().register((MultiCollector) metrics::snapshots);
        made.getPrometheusRegistry().register(new BackendMetrics(services));
        made.getPrometheusRegistry().register(new AdmissionMetrics(admission));
        made.getPrometheusRegistry().register(new CertificateMetrics(certificate));
        registerLimiter(made);
        FunctionCounter.builder("gateway.access.log.dropped", droppedLines, LongSupplier::getAsLong)
                .description("Lines of the access log that were dropped because their reader was too slow")
                .register(made);
        List<MeterBinder> machine = List.of(
                new JvmMemoryMetrics(),
                gcMetrics,
                new JvmThreadMetrics(),
                new ClassLoaderMetrics(),
                new ProcessorMetrics(),
                new FileDescriptorMetrics(),
                new UptimeMetrics());
        machine.forEach(binder -> binder.bindTo(made));
        return made;
    }

    /**
     * Registers the CPU time under Prometheus's usual name and unit, instead of Micrometer's, which promtool objects
     * to.
     */
    private static void registerCpuTime(MeterRegistry made) {
        made.config().meterFilter(MeterFilter.denyNameStartsWith("process.cpu.time"));
        made.config().meterFilter(MeterFilter.denyNameStartsWith("system.cpu.count"));
        if (ManagementFactory.getOperatingSystemMXBean() instanceof OperatingSystemMXBean system) {
            FunctionCounter.builder("process.cpu", system, machine -> machine.getProcessCpuTime() / 1e9)
                    .baseUnit("seconds")
                    .description("CPU time that the process has used")
                    .register(made);
        }
    }

    private void registerLimiter(MeterRegistry made) {
        String help = "Requests to services by the rate limit's decision: allowed, refused, or exempt from the limit";
        FunctionCounter.builder("gateway.rate.limit.decisions", limiter, LimitHandler::allowed)
                .description(help)
                .tag("decision", "allowed")
                .register(made);
        FunctionCounter.builder("gateway.rate.limit.decisions", limiter, LimitHandler::refused)
                .description(help)
                .tag("decision", "refused")
                .register(made);
        FunctionCounter.builder("gateway.rate.limit.decisions", limiter, LimitHandler::exempted)
                .description(help)
                .tag("decision", "exempt")
                .register(made);
        limiter.shadow().ifPresent(shadow -> registerShadow(made, shadow));
        Gauge.builder("gateway.rate.limit.clients", limiter.limits(), Limits::clients)
                .description("Client addresses that the rate limit remembers")
                .register(made);
    }

    private static void registerShadow(MeterRegistry made, ShadowLimit shadow) {
        String help = "Requests to services by what the shadow limit, which is only tried out, would have decided";
        FunctionCounter.builder("gateway.rate.limit.shadow.decisions", shadow, ShadowLimit::allowed)
                .description(help)
                .tag("decision", "allowed")
                .register(made);
        FunctionCounter.builder("gateway.rate.limit.shadow.decisions", shadow, ShadowLimit::refused)
                .description(help)
                .tag("decision", "refused")
                .register(made);
    }

    private static void registerSharing(MeterRegistry made, Limits limits) {
        Gauge.builder("gateway.redis.up", limits, any -> sharing(any).up() ? 1 : 0)
                .description("1 if Redis can be reached, so that all gateways share one rate limit")
                .register(made);
        FunctionCounter.builder(
                        "gateway.redis.failures", limits, any -> sharing(any).failures())
                .description("Decisions that Redis failed to make")
                .register(made);
        String help = "Decisions of the rate limit by the store that made them: Redis, or this gateway's memory";
        FunctionCounter.builder(
                        "gateway.rate.limit.store.decisions",
                        limits,
                        any -> sharing(any).shared())
                .description(help)
                .tag("store", "redis")
                .register(made);
        FunctionCounter.builder(
                        "gateway.rate.limit.store.decisions",
                        limits,
                        any -> sharing(any).alone())
                .description(help)
                .tag("store", "memory")
                .register(made);
    }

    private static Sharing sharing(Limits limits) {
        return limits.sharing().orElseThrow();
    }

    /** Closes the registry, if it was ever made. */
    @Override
    public synchronized void close() {
        if (registry != null) {
            gcMetrics.close();
            registry.close();
        }
    }
}
