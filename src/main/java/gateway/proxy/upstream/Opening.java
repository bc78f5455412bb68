package gateway.proxy.upstream;

import gateway.net.ChannelSelector;
import gateway.net.ServiceAddresses;
import gateway.net.ServiceSocket;
import gateway.net.ServiceSockets;
import java.io.IOException;
import java.net.Socket;
import okhttp3.Call;
import okhttp3.Dispatcher;
import okhttp3.HttpUrl;
import okhttp3.Interceptor;
import okhttp3.OkHttpClient;
import okhttp3.Request;
import okhttp3.Response;

/**
 * Opens one connection by OkHttp: looks the name up, tries its addresses in turn, does TLS with all its checks. Then it
 * takes the socket and ends OkHttp's call before that has sent anything, since OkHttp refuses requests that a gateway
 * must pass (a GET with a body), decodes bytes that a gateway must leave alone, and begins to read an answer only when
 * the whole request has been sent.
 *
 * <p>OkHttp closes the connection of a call that fails, so the socket ignores that once it is taken. Used once.
 */
final class Opening extends ServiceSockets implements Interceptor {
    private final OkHttpClient client;
    private ServiceSocket raw;
    private Socket socket;

    /**
     * @param prototype the client whose settings hold
     * @param selector tells when something has come; null if a read may wait by itself
     */
    Opening(OkHttpClient prototype, ServiceAddresses addresses, ChannelSelector selector) {
        super(addresses, selector);
        // OkHttp searches all connections of a pool and all calls of a dispatcher: with one of each there is nothing to
        // search and no lock to share.
        this.client = prototype
                .newBuilder()
                .connectionPool(QuietConnectionPool.ofOne())
                .dispatcher(new Dispatcher())
                .socketFactory(this)
                .addNetworkInterceptor(this)
                .build();
    }

    /**
     * Opens the connection.
     *
     * @param exchange may cancel this
     * @throws IOException if there is no connection
     */
    void open(HttpUrl url, WatchedExchange exchange) throws IOException {
        Call call = client.newCall(new Request.Builder().url(url).build());
        exchange.cancelledBy(call::cancel);
        try {
            call.execute().close();
        } catch (Taken e) {
            return;
        }
        throw new IllegalStateException("OkHttp went on after its connection was taken");
    }

    /** Returns the socket, of TLS if there is TLS. */
    Socket socket() {
        return socket;
    }

    /** Returns the TCP socket, below TLS if there is TLS. */
    ServiceSocket raw() {
        return raw;
    }

    /** Makes a socket for one address; the last one is that of the connection. */
    @Override
    public ServiceSocket createSocket() throws IOException {
        raw = super.createSocket();
        return raw;
    }

    /** Called with the open connection, just before OkHttp would send the request. */
    @Override
    public Response intercept(Chain chain) throws IOException {
        raw.take();
        socket = chain.connection().socket();
        throw new Taken();
    }

    /** Ends OkHttp's call; has no stack trace, since nothing went wrong. */
    private static final class Taken extends IOException {
        private static final long serialVersionUID = 1;

        @Override
        public synchronized Throwable fillInStackTrace() {
            return this;
        }
    }
}
