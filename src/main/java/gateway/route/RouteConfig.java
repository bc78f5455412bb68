package gateway.route;

import gateway.registry.HealthCheck;
import java.time.Duration;
import java.util.List;

/**
 * What a route is to do, with every default filled in: which requests it takes, to which services, under which policy.
 *
 * @param name of the same form as a service's name
 * @param match the requests that it takes
 * @param strip whether services get the path without the prefix
 * @param services the services that are there from the start; more may register
 * @param balance how a service is chosen for a request
 * @param health how its services are checked, unless one says otherwise at its registration
 * @param limits all hold at the same time; none for no limit
 * @param host the Host that services see
 * @param timeout the longest silence of a service, before its answer or within it
 * @param retries the most further attempts of a request that surely wasn't processed, 0 to 10
 * @param maxBody the largest request body, bytes
 * @param cors which pages of other origins may use it
 * @param headers what is changed in the headers of requests and answers
 * @param rewritesRedirects whether Location, Content-Location and cookies are turned from the service's own address and
 * path to the route's
 * @param serviceHeader what {@code X-Backend-Service} shows
 * @param slowStart how long a service that comes (back) takes to get its whole share; zero for at once
 */
public record RouteConfig(
        String name,
        Match match,
        boolean strip,
        List<ServiceEntry> services,
        Balance balance,
        HealthCheck health,
        List<Limit> limits,
        HostHeader host,
        Duration timeout,
        int retries,
        long maxBody,
        Cors cors,
        HeaderEdits headers,
        boolean rewritesRedirects,
        ServiceHeader serviceHeader,
        Duration slowStart) {

    /** The name of the route that is there when none is given. */
    public static final String DEFAULT = "default";

    /** How many further attempts a request has unless a route says otherwise. */
    public static final int USUAL_RETRIES = 2;

    /** The Host that services see. */
    public enum HostHeader {
        /**
         * The default: that of the client, as CLIENT, but for services with {@code https://} and a name, as SERVICE. An
         * app that compares Origin or its allowed hosts with Host, or writes links, needs the client's; but a site at a
         * hosting provider is found, and its certificate checked, by the service's name.
         */
        BY_SCHEME,
        /** The one that the client sent. */
        CLIENT,
        /** The one of the service's URL. */
        SERVICE
    }

    /** What {@code X-Backend-Service} shows in each answer. */
    public enum ServiceHeader {
        /** The URL of the service that answered. */
        URL,
        /** Its name. */
        NAME,
        /** Nothing: the header isn't there. */
        OFF
    }

    /** Returns the same route with these services. */
    public RouteConfig withServices(List<ServiceEntry> others) {
        return new RouteConfig(
                name,
                match,
                strip,
                List.copyOf(others),
                balance,
                health,
                limits,
                host,
                timeout,
                retries,
                maxBody,
                cors,
                headers,
                rewritesRedirects,
                serviceHeader,
                slowStart);
    }
}
