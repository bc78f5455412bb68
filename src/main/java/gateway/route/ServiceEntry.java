package gateway.route;

import gateway.net.ServiceUrl;

/**
 * A service that a route lists.
 *
 * @param weight how many requests it gets in proportion to the others, 0 to {@link gateway.registry.Service#MOST_WEIGHT};
 * 0 drains it
 */
public record ServiceEntry(ServiceUrl url, int weight) {}
