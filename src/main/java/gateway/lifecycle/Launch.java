package gateway.lifecycle;

import gateway.settings.InvalidSettings;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;

/**
 * What every main does: {@code --help}, exit codes, and stopping on a signal. The exit code is 0 after a signal, 1 if
 * the program could not start or stop, 2 if its arguments or settings can't be used.
 */
public final class Launch {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Launch() {}

    /** A program that keeps running, on threads of its own, after it has started. */
    public interface Program {
        /**
         * Starts the program.
         *
         * @return stops the program; it is called once, on SIGTERM or SIGINT, and may take its time
         * @throws InvalidSettings if settings or arguments can't be used
         */
        Runnable start() throws Exception;
    }

    /**
     * Runs a program's main.
     *
     * @param name the class that was launched, for the usage line
     * @param settings the settings' part of {@code --help}
     * @param arguments the command line's
     * @param most the most arguments that the program takes beside {@code --help}
     */
    public static void main(String name, String settings, String[] arguments, int most, Program program) {
        main(name, most > 0 ? " [port]" : "", settings, arguments, most, program);
    }

    /**
     * Runs the main of a program with options of its own, which the program must have handled before.
     *
     * @param options the options in the usage line; begins with a space
     */
    public static void main(
            String name, String options, String settings, String[] arguments, int most, Program program) {
        List<String> given = List.of(arguments);
        String usage = "java " + name + ".java" + options + " [--help]";
        if (given.contains("--help") || given.contains("-h")) {
            System.out.println(usage + "\nSettings, read from the environment:\n" + settings);
            return;
        }
        if (given.size() > most) {
            complain(MISUSED, "unknown argument " + given.get(most) + "; expected " + usage);
        }
        Output output = Output.install();
        try {
            stopOnSignal(program.start(), output);
        } catch (InvalidSettings e) {
            output.close();
            complain(MISUSED, e.getMessage());
        } catch (Exception e) {
            output.close();
            complain(FAILED, name + " could not start: " + reason(e));
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
