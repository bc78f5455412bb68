package gateway.route.config;

import gateway.net.ServiceUrl;
import gateway.registry.Service;
import gateway.route.ServiceEntry;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** Reads {@code services}: URLs, or URLs with weights. */
final class ServicesReader {
    private static final String URL = "a URL like http://10.0.0.5:9001";
    private static final String USER_END = "@"; // a password may stand before it

    private final Function<ServiceUrl, Optional<String>> objection;

    /** @param objection returns why no service may have this URL, to follow it; empty if one may */
    ServicesReader(Function<ServiceUrl, Optional<String>> objection) {
        this.objection = objection;
    }

    List<ServiceEntry> read(Value value) {
        List<ServiceEntry> services = new ArrayList<>();
        Set<String> names = new HashSet<>();
        List<Value> elements = value.elements("a list of URLs, like [http://10.0.0.5:9001]");
        // A password with a comma in it makes two elements of one URL
        boolean secret = elements.stream().anyMatch(element -> element.has(USER_END));
        for (Value given : elements) {
            Value element = secret ? given.secret() : given;
            ServiceEntry service = element.isMapping() ? weighed(element) : entry(url(element), 1);
            if (service != null && !names.add(service.url().authority())) {
                element.bad("is there twice, or another has the same host and port, and so the same name");
            } else if (service != null) {
                services.add(service);
            }
        }
        return services;
    }

    private ServiceEntry weighed(Value value) {
        Fields fields = value.fields("a URL and a weight");
        ServiceUrl url = fields.get("url", null, this::url);
        int weight = fields.get("weight", 1, given -> given.integer(0, Service.MOST_WEIGHT));
        fields.end();
        if (!fields.has("url")) {
            fields.bad("expected url, like {url: http://10.0.0.5:9001, weight: 3}");
        }
        return entry(url, weight);
    }

    private static ServiceEntry entry(ServiceUrl url, int weight) {
        return url == null ? null : new ServiceEntry(url, weight);
    }

    private ServiceUrl url(Value value) {
        Value url = value.secretWith(USER_END);
        return url.text(URL, text -> {
            ServiceUrl read = ServiceUrl.parse(text);
            objection.apply(read).ifPresent(words -> {
                throw new IllegalArgumentException(words);
            });
            return read;
        });
    }
}
