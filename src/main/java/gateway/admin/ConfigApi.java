package gateway.admin;

import gateway.admin.view.CertificateView;
import gateway.settings.EffectiveSetting;
import gateway.settings.Environment;
import gateway.tls.CertificateInUse;
import gateway.util.Time;
import io.javalin.http.Context;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** {@code GET /config}: the settings with which this gateway runs, without secrets, and its server certificate. */
final class ConfigApi {
    private final Environment environment;
    private final CertificateInUse certificate;
    private final Time time;

    ConfigApi(Environment environment, CertificateInUse certificate, Time time) {
        this.environment = environment;
        this.certificate = certificate;
        this.time = time;
    }

    /** @param value null if the setting isn't set and has no default */
    private record View(String name, String value, String source, boolean secret) {
        static View of(EffectiveSetting setting) {
            return new View(
                    setting.name(),
                    setting.value().isEmpty() ? null : setting.value(),
                    setting.source().word(),
                    setting.secret());
        }
    }

    /** Answers {@code GET /config}: each setting with its value and where that comes from; the certificate, if any. */
    void config(Context ctx) {
        List<View> views = environment.settings().stream().map(View::of).toList();
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("total_settings", views.size());
        answer.put("set", environment.set().size());
        answer.put("settings", views);
        answer.put("unknown", environment.unknown());
        certificate.get().ifPresent(used -> answer.put("certificate", CertificateView.of(used, time.now())));
        answer.put("timestamp", time.now().toString());
        ctx.json(answer);
    }
}
