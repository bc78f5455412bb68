package gateway.balance;

import static gateway.registry.Meant.everywhere;

import gateway.events.Who;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.registry.Snapshot;
import gateway.testing.FakeTime;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** A list of services of one route, for tests of strategies; time stands still until a test moves it. */
final class Pools {
    final FakeTime time;
    final ServiceList services;

    Pools(FakeTime time) {
        this(time, new ServiceList(time));
    }

    Pools(FakeTime time, ServiceList services) {
        this.time = time;
        this.services = services;
    }

    Pools() {
        this(new FakeTime());
    }

    /** A pool of the services a, b, c and so on with these weights, all healthy. */
    static Pools of(int... weights) {
        Pools pools = new Pools();
        IntStream.range(0, weights.length).forEach(i -> pools.healthy(name(i), weights[i]));
        return pools;
    }

    /** A pool of as many services of weight 1. */
    static Pools of(int services) {
        return of(IntStream.range(0, services).map(i -> 1).toArray());
    }

    static String name(int i) {
        return i < 26 ? String.valueOf((char) ('a' + i)) : "s" + i;
    }

    Backend register(String name, int weight) {
        Service service = new Service(
                Service.DEFAULT_ROUTE,
                name,
                ServiceUrl.parse("http://" + name + ".example:8001"),
                Optional.empty(),
                Optional.empty(),
                Optional.of(weight),
                Optional.empty());
        return services.register(service, Who.GATEWAY).backend();
    }

    Backend healthy(String name, int weight) {
        Backend backend = register(name, weight);
        services.admit(backend, "test");
        return backend;
    }

    Backend get(String name) {
        return services.instances(everywhere(name, Optional.empty())).get(0);
    }

    /** The pool as it is now: the same object as long as nothing changes. */
    Snapshot now() {
        return services.pool(Service.DEFAULT_ROUTE).snapshot();
    }

    List<Backend> available() {
        return now().available();
    }

    /** The names of those that are chosen for as many requests. */
    String sequence(Balancer balancer, int requests) {
        return IntStream.range(0, requests)
                .mapToObj(i -> balancer.choose(now(), ANYBODY).name())
                .collect(Collectors.joining(" "));
    }

    /** How often each is chosen for as many requests. */
    Map<String, Integer> counts(Balancer balancer, int requests) {
        Map<String, Integer> counts = new HashMap<>();
        available().forEach(backend -> counts.put(backend.name(), 0));
        for (int i = 0; i < requests; i++) {
            counts.merge(balancer.choose(now(), ANYBODY).name(), 1, Integer::sum);
        }
        return counts;
    }

    static final Asked ANYBODY = from("192.0.2.7");

    static Asked from(String address) {
        try {
            return new Asked(InetAddress.getByName(address), Map.of(), List.of(), false);
        } catch (UnknownHostException e) {
            throw new IllegalArgumentException(address, e);
        }
    }

    /** A request as strategies see it. */
    record Asked(InetAddress client, Map<String, String> headers, List<String> cookies, boolean isSecure)
            implements RequestView {
        Asked with(String header, String value) {
            Map<String, String> more = new HashMap<>(headers);
            more.put(header, value);
            return new Asked(client, more, cookies, isSecure);
        }

        /** With the cookies of this gateway's route, whatever it is called. */
        Asked withCookies(String... values) {
            return new Asked(client, headers, List.of(values), isSecure);
        }

        Asked secure() {
            return new Asked(client, headers, cookies, true);
        }

        @Override
        public String header(String name) {
            return headers.get(name);
        }

        @Override
        public List<String> cookies(String name) {
            return cookies;
        }
    }
}
