package gateway.lifecycle;

import gateway.net.PortUnavailable;
import gateway.settings.CommandLine;
import gateway.settings.InvalidSettings;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What every main does: {@code --help} and {@code --version}, exit codes, and stopping on a signal. The exit code is 0
 * after a signal, 2 if the program's arguments or settings can't be used, 3 if it can't listen on its port, and 1 if it
 * could not start or stop for another reason.
 */
public final class Launch {
    private static final Logger LOG = LoggerFactory.getLogger("settings");

    private static final int FAILED = 1;
    private static final int MISUSED = 2;
    private static final int UNREACHABLE = 3;

    private Launch() {}

    /** A program that keeps running, on threads of its own, after it has started. */
    public interface Program {
        /**
         * Starts the program.
         *
         * @return stops the program; it is called once, on SIGTERM or SIGINT, and may take its time
         * @throws InvalidSettings if settings or arguments can't be used
         * @throws PortUnavailable if a port to listen on can't be had
         */
        Runnable start() throws Exception;
    }

    /**
     * Runs a program's main. Options of the program's own must have been handled before.
     *
     * @param arguments the command line's
     */
    public static void main(CommandLine command, String[] arguments, Program program) {
        List<String> given = List.of(arguments);
        if (given.contains(CommandLine.HELP) || given.contains("-h")) {
            System.out.println(command.help());
            return;
        }
        if (given.contains(CommandLine.VERSION)) {
            System.out.println(command.version());
            return;
        }
        command.complaint(given).ifPresent(words -> complain(MISUSED, words));
        Output output = Output.install();
        command.names().unknown(System.getenv()).forEach(LOG::warn);
        try {
            stopOnSignal(program.start(), output);
        } catch (InvalidSettings e) {
            output.close();
            complain(MISUSED, e.getMessage());
        } catch (PortUnavailable e) {
            output.close();
            complain(UNREACHABLE, e.getMessage());
        } catch (Exception e) {
            output.close();
            complain(FAILED, command.main() + " could not start: " + reason(e));
        }
    }

    private static String reason(Throwable failure) {
        Throwable root = failure;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        if (root instanceof UnresolvedAddressException) {
            return "the host to listen on is not known";
        }
        if (root instanceof BindException && !String.valueOf(root.getMessage()).contains("in use")) {
            return "can't listen there: " + root.getMessage(); // Javalin's own message blames a port in use
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /**
     * Makes the exit code 0 after a signal, since somebody wanted the stop; the JVM's own after SIGTERM would be 143.
     */
    private static void stopOnSignal(Runnable stop, Output output) {
        Thread hook = new Thread(
                () -> {
                    int code = 0;
                    try {
                        stop.run();
                    } catch (RuntimeException e) {
                        System.err.println("stopping failed: " + reason(e));
                        code = FAILED;
                    }
                    output.close();
                    Runtime.getRuntime().halt(code);
                },
                "stop");
        Runtime.getRuntime().addShutdownHook(hook);
    }

    private static void complain(int code, String message) {
        System.err.println(message);
        System.exit(code);
    }
}
