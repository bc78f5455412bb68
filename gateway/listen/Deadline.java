package gateway.listen;

import gateway.Refusals;
import java.time.Duration;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLEngine;
import org.eclipse.jetty.io.EndPoint;
import org.eclipse.jetty.io.ssl.SslConnection;
import org.eclipse.jetty.io.ssl.SslHandshakeListener;
import org.eclipse.jetty.server.Connector;
import org.eclipse.jetty.server.SslConnectionFactory;
import org.eclipse.jetty.util.ssl.SslContextFactory;
import org.eclipse.jetty.util.thread.Scheduler;

/**
 * How long what comes before HTTP may take in all: a PROXY header, TLS's handshake. Jetty only knows how long a
 * connection may be silent, and one that sends a byte now and then never is.
 */
record Deadline(Duration patience, Refusals refusals) {
    /** What connections that were too slow are counted as. */
    static final String REFUSED = "handshake-timeout";

    /**
     * Closes the connection unless what this returns is cancelled in time.
     *
     * @param expired called when it wasn't
     */
    Scheduler.Task of(EndPoint endPoint, Connector connector, Runnable expired) {
        return connector
                .getScheduler()
                .schedule(
                        () -> {
                            expired.run();
                            if (endPoint.isOpen()) {
                                refusals.count(REFUSED);
                                endPoint.close();
                            }
                        },
                        patience.toMillis(),
                        TimeUnit.MILLISECONDS);
    }

    /** TLS whose handshake must end in time. */
    SslConnectionFactory tls(SslContextFactory.Server tls, String next) {
        return new SslConnectionFactory(tls, next) {
            @Override
            protected SslConnection newSslConnection(Connector connector, EndPoint endPoint, SSLEngine engine) {
                SslConnection connection = super.newSslConnection(connector, endPoint, engine);
                Scheduler.Task end = of(endPoint, connector, () -> {});
                connection.addHandshakeListener(new SslHandshakeListener() {
                    @Override
                    public void handshakeSucceeded(Event event) {
                        end.cancel();
                    }

                    @Override
                    public void handshakeFailed(Event event, Throwable failure) {
                        end.cancel();
                    }
                });
                return connection;
            }
        };
    }
}
