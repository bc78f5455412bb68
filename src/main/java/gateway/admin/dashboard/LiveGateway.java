package gateway.admin.dashboard;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.databind.PropertyNamingStrategies.SnakeCaseStrategy;
import com.fasterxml.jackson.databind.annotation.JsonNaming;
import gateway.admin.view.CertificateView;
import gateway.cluster.Cluster;
import gateway.registry.ClusterMembers;
import gateway.registry.ClusterMembers.Gateway;
import gateway.registry.ClusterMembers.Sharing;
import gateway.tls.CertificateInUse;
import gateway.util.Time;
import java.util.List;
import java.util.Optional;

/** On the dashboard: which gateway this is, with which others it shares through which Redis, and its certificate. */
public final class LiveGateway {
    /** The most other gateways that are shown, by id. */
    static final int MOST = 40;

    private final ClusterMembers members;
    private final Optional<String> redis;
    private final CertificateInUse certificate;
    private final Time time;

    /** @param certificate the server certificate in use */
    public LiveGateway(Cluster cluster, CertificateInUse certificate, Time time) {
        this.members = cluster.members();
        this.redis = cluster.redis();
        this.certificate = certificate;
        this.time = time;
    }

    /**
     * This gateway.
     *
     * @param address the host and port at which it listens, as far as it knows
     * @param java the version of Java on which it runs
     * @param redis null if nothing is shared
     * @param certificate null without HTTPS
     * @param totalGateways how many there are with this one
     * @param peers the others, by id; those seen last while Redis can't be reached
     */
    @JsonNaming(SnakeCaseStrategy.class)
    record View(
            String id,
            String address,
            String since,
            String version,
            String java,
            @JsonInclude(JsonInclude.Include.NON_NULL) RedisView redis,
            @JsonInclude(JsonInclude.Include.NON_NULL) CertificateView certificate,
            int totalGateways,
            List<Peer> peers) {}

    /**
     * The Redis through which the gateways share.
     *
     * @param url without user and password
     * @param since since when it answers, or doesn't
     */
    record RedisView(String url, boolean answers, String since) {
        static RedisView of(String url, Sharing sharing) {
            return new RedisView(url, sharing.now(), sharing.since().toString());
        }
    }

    /** Another gateway, as in {@code GET /gateways}. */
    record Peer(String id, String address, String since, String version) {
        static Peer of(Gateway gateway) {
            return new Peer(gateway.id(), gateway.address(), gateway.since().toString(), gateway.version());
        }
    }

    /** Returns how it is now. */
    View view() {
        Gateway self = members.self();
        List<Gateway> all = members.all();
        return new View(
                self.id(),
                self.address(),
                self.since().toString(),
                self.version(),
                System.getProperty("java.version"),
                redis.map(url -> RedisView.of(url, members.sharing())).orElse(null),
                certificate
                        .get()
                        .map(used -> CertificateView.of(used, time.now()))
                        .orElse(null),
                all.size(),
                all.stream()
                        .filter(gateway -> !gateway.id().equals(self.id()))
                        .limit(MOST)
                        .map(Peer::of)
                        .toList());
    }
}
