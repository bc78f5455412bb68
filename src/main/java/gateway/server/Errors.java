package gateway.server;

import gateway.http.IllegalCharacter;
import gateway.http.Problem;
import gateway.http.ProblemType;
import gateway.http.Traced;
import gateway.http.Tracing;
import gateway.http.UnforeseenFailure;
import io.javalin.config.JavalinConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.router.InternalRouter;
import jakarta.servlet.http.HttpServletRequest;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.util.stream.Collectors;
import org.eclipse.jetty.ee10.servlet.ServletContextRequest;
import org.eclipse.jetty.ee10.servlet.ServletContextResponse;
import org.eclipse.jetty.http.HttpException;
import org.eclipse.jetty.http.HttpStatus;
import org.eclipse.jetty.server.Request;
import org.eclipse.jetty.server.Response;
import org.eclipse.jetty.server.handler.ErrorHandler;
import org.eclipse.jetty.util.Callback;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Answers with problem documents where Javalin or Jetty would send pages of their own. No stack trace leaves the
 * process.
 */
final class Errors {
    private static final Logger LOG = LoggerFactory.getLogger(Errors.class);

    private Errors() {}

    /**
     * Replaces Javalin's and Jetty's error handling.
     *
     * @param tracing opens the records of requests that no handler gets
     */
    static void install(JavalinConfig config, Tracing tracing) {
        config.routes.exception(
                HttpResponseException.class, (refusal, ctx) -> refused(refusal, config.unsafe.internalRouter, ctx));
        config.routes.exception(Exception.class, Errors::unforeseen);
        config.router.javaLangErrorHandler(Errors::fatal);
        config.jetty.modifyServer(server -> server.setErrorHandler(new BeforeRouting(tracing)));
        config.jetty.modifyServletContextHandler(context -> context.setErrorHandler(new BeforeRouting(tracing)));
    }

    /** Handles Javalin's own refusals: no such route, or not with this method. */
    private static void refused(HttpResponseException refusal, InternalRouter router, Context ctx) {
        String path = ctx.req().getRequestURI();
        send(
                switch (refusal.getStatus()) {
                    case 404 -> Problem.notFound(path);
                    case 405 -> {
                        String allowed = methods(router, ctx);
                        if (allowed.isEmpty()) {
                            yield Problem.notFound(path);
                        }
                        ctx.res().setHeader("Allow", allowed);
                        yield ProblemType.METHOD_NOT_ALLOWED.problem(path + " supports only " + allowed);
                    }
                    default ->
                        ProblemType.REFUSED.problem(
                                refusal.getStatus(),
                                HttpStatus.getMessage(refusal.getStatus()),
                                String.valueOf(refusal.getMessage()));
                },
                ctx);
    }

    /** Returns which methods the request's path has at its port, separated by commas; Javalin knows of no ports. */
    private static String methods(InternalRouter router, Context ctx) {
        return router.allHttpHandlers().stream()
                .filter(known -> known.endpoint.method.isHttpMethod())
                .filter(known -> known.matches(ctx.path()) && AdminPort.serves(known.endpoint.handler, ctx.req()))
                .map(known -> known.endpoint.method.name())
                .distinct()
                .collect(Collectors.joining(", "));
    }

    /** Handles an exception that no handler expected, like the end of a client's connection. */
    private static void unforeseen(Exception failure, Context ctx) {
        send(UnforeseenFailure.problem(ServletContextRequest.getServletContextRequest(ctx.req()), failure), ctx);
    }

    /** Handles an error of the JVM, like a lack of memory. */
    private static void fatal(HttpServletResponse response, Error error) {
        Request request =
                ServletContextResponse.getServletContextResponse(response).getRequest();
        send(
                UnforeseenFailure.problem(request, error),
                Request.as(request, ServletContextRequest.class).getServletApiRequest(),
                response);
    }

    private static void send(Problem problem, Context ctx) {
        send(problem, ctx.req(), ctx.res());
    }

    private static void send(Problem problem, HttpServletRequest request, HttpServletResponse response) {
        try {
            problem.send(request, response);
        } catch (IOException e) {
            LOG.debug("The client left before its {} was sent", problem.status());
        }
    }

    /**
     * Handles what Jetty refuses before Javalin gets it: bytes that aren't HTTP, too large a header, too long a URI.
     */
    private static final class BeforeRouting extends ErrorHandler {
        private static final String ILLEGAL_FIELD = "Illegal header";

        private final Tracing tracing;

        BeforeRouting(Tracing tracing) {
            this.tracing = tracing;
        }

        @Override
        public boolean handle(Request request, Response response, Callback callback) {
            Traced traced = Traced.of(request);
            if (traced == null) {
                traced = tracing.open(request, response.getHeaders());
            }
            problem(response.getStatus(), reason(request, response.getStatus()))
                    .send(request, response, callback, traced);
            return true;
        }

        /** Returns why Jetty refuses the request. */
        private static String reason(Request request, int status) {
            return request.getAttribute(ERROR_EXCEPTION) instanceof HttpException refusal && refusal.getReason() != null
                    ? withoutValue(refusal.getReason())
                    : HttpStatus.getMessage(status);
        }

        /** Names the character instead of the field of HTTP/2 that has it, which Jetty quotes and which may be secret. */
        private static String withoutValue(String reason) {
            for (int i = 0; i < reason.length(); i++) {
                if (IllegalCharacter.isControl(reason.charAt(i))) {
                    return "Its header has " + IllegalCharacter.words(reason.charAt(i));
                }
            }
            return reason.startsWith(ILLEGAL_FIELD) ? ILLEGAL_FIELD : reason;
        }

        private static Problem problem(int status, String reason) {
            return switch (status) {
                case 426 -> // Jetty's word for HTTP/2's preface; a 426 would have to offer an upgrade
                    ProblemType.BAD_REQUEST.problem(
                            505,
                            HttpStatus.getMessage(505),
                            "This connection is HTTP/1.1. HTTP/2 needs TLS, with h2 agreed on by ALPN");
                case 414 -> ProblemType.URI_TOO_LONG.problem("The request's URI is too long");
                case 501 -> ProblemType.NOT_IMPLEMENTED.problem(reason);
                case 431 -> ProblemType.HEADER_TOO_LARGE.problem("The request's line and header fields are too large");
                default ->
                    ProblemType.BAD_REQUEST.problem(
                            status, HttpStatus.getMessage(status), "The request can't be handled: " + reason);
            };
        }
    }
}
