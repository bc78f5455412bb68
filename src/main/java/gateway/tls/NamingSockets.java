package gateway.tls;

import gateway.net.Networks;
import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.List;
import javax.net.ssl.SNIServerName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.StandardConstants;

/**
 * Opens TLS connections that tell the server which host they are for (SNI, RFC 6066, 3). Java leaves out names without a
 * dot, as services in container networks have; a server with certificates for several names would then choose a wrong
 * one, or none. So it does with names that end with a dot, which SNI doesn't have, and with those that it takes for
 * invalid, like names with an underscore.
 */
final class NamingSockets extends SSLSocketFactory {
    private final SSLSocketFactory sockets;

    /** @param sockets opens the connections */
    NamingSockets(SSLSocketFactory sockets) {
        this.sockets = sockets;
    }

    private static Socket naming(Socket socket, String host) {
        SSLSocket tls = (SSLSocket) socket;
        SSLParameters parameters = tls.getSSLParameters();
        List<SNIServerName> named = parameters.getServerNames();
        if ((named == null || named.isEmpty()) && Networks.address(host).isEmpty()) {
            parameters.setServerNames(
                    List.of(new Name(host.endsWith(".") ? host.substring(0, host.length() - 1) : host)));
            tls.setSSLParameters(parameters);
        }
        return socket;
    }

    /** A host's name as it is; Java's SNIHostName refuses some. */
    private static final class Name extends SNIServerName {
        Name(String host) {
            super(StandardConstants.SNI_HOST_NAME, host.getBytes(StandardCharsets.US_ASCII));
        }
    }

    @Override
    public String[] getDefaultCipherSuites() {
        return sockets.getDefaultCipherSuites();
    }

    @Override
    public String[] getSupportedCipherSuites() {
        return sockets.getSupportedCipherSuites();
    }

    @Override
    public Socket createSocket(Socket below, String host, int port, boolean autoClose) throws IOException {
        return naming(sockets.createSocket(below, host, port, autoClose), host);
    }

    @Override
    public Socket createSocket(String host, int port) throws IOException {
        return naming(sockets.createSocket(host, port), host);
    }

    @Override
    public Socket createSocket(String host, int port, InetAddress own, int ownPort) throws IOException {
        return naming(sockets.createSocket(host, port, own, ownPort), host);
    }

    @Override
    public Socket createSocket(InetAddress host, int port) throws IOException {
        return sockets.createSocket(host, port);
    }

    @Override
    public Socket createSocket(InetAddress host, int port, InetAddress own, int ownPort) throws IOException {
        return sockets.createSocket(host, port, own, ownPort);
    }
}
