package gateway.util;

import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandleProxies;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;

/**
 * Runs a step at each SIGHUP, at which the process would otherwise end. By reflection: Java has this in a module of its
 * own, of which the compiler warns. Where there is no such signal, or the JVM leaves it alone ({@code -Xrs}, {@code
 * nohup}), nothing happens.
 */
public final class Hangup {
    private final MethodHandle handle;
    private final Object signal;
    private final Object before;

    private Hangup(Runnable step) throws ReflectiveOperationException {
        Class<?> signals = Class.forName("sun.misc.Signal");
        Class<?> handlers = Class.forName("sun.misc.SignalHandler");
        MethodHandles.Lookup lookup = MethodHandles.publicLookup();
        handle = lookup.findStatic(signals, "handle", MethodType.methodType(handlers, signals, handlers));
        signal = signals.getConstructor(String.class).newInstance("HUP");
        MethodHandle run = lookup.findVirtual(Runnable.class, "run", MethodType.methodType(void.class))
                .bindTo(step);
        before = set(MethodHandleProxies.asInterfaceInstance(handlers, MethodHandles.dropArguments(run, 0, signals)));
    }

    /**
     * Has the step run at each SIGHUP, on a thread of its own.
     *
     * @return ends that: SIGHUP does what it did before
     */
    public static Runnable run(Runnable step) {
        try {
            Hangup hangup = new Hangup(step);
            return () -> hangup.set(hangup.before);
        } catch (ReflectiveOperationException | IllegalArgumentException e) {
            return () -> {}; // there is no such signal
        }
    }

    private Object set(Object handler) {
        try {
            return handle.invoke(signal, handler);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new IllegalStateException("The handler of a signal can't be set", e);
        }
    }
}
