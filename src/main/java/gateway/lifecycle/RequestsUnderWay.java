package gateway.lifecycle;

import java.util.concurrent.atomic.LongAdder;
import java.util.function.Consumer;
import org.eclipse.jetty.server.Handler;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.Server;
import org.eclipse.jetty.util.Callback;

/**
 * Counts the requests that are under way, for {@link Drain}. Javalin's StatisticsHandler could tell that, too, and much
 * that nobody asks for; for it, it watches each part of a body.
 */
public final class RequestsUnderWay extends Handler.Wrapper {
    private final LongAdder active = new LongAdder();
    private final Consumer<Throwable> ended = failure -> active.decrement();

    private RequestsUnderWay() {}

    /** Has the server, which must be Javalin's own and unstarted, count its requests by this alone. */
    public static RequestsUnderWay of(Server server) {
        RequestsUnderWay counts = new RequestsUnderWay();
        server.setHandler(counts);
        return counts;
    }

    @Override
    public boolean handle(Request request, Response response, Callback callback) throws Exception {
        active.increment();
        Request.addCompletionListener(request, ended);
        return super.handle(request, response, callback);
    }

    /** Returns how many requests are under way, those of HTTP/2 each. */
    int count() {
        return active.intValue();
    }
}
