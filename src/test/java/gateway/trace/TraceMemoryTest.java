package gateway.trace;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import gateway.client.TrustedProxies;
import gateway.http.ProblemType;
import gateway.http.ProxyError;
import gateway.net.Networks;
import gateway.registry.Backend;
import gateway.registry.Snapshot;
import gateway.route.Limit;
import gateway.route.Route;
import gateway.settings.Rate;
import gateway.testing.FakeTime;
import gateway.testing.TestRoutes;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Instant;
import java.util.Collection;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.eclipse.jetty.http.HttpFields;
import org.eclipse.jetty.http.HttpURI;
import org.eclipse.jetty.server.ConnectionMetaData;
import org.eclipse.jetty.server.Request;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * The memory that the last thousand traces take, whatever clients and services send. Methods of 24 KB were once kept
 * whole, and a thousand of them took 29 MB.
 */
class TraceMemoryTest {
    private static final long MOST = 8L << 20;

    /** How much longer than anything sensible each text is that comes from outside. */
    private static final int MUCH = 30_000;

    /** @param letter a letter that Java stores in one byte, or one that needs two */
    @ParameterizedTest
    @ValueSource(strings = {"x", "\u4e2d"})
    void a_thousand_traces_take_8_mb_at_most(String letter) throws Exception {
        Traces traces = new Traces();
        for (int i = 0; i < Traces.KEPT; i++) {
            traces.accept(worst(letter));
        }
        List<Trace> kept = traces.since(0, Traces.KEPT).traces();
        assertEquals(Traces.KEPT, kept.size());
        long bytes = size(kept, Collections.newSetFromMap(new IdentityHashMap<>()));
        assertTrue(bytes <= MOST, bytes + " bytes");
    }

    private static Trace worst(String letter) throws Exception {
        String much = letter.repeat(MUCH);
        HttpFields fields = HttpFields.build()
                .add("Host", much)
                .add("User-Agent", much)
                .add("X-Request-ID", "i".repeat(128))
                .add("traceparent", "01-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01-" + "t".repeat(200))
                .add("tracestate", much)
                .add("X-Forwarded-For", ("2001:db8:" + "ffff:".repeat(5) + "ffff,").repeat(100) + "::1")
                .add("X-Forwarded-Proto", "https")
                .add("X-Forwarded-Host", "h".repeat(300))
                .asImmutable();
        InetAddress peer = InetAddress.getByName("2001:db8::1");
        ConnectionMetaData connection = (ConnectionMetaData)
                fake(ConnectionMetaData.class, Map.of("getRemoteSocketAddress", new InetSocketAddress(peer, 1)));
        Request request = (Request) fake(
                Request.class,
                Map.of(
                        "getHeaders",
                        fields,
                        "getMethod",
                        much,
                        "getHttpURI",
                        HttpURI.build("/api/" + much + "?" + much),
                        "getConnectionMetaData",
                        connection));
        TrustedProxies all = new TrustedProxies(Networks.parse("::/0"), TrustedProxies.Header.X_FORWARDED_FOR);
        TraceStart handler = new TraceStart(TestRoutes.finder(), all, () -> 7, new FakeTime());
        Trace trace = handler.open(request, HttpFields.build());
        assertTrue(trace.isForService());
        Backend backend = TestTrace.backend("b");
        for (int attempt = 0; attempt < 3; attempt++) {
            trace.add(new Attempt(backend, 0, 1, true, 0, letter.repeat(MUCH), ProxyError.HTTP_PROTOCOL_ERROR));
        }
        trace.decided(new LimitDecision(true, 1, 1), Limit.byClient(Rate.parse("5/60s")));
        trace.answeredBy(ProblemType.BAD_GATEWAY.problem(much, ProxyError.HTTP_PROTOCOL_ERROR, "b"));
        trace.end(1, 502, 1);
        return trace;
    }

    private static Object fake(Class<?> type, Map<String, Object> answers) {
        return Proxy.newProxyInstance(
                type.getClassLoader(),
                new Class<?>[] {type},
                (self, called, arguments) -> answers.get(called.getName()));
    }

    /** The bytes that can be reached from an object, counted once; routes, their limits, backends and their lists exist without traces, too. */
    private static long size(Object object, Set<Object> counted) throws IllegalAccessException {
        if (object == null
                || object instanceof Enum<?>
                || object instanceof Backend
                || object instanceof Snapshot
                || object instanceof Route
                || object instanceof Limit
                || !counted.add(object)) {
            return 0;
        }
        if (object instanceof String text) {
            boolean wide = text.chars().anyMatch(c -> c > 255);
            return 40 + text.length() * (wide ? 2L : 1L);
        }
        if (object instanceof InetAddress) {
            return 128;
        }
        if (object instanceof Instant || object instanceof Number) {
            return 24;
        }
        if (object instanceof Collection<?> many) {
            long size = 48;
            for (Object one : many) {
                size += 8 + size(one, counted);
            }
            return size;
        }
        if (object instanceof Map<?, ?> map) {
            return 64 + 48L * map.size() + size(map.keySet(), counted) + size(map.values(), counted);
        }
        Class<?> type = object.getClass();
        assertTrue(type.getName().startsWith("gateway."), type + " isn't measured");
        long size = 16;
        for (Field field : type.getDeclaredFields()) {
            if (Modifier.isStatic(field.getModifiers())) {
                continue;
            }
            size += 8;
            if (!field.getType().isPrimitive()) {
                field.setAccessible(true);
                size += size(field.get(object), counted);
            }
        }
        return size;
    }
}
