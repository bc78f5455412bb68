package gateway.metrics;

import gateway.registry.AnswerClass;
import gateway.registry.Answers;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Exemplars;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import io.prometheus.metrics.model.snapshots.Quantiles;
import io.prometheus.metrics.model.snapshots.SummarySnapshot;
import io.prometheus.metrics.model.snapshots.SummarySnapshot.SummaryDataPointSnapshot;
import java.util.ArrayList;
import java.util.List;
import java.util.function.ToDoubleFunction;

/**
 * The metrics of each backend, read from its counters at each scrape. A backend that has left the list has none; one
 * that is in it has all, at zero before its first request, so that a rate over them misses nothing. Those
 * of the default route have no label {@code route}: for Prometheus a label that isn't there and one that is empty are the
 * same, so their series go on when other routes come.
 */
final class BackendMetrics implements MultiCollector {
    private static final List<AnswerClass> CLASSES = List.of(AnswerClass.values());

    private final ServiceList services;

    BackendMetrics(ServiceList services) {
        this.services = services;
    }

    @Override
    public MetricSnapshots collect() {
        List<Backend> backends = services.all();
        return MetricSnapshots.of(
                requests(backends),
                counter(
                        backends,
                        "gateway_backend_failures",
                        "Requests that got no complete answer from the backend",
                        backend -> backend.load().failures()),
                counter(
                        backends,
                        "gateway_backend_ejections",
                        "How often the backend became unhealthy",
                        Backend::ejections),
                gauge(
                        backends,
                        "gateway_backend_up",
                        "1 if the backend is available: healthy and not draining",
                        backend -> backend.available() ? 1 : 0),
                gauge(
                        backends,
                        "gateway_backend_in_flight",
                        "Requests to the backend that are under way",
                        backend -> backend.load().inFlight()),
                checks(backends));
    }

    private static MetricSnapshot requests(List<Backend> backends) {
        List<CounterDataPointSnapshot> points = new ArrayList<>(backends.size() * CLASSES.size());
        for (Backend backend : backends) {
            Answers answers = backend.load().byClass().sinceStart();
            Labels labels = labels(backend);
            for (AnswerClass answer : CLASSES) {
                points.add(new CounterDataPointSnapshot(
                        answers.of(answer), labels.add("status_class", answer.word()), null, 0));
            }
        }
        return new CounterSnapshot(
                new MetricMetadata(
                        "gateway_backend_requests",
                        "Requests to the backend that have ended, retries included, by the class of the answer's status;"
                                + " none: no complete answer; abandoned: given up before an answer, not by its fault"),
                points);
    }

    private static MetricSnapshot counter(
            List<Backend> backends, String name, String help, ToDoubleFunction<Backend> value) {
        return new CounterSnapshot(
                new MetricMetadata(name, help),
                backends.stream()
                        .map(backend ->
                                new CounterDataPointSnapshot(value.applyAsDouble(backend), labels(backend), null, 0))
                        .toList());
    }

    private static MetricSnapshot gauge(
            List<Backend> backends, String name, String help, ToDoubleFunction<Backend> value) {
        return new GaugeSnapshot(
                new MetricMetadata(name, help),
                backends.stream()
                        .map(backend -> new GaugeDataPointSnapshot(value.applyAsDouble(backend), labels(backend), null))
                        .toList());
    }

    private static MetricSnapshot checks(List<Backend> backends) {
        return new SummarySnapshot(
                new MetricMetadata(
                        "gateway_backend_check_duration_seconds", "Durations of the backend's health checks"),
                backends.stream()
                        .map(backend -> new SummaryDataPointSnapshot(
                                backend.checks().count(),
                                backend.checks().nanos() / 1e9,
                                Quantiles.EMPTY,
                                labels(backend),
                                Exemplars.EMPTY,
                                0))
                        .toList());
    }

    private static Labels labels(Backend backend) {
        String route = backend.route();
        return route.equals(Service.DEFAULT_ROUTE)
                ? Labels.of("backend", backend.name(), "url", backend.urlText())
                : Labels.of("backend", backend.name(), "url", backend.urlText(), "route", route);
    }
}
