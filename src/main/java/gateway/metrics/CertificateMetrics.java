package gateway.metrics;

import gateway.tls.CertificateInUse;
import io.prometheus.metrics.model.registry.MultiCollector;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot;
import io.prometheus.metrics.model.snapshots.GaugeSnapshot.GaugeDataPointSnapshot;
import io.prometheus.metrics.model.snapshots.Labels;
import io.prometheus.metrics.model.snapshots.MetricMetadata;
import io.prometheus.metrics.model.snapshots.MetricSnapshots;
import java.util.List;

/** When the server certificate ends; nothing without one. */
final class CertificateMetrics implements MultiCollector {
    private final CertificateInUse certificate;

    CertificateMetrics(CertificateInUse certificate) {
        this.certificate = certificate;
    }

    @Override
    public MetricSnapshots collect() {
        return certificate
                .get()
                .map(used -> MetricSnapshots.of(new GaugeSnapshot(
                        new MetricMetadata(
                                "gateway_tls_certificate_expiry_timestamp_seconds",
                                "When the server certificate in use ends, in seconds since 1970"),
                        List.of(new GaugeDataPointSnapshot(used.end().getEpochSecond(), Labels.EMPTY, null)))))
                .orElseGet(MetricSnapshots::of);
    }
}
