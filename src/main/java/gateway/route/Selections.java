package gateway.route;

import gateway.balance.Balancer;
import gateway.balance.RoundRobin;
import gateway.balance.Selection;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;

/** Makes what chooses a service, for each route. */
public final class Selections implements Function<RouteConfig, Selection> {
    private final AtomicInteger index;

    /** @param index of the default route's round robin */
    public Selections(AtomicInteger index) {
        this.index = index;
    }

    @Override
    public Selection apply(RouteConfig route) {
        return new Selection(balancer(route));
    }

    private Balancer balancer(RouteConfig route) {
        return new RoundRobin(route.name().equals(RouteConfig.DEFAULT) ? index : new AtomicInteger());
    }
}
