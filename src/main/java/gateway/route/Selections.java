package gateway.route;

import gateway.balance.Balancer;
import gateway.balance.ConsistentHash;
import gateway.balance.HashKey;
import gateway.balance.LeastRequests;
import gateway.balance.RoundRobin;
import gateway.balance.Selection;
import gateway.balance.SlowStart;
import gateway.balance.Sticky;
import gateway.balance.WarmUp;
import gateway.settings.Secret;
import gateway.util.Time;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.util.Optional;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Makes what chooses a service, for each route. */
public final class Selections implements Function<RouteConfig, Selection> {
    private static final int SECRET_BYTES = 32;

    private final AtomicInteger index;
    private final byte[] secret;
    private final Time time;

    /**
     * @param index of the default route's round robin
     * @param stickySecret the secret under which cookies name services; empty for a random one
     */
    public Selections(AtomicInteger index, Optional<Secret> stickySecret, Time time) {
        this.index = index;
        this.secret = stickySecret
                .map(secret -> secret.text().getBytes(StandardCharsets.UTF_8))
                .orElseGet(Selections::random);
        this.time = time;
    }

    private static byte[] random() {
        byte[] random = new byte[SECRET_BYTES];
        new SecureRandom().nextBytes(random);
        return random;
    }

    @Override
    public Selection apply(RouteConfig route) {
        return new Selection(balancer(route));
    }

    private Balancer balancer(RouteConfig route) {
        WarmUp warmUp = new WarmUp(route.slowStart(), time);
        return switch (route.balance().policy()) {
            case ROUND_ROBIN -> slowly(roundRobin(route), route, warmUp);
            case LEAST_REQUESTS -> slowly(new LeastRequests(ThreadLocalRandom::current), route, warmUp);
            case HASH_CLIENT -> new ConsistentHash("Hash of Client", HashKey.client(), warmUp);
            case HASH_HEADER -> {
                String header = route.balance().header();
                yield new ConsistentHash("Hash of " + header, HashKey.header(header), warmUp);
            }
            case STICKY ->
                new Sticky(
                        slowly(roundRobin(route), route, warmUp),
                        "gateway-" + route.name(),
                        route.match().path().toString(),
                        secret);
        };
    }

    private RoundRobin roundRobin(RouteConfig route) {
        return new RoundRobin(route.name().equals(RouteConfig.DEFAULT) ? index : new AtomicInteger());
    }

    private static Balancer slowly(Balancer balancer, RouteConfig route, WarmUp warmUp) {
        return route.slowStart().isZero() ? balancer : new SlowStart(balancer, warmUp, ThreadLocalRandom::current);
    }
}
