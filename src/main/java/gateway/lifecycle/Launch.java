package gateway.lifecycle;

import gateway.settings.InvalidSettings;
import java.net.BindException;
import java.nio.channels.UnresolvedAddressException;
import java.util.List;

/**
 * What every main does the same: help, exit codes, and stopping on a signal. Exit codes: 0 stopped as asked, 1 could not
 * start, 2 arguments or settings that can't be used.
 */
public final class Launch {
    private static final int FAILED = 1;
    private static final int MISUSED = 2;

    private Launch() {}

    /** A program that starts and then runs by itself. */
    public interface Program {
        /**
         * Starts.
         *
         * @return what stops it; called once, on SIGTERM or SIGINT, and may take its time
         * @throws InvalidSettings if settings or arguments can't be used
         */
        Runnable start() throws Exception;
    }

    /**
     * Runs a program's main.
     *
     * @param name the class that was launched, for the usage line
     * @param settings what {@code --help} says of the settings
     * @param arguments as the program got them
     * @param most how many arguments it takes beside {@code --help}
     */
    public static void main(String name, String settings, String[] arguments, int most, Program program) {
        main(name, most > 0 ? " [port]" : "", settings, arguments, most, program);
    }

    /**
     * The same for a program that can do something else instead, which its main has looked for before.
     *
     * @param options what it takes, for the usage line; begins with a space
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
            return "can't listen there: " + root.getMessage(); // Javalin would say that the port is in use
        }
        return failure.getMessage() == null ? failure.toString() : failure.getMessage();
    }

    /** A stop that was asked for is a success: the JVM's own code after SIGTERM would be 143. */
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
