package gateway.trace;

import gateway.events.Who;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.settings.Rate;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Traces as tests want them. */
public final class TestTrace {
    private static final Instant TIME = Instant.parse("2026-11-24T14:00:00.123Z");
    private static final String ID = "44ae81ac0b376e33e5198fb5e8349844";

    private static final TraceContext CONTEXT =
            new TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false);

    private final Trace trace;

    private TestTrace(Trace trace) {
        this.trace = trace;
    }

    /** A GET of /api/data by 127.0.0.1. */
    public static TestTrace get() {
        return of("GET", "/api/data", ID);
    }

    /** A request for a service; the trace has an id of its own. */
    public static TestTrace of(String method, String path, String id) {
        return of(method, path, id, CONTEXT, true);
    }

    /** A GET below a route that has this name. */
    public static TestTrace onRoute(String name) {
        Route route = TestRoutes.of(new ServiceList(new FakeTime()), only -> TestRoutes.named(name))
                .table()
                .get(name);
        return new TestTrace(
                new Trace(TIME, 0, InetAddress.getLoopbackAddress(), "GET", "/" + name + "/data", ID, CONTEXT, route));
    }

    /** A request for the gateway itself. */
    public static TestTrace forGateway() {
        return of("GET", "/health", ID, new TraceContext("00-" + ID + "-00f067aa0ba902b7-01", true), false);
    }

    static TestTrace of(String method, String path, String id, TraceContext context, boolean forService) {
        InetAddress client = InetAddress.getLoopbackAddress();
        return new TestTrace(
                new Trace(TIME, 0, client, method, path, id, context, forService ? TestRoutes.route() : null));
    }

    /** A backend of this name. */
    public static Backend backend(String name) {
        Service service = new Service(name, ServiceUrl.parse("http://localhost:8001"), Optional.empty());
        return new ServiceList(new FakeTime()).register(service, Who.GATEWAY).backend();
    }

    /** It was tried with this backend, which answered. */
    public TestTrace servedBy(String backend) {
        trace.add(new Attempt(backend(backend), 0, 1, false, 200, null, null));
        return this;
    }

    /** It was tried with this backend, which failed. */
    public TestTrace failedAt(String backend, String words, ProxyError error) {
        trace.add(new Attempt(backend(backend), 0, 1, false, 0, words, error));
        return this;
    }

    /** The gateway itself answered. */
    public TestTrace answeredBy(Problem problem) {
        trace.answeredBy(problem);
        return this;
    }

    /** It was over the limit. */
    public TestTrace limited() {
        trace.decided(new LimitDecision(false, 0, 1), Limit.byClient(Rate.parse("5/60s")));
        return answeredBy(ProblemType.RATE_LIMITED.problem("More than 5 req/min"));
    }

    /** The client has left. */
    public TestTrace clientGone() {
        trace.clientGone(false);
        return this;
    }

    /** It is routine. */
    public TestTrace routine() {
        trace.routine();
        return this;
    }

    /** How it ended. */
    public Trace ended(int status, long bytes, Duration took) {
        trace.end(took.toNanos(), status, bytes);
        return trace;
    }

    /** The same, of no interest. */
    public Trace ended(int status) {
        return ended(status, 210, Duration.ofNanos(3_210_000));
    }
}
