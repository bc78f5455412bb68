package gateway.proxy.mount;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertSame;

import gateway.net.ServiceUrl;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class MountTest {
    private static final ClientSite CLIENT = new ClientSite("http", "shop.example:8000", "shop.example:8000");

    private static Mount below(String mount, String service, String asked) {
        return new Mount(mount, mount, ServiceUrl.parse(service), asked, CLIENT);
    }

    private static Mount api() {
        return below("/api", "http://10.0.0.5:9001", "/data");
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({
        "/data/, /api/data/",
        "/, /api/",
        "/?x=/y, /api/?x=/y",
        "/data#f, /api/data#f",
        "/data/?next=http://10.0.0.5:9001/, /api/data/?next=http://10.0.0.5:9001/",
        "/a%2Fb//c/%ff/\u00e9, /api/a%2Fb//c/%ff/\u00e9",
        "/apis, /api/apis",
        "/API/x, /api/API/x",
        "http://10.0.0.5:9001/data/, /api/data/",
        "HTTP://10.0.0.5:9001/data/, /api/data/",
        "http://10.0.0.5:9001, /api/",
        "http://10.0.0.5:9001?x, /api/?x",
        "http://10.0.0.5:9001#f, /api/#f",
        "//10.0.0.5:9001/data/, /api/data/",
        "http://shop.example:8000/data/, /api/data/",
        "http://Shop.Example:8000/data/, /api/data/",
        "//shop.example:8000/data/, /api/data/",
        "http://shop.example:9001/data/, /api/data/",
        "http://10.0.0.5:9001//x, /api//x",
    })
    void what_points_at_the_service_leads_through_the_gateway(String written, String turned) {
        assertEquals(turned, api().reference(written));
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
            strings = {
                "",
                "data/",
                "./data/",
                "../data/",
                "?x=1",
                "#f",
                "/api/data/",
                "/api",
                "/api?x",
                "https://login.example/authorize?redirect_uri=http://10.0.0.5:9001/",
                "http://10.0.0.5:9002/data/",
                "http://10.0.0.50:9001/data/",
                "http://10.0.0.5/data/",
                "http://shop.example:8001/data/",
                "http://shop.example.evil:8000/data/",
                "http://user@10.0.0.5:9001/data/",
                "http://10.0.0.5:9001\\@evil/",
                "http://10.0.0.5:09001x/",
                "http:/data/",
                "http:data/",
                "//login.example/",
                "///data/",
                "/\\login.example/",
                "mailto:a@shop.example",
                "urn:x:/data/",
                "ftp://10.0.0.5:9001/data/",
                "http://[::1/",
                "http://",
                "//"
            })
    void all_else_passes_byte_for_byte(String written) {
        assertSame(written, api().reference(written));
    }

    @ParameterizedTest(name = "{0}, {1}: {2} becomes {3}")
    @CsvSource({
        "a name, http://App.Internal:9001, http://app.internal:9001/x, /api/x",
        "the default port, http://app.internal, http://app.internal/x, /api/x",
        "the default port named, http://app.internal, http://app.internal:80/x, /api/x",
        "the default port of https, https://app.internal, https://app.internal/x, /api/x",
        "no port where there is one, http://app.internal:9001, http://app.internal/x, http://app.internal/x",
        "IPv6, 'http://[2001:db8::1]:9001', 'http://[2001:DB8::1]:9001/x', /api/x",
        "IPv6 and its default port, 'http://[2001:db8::1]', 'http://[2001:db8::1]/x', /api/x",
        "nginx at its default port, http://10.0.0.5, http://shop.example/x, /api/x",
    })
    void the_services_address_is_known_however_it_is_written(String what, String url, String written, String turned) {
        assertEquals(turned, below("/api", url, "/x").reference(written));
    }

    @ParameterizedTest(name = "{0}: asked for {1}, {2} becomes {3}")
    @CsvSource({
        "an app that writes the mount itself, /data, /api/data/, /api/data/",
        "its own paths begin like the mount, /api/data, /api/data/, /api/api/data/",
        "its own paths begin like the mount and it writes the mount, /api/data, /api/api/data/, /api/api/data/",
        "its root is like the mount, /api, /api/, /api/api/",
        "with its own address, /api/data, http://10.0.0.5:9001/api/data/, /api/api/data/",
        "with the client's host, /data, http://shop.example:8000/api/data/, /api/data/",
    })
    void a_mount_that_the_service_has_written_is_not_written_again(
            String what, String asked, String written, String turned) {
        assertEquals(turned, below("/api", "http://10.0.0.5:9001", asked).reference(written));
    }

    @ParameterizedTest(name = "mount {0}: {1} becomes {2}")
    @CsvSource({
        "/api, /base/x, /api/x",
        "/api, /base, /api",
        "/api, /base/, /api/",
        "/api, /base?x, /api?x",
        "/api, /basement, /basement",
        "/api, /other/x, /other/x",
        "/api, http://10.0.0.5:9001/base/x, /api/x",
        "/api, http://10.0.0.5:9001/other, http://10.0.0.5:9001/other",
        "/api, http://shop.example:8000/other, http://shop.example:8000/other",
        "/api, http://10.0.0.5:9001, http://10.0.0.5:9001",
        "/api, /api/x, /api/x",
        "/api, /api/base/x, /api/x",
        "'', /base/x, /x",
        "'', /base, /",
        "'', /base//login.example/, /.//login.example/",
        "'', /x, /x",
    })
    void a_path_of_the_services_url_is_exchanged_for_the_mount(String mount, String written, String turned) {
        Mount below = new Mount(mount, mount, ServiceUrl.parse("http://10.0.0.5:9001/base"), "/x", CLIENT);
        assertEquals(turned, below.reference(written));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({
        "/shop/x, /shop/x",
        "http://10.0.0.5:9001/shop/x, /shop/x",
        "http://10.0.0.5:9001, /",
        "http://shop.example:8000/shop/x, /shop/x",
        "http://10.0.0.5:9001//login.example/, /.//login.example/",
        "http://10.0.0.5:9001/\\login.example/, /./\\login.example/",
    })
    void a_route_that_cuts_nothing_off_only_loses_the_address(String written, String turned) {
        Mount whole = new Mount("", "", ServiceUrl.parse("http://10.0.0.5:9001"), "/shop/x", CLIENT);
        assertEquals(turned, whole.reference(written));
    }

    @ParameterizedTest(name = "{0}: client by {1}, service {2}: {3} becomes {4}")
    @CsvSource({
        "from http to https, http, http://app:80, https://shop.example/x, https://shop.example/api/x",
        "with the service's host, http, http://app:80, https://app/x, https://shop.example/api/x",
        "the mount written already, http, http://app:80, https://shop.example/api/x, https://shop.example/api/x",
        "https is the service's own, http, https://app, https://shop.example/x, /api/x",
        "https already, https, http://app:80, https://shop.example/x, /api/x",
        "an app that knows nothing of https, https, http://app:80, http://shop.example/x, /api/x",
    })
    void an_app_may_send_clients_from_http_to_https(
            String what, String scheme, String service, String written, String turned) {
        ClientSite client = new ClientSite(scheme, "shop.example", "shop.example");
        assertEquals(turned, new Mount("/api", "/api", ServiceUrl.parse(service), "/x", client).reference(written));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({
        "/x, /shop/x",
        "/outer/shop/x, /outer/shop/x",
        "/shop/x, /shop/x",
        "http://public.example/outer/shop/x, /outer/shop/x",
        "http://public.example/x, /shop/x",
        "http://inner:8000/x, /shop/x",
    })
    void what_a_trusted_proxy_has_cut_off_is_for_that_proxy_to_write(String written, String turned) {
        ClientSite client = new ClientSite("https", "public.example", "inner:8000");
        Mount mount = new Mount("/shop", "/outer/shop", ServiceUrl.parse("http://10.0.0.5:9001"), "/x", client);
        assertEquals(turned, mount.reference(written));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({"/api/x, /api/api/x", "/x, /api/x"})
    void a_service_that_is_not_told_of_the_mount_speaks_of_its_own_paths(String written, String turned) {
        Mount mount = new Mount("/api", "", ServiceUrl.parse("http://10.0.0.5:9001"), "/login", CLIENT);
        assertEquals(turned, mount.reference(written));
    }

    @ParameterizedTest(name = "no host: {0} becomes {1}")
    @CsvSource({
        "/x, /api/x",
        "http://10.0.0.5:9001/x, /api/x",
        "https://10.0.0.5:9001/x, /api/x",
        "http://shop.example/x, http://shop.example/x"
    })
    void a_client_without_a_host_gets_paths(String written, String turned) {
        ClientSite client = new ClientSite("http", null, null);
        Mount mount = new Mount("/api", "/api", ServiceUrl.parse("http://10.0.0.5:9001"), "/x", client);
        assertEquals(turned, mount.reference(written));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "n=1; Path=/ | n=1; Path=/api",
                "n=1; path=/; HttpOnly | n=1; path=/api; HttpOnly",
                "n=1;Path=/;Secure | n=1;Path=/api;Secure",
                "n=1; Path = /x ; Max-Age=5 | n=1; Path =/api/x; Max-Age=5",
                "n=1; Path=/x/ | n=1; Path=/api/x/",
                "n=1; Path=/; Path=/x | n=1; Path=/api; Path=/api/x",
                "__Secure-n=1; Secure; Path=/ | __Secure-n=1; Secure; Path=/api",
                "n=1; Domain=10.0.0.5 | n=1",
                "n=1; Domain=10.0.0.5; Path=/; SameSite=Lax | n=1; Path=/api; SameSite=Lax",
                "n=1; HttpOnly; Domain=10.0.0.5 | n=1; HttpOnly",
            })
    void a_cookie_comes_back_through_the_gateway(String written, String turned) {
        assertEquals(turned, api().cookie(written));
    }

    @ParameterizedTest(name = "[{0}]")
    @ValueSource(
            strings = {
                "n=1",
                "n=/; HttpOnly; Secure; Max-Age=60; Expires=Thu, 01 Jan 2026 00:00:00 GMT; SameSite=None",
                "n=1; Path=/api",
                "n=1; Path=/api/x",
                "n=1; Path=",
                "n=1; Path",
                "n=1; Path=\"/\"",
                "n=1; Path=x",
                "__Host-n=1; Secure; Path=/",
                "__host-n=1; Secure; Path=/",
                "__Host-Http-n=1; Secure; HttpOnly; Path=/",
                "n=1; Domain=shop.example",
                "n=1; Domain=.example",
                "n=1; Domain=login.example",
                "n=1; Domain=5",
                "n=1; Domain=",
                "n=1; XPath=/; Pathx=/",
                "n=\u00e9\u00ff; HttpOnly",
                ""
            })
    void another_cookie_passes_byte_for_byte(String written) {
        assertSame(written, api().cookie(written));
    }

    @ParameterizedTest(name = "{0}, service {1}: {2} becomes {3}")
    @CsvSource(
            delimiter = '|',
            value = {
                "the service's own name | http://app.internal:9001 | n=1; Domain=App.Internal | n=1",
                "with a dot before | http://app.internal:9001 | n=1; Domain=.app.internal | n=1",
                "its parent | http://app.internal:9001 | n=1; Domain=internal | n=1",
                "the parent of both | http://app.example:9001 | n=1; Domain=example | n=1; Domain=example",
                "the path of its URL | http://app:9001/base | n=1; Path=/base | n=1; Path=/api",
                "the same with a slash | http://app:9001/base | n=1; Path=/base/ | n=1; Path=/api",
                "all of its host | http://app:9001/base | n=1; Path=/ | n=1; Path=/api",
                "a part of it | http://app:9001/base | n=1; Path=/base/x | n=1; Path=/api/x",
                "another path | http://app:9001/base | n=1; Path=/other | n=1; Path=/other",
                "IPv6 | http://[::1]:9001 | n=1; Domain=::1 | n=1",
            })
    void a_cookie_of_the_services_own_host_or_path_is_the_gateways(
            String what, String service, String written, String turned) {
        assertEquals(turned, below("/api", service, "/x").cookie(written));
    }

    @ParameterizedTest(name = "asked for {0}: {1} becomes {2}")
    @CsvSource({
        "/api/login, n=1; Path=/api, n=1; Path=/api/api",
        "/login, n=1; Path=/api, n=1; Path=/api",
    })
    void the_path_of_a_cookie_is_read_like_that_of_a_redirect(String asked, String written, String turned) {
        assertEquals(turned, below("/api", "http://10.0.0.5:9001", asked).cookie(written));
    }

    @ParameterizedTest(name = "{0} becomes {1}")
    @CsvSource({"n=1; Path=/, n=1; Path=/", "n=1; Path=/shop/, n=1; Path=/shop/"})
    void a_route_that_cuts_nothing_off_leaves_cookies(String written, String turned) {
        Mount whole = new Mount("", "", ServiceUrl.parse("http://10.0.0.5:9001"), "/shop/x", CLIENT);
        assertEquals(turned, whole.cookie(written));
    }
}
