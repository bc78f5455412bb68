package gateway.admin;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonUnwrapped;
import gateway.admin.view.ServiceView;
import gateway.admission.Pace;
import gateway.health.HealthChecker;
import gateway.http.ProblemType;
import gateway.registry.Backend;
import gateway.registry.ListFull;
import gateway.registry.Registered;
import gateway.registry.Registered.Outcome;
import gateway.registry.Service;
import gateway.registry.ServiceList;
import gateway.trace.Trace;
import gateway.util.Time;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.Locale;

/** Registers services. */
final class RegistrationApi {
    private final ServiceList services;
    private final HealthChecker checker;
    private final Pace pace;
    private final RegistrationForm form;
    private final AfterRestart afterRestart;
    private final Time time;

    /** @param pace limits registrations and renewals */
    RegistrationApi(
            ServiceList services,
            HealthChecker checker,
            Pace pace,
            RegistrationForm form,
            AfterRestart afterRestart,
            Time time) {
        this.services = services;
        this.checker = checker;
        this.pace = pace;
        this.form = form;
        this.afterRestart = afterRestart;
        this.time = time;
    }

    /**
     * Answers {@code POST /services}: adds, renews or moves an instance of a service. A new one is checked at once, and
     * the answer has the result.
     */
    public void register(Context ctx) throws IOException {
        if (!pace.allows()) {
            ctx.res().setHeader("Retry-After", "1");
            ProblemType.TOO_MANY_REGISTRATIONS
                    .problem("The gateway accepts " + pace.perSecond()
                            + " registrations and renewals a second; try again")
                    .send(ctx.req(), ctx.res());
            return;
        }
        byte[] body = JsonBody.read(ctx, "service");
        if (body == null) {
            return;
        }
        try {
            register(ctx, form.read(body, OwnPorts.of(ctx)));
        } catch (RegistrationForm.Invalid e) {
            ProblemType.INVALID_REGISTRATION
                    .problem(e.getMessage())
                    .with("errors", e.errors())
                    .send(ctx.req(), ctx.res());
        } catch (ListFull e) {
            ProblemType.TOO_MANY_SERVICES
                    .problem(e.getMessage() + "; remove one, or set GATEWAY_MAX_SERVICES")
                    .send(ctx.req(), ctx.res());
        }
    }

    private void register(Context ctx, Service service) {
        Registered registered = services.register(service, Caller.registering(ctx, service));
        Backend backend = registered.backend();
        if (registered.outcome() == Outcome.RENEWED) {
            Trace.of(ctx.req()).routine();
            checkSoonIfOut(backend);
        } else {
            RegistrationNote.log(registered, services);
            checker.check(backend);
        }
        ctx.status(registered.outcome() == Outcome.ADDED ? 201 : 200);
        ctx.header("Location", RegistrationNote.path(backend));
        ctx.json(new Answer(
                registered.outcome().name().toLowerCase(Locale.ROOT),
                RegistrationNote.of(registered, services),
                Replaced.by(registered),
                backend.configured() ? null : afterRestart.of(service),
                ServiceView.of(backend, time.nanos())));
    }

    /** Makes the next check due at once: a service that renews its lease is probably back. */
    private void checkSoonIfOut(Backend backend) {
        if (!backend.available()) {
            backend.vitals().nextCheck(time.nanos());
        }
    }

    /**
     * The answer to a registration: its effect, what else follows from it, then the instance as it is now.
     *
     * @param note null if there is nothing to tell
     * @param replaced null for nothing
     * @param afterRestart what a restart of the gateway forgets; null for nothing
     */
    private record Answer(
            String outcome,
            @JsonInclude(JsonInclude.Include.NON_NULL) String note,
            @JsonInclude(JsonInclude.Include.NON_NULL) List<Replaced> replaced,

            @JsonInclude(JsonInclude.Include.NON_NULL) @JsonProperty("after_restart")
            String afterRestart,

            @JsonUnwrapped ServiceView service) {}
}
