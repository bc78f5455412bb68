package gateway.trace;

import gateway.testing.FakeTime;
import gateway.http.Problem;
import gateway.http.ProxyError;
import gateway.net.ServiceUrl;
import gateway.registry.Backend;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;

/** Stories as tests want them. */
public final class TestStory {
    private static final Instant TIME = Instant.parse("2026-11-24T14:00:00.123Z");
    private static final String ID = "44ae81ac0b376e33e5198fb5e8349844";

    private final Story story;

    private TestStory(Story story) {
        this.story = story;
    }

    /** A GET of /api/data by 127.0.0.1. */
    public static TestStory get() {
        return of("GET", "/api/data", ID);
    }

    /** A request for a service; the trace has an id of its own. */
    public static TestStory of(String method, String path, String id) {
        return of(
                method,
                path,
                id,
                new TraceContext("00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01", false),
                true);
    }

    /** A request for the gateway itself. */
    public static TestStory forGateway() {
        return of("GET", "/health", ID, new TraceContext("00-" + ID + "-00f067aa0ba902b7-01", true), false);
    }

    static TestStory of(String method, String path, String id, TraceContext trace, boolean forService) {
        InetAddress client = InetAddress.getLoopbackAddress();
        return new TestStory(new Story(TIME, 0, client, method, path, id, trace, forService));
    }

    /** A backend of this name. */
    public static Backend backend(String name) {
        Service service = new Service(name, ServiceUrl.parse("http://localhost:8001"), Optional.empty());
        return new ServiceList(new FakeTime()).register(service).backend();
    }

    /** It was tried with this backend, which answered. */
    public TestStory servedBy(String backend) {
        story.add(new Hop(backend(backend), 0, 1, false, 200, null, null));
        return this;
    }

    /** It was tried with this backend, which failed. */
    public TestStory failedAt(String backend, String words, ProxyError error) {
        story.add(new Hop(backend(backend), 0, 1, false, 0, words, error));
        return this;
    }

    /** The gateway itself answered. */
    public TestStory answeredBy(Problem problem) {
        story.answeredBy(problem);
        return this;
    }

    /** It was over the limit. */
    public TestStory limited() {
        story.judged(new Story.Verdict(false, 5, 0, 1));
        return answeredBy(new Problem(429, "rate-limited", "Rate limit exceeded", "More than 5 req/min"));
    }

    /** The client has left. */
    public TestStory clientGone() {
        story.clientGone(false);
        return this;
    }

    /** It is routine. */
    public TestStory routine() {
        story.routine();
        return this;
    }

    /** How it ended. */
    public Story ended(int status, long bytes, Duration took) {
        story.end(took.toNanos(), status, bytes);
        return story;
    }

    /** The same, of no interest. */
    public Story ended(int status) {
        return ended(status, 210, Duration.ofNanos(3_210_000));
    }
}
