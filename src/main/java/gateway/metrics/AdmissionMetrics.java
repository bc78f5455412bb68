package gateway.metrics;

import gateway.admission.AdmissionControl;
import gateway.http.Refusals;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.CounterSnapshot;
import io.prometheus.metrics.model.snapshots.CounterSnapshot.CounterDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshot;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** The metrics of admission control: open connections, requests under way, and refusals. */
final class AdmissionMetrics implements MultiCollector {
    private final AdmissionControl admission;

    AdmissionMetrics(AdmissionControl admission) {
        this.admission = admission;
    }

    @Override
    public MetricSnapshots collect() {
        return MetricSnapshots.of(
                counter(
                        admission.problems(),
                        "gateway_problems",
                        "Problems that the gateway itself answered with, by the last part of their type",
                        "type"),
                counter(
                        admission.closed(),
                        "gateway_connections_refused",
                        "Connections that the gateway closed without an answer, by reason",
                        "reason"),
                gauge(
                        "gateway_connections",
                        "Connections that clients have open",
                        admission.connections().open()),
                gauge(
                        "gateway_requests_in_flight",
                        "Requests to services that are under way",
                        admission.inFlight().count()));
    }

    private static MetricSnapshot counter(Refusals refusals, String name, String help, String label) {
        return new CounterSnapshot(
                new MetricMetadata(name, help),
                refusals.counts().entrySet().stream()
                        .map(kind ->
                                new CounterDataPointSnapshot(kind.getValue(), Labels.of(label, kind.getKey()), null, 0))
                        .toList());
    }

    private static MetricSnapshot gauge(String name, String help, double value) {
        return new GaugeSnapshot(
                new MetricMetadata(name, help), List.of(new GaugeDataPointSnapshot(value, Labels.EMPTY, null)));
    }
}
