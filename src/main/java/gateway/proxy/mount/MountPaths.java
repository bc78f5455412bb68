package gateway.proxy.mount;

import gateway.http.PathPrefix;

/**
 * The paths of a service as its clients see them: what lies below the path of the service's URL lies below the route's
 * mount for them.
 *
 * <p>Some apps know of the mount, by X-Forwarded-Prefix or a setting of their own, and write it themselves. A path that
 * begins with the mount is taken for such a one; but not if the path that this service was asked for begins so, too:
 * then these are the service's own paths, and only one that begins with the mount twice has it already.
 *
 * @param mount what clients' paths begin with in place of the base; empty if nothing
 * @param base the path of the service's URL; empty if it has none
 * @param told what X-Forwarded-Prefix says, which a trusted proxy may have begun; empty if the service isn't told
 * @param asked the raw path that the service was asked for, below the base
 */
record MountPaths(String mount, String base, String told, String asked) {
    /** Returns the raw path for clients; null if it is none that they can reach through the route. */
    String forClient(String path) {
        String mounted = mounted(path);
        if (mounted != null) {
            return mounted;
        }
        if (!covers(base, path)) {
            return null;
        }
        String below = path.substring(base.length());
        return below.isEmpty() && mount.isEmpty() ? "/" : mount + below;
    }

    /**
     * Returns a cookie's path for clients: that of all the route for a cookie that goes to all of the service. The
     * route's has no slash at its end, since it may be asked for without.
     */
    String forCookie(String path) {
        String mounted = mounted(path);
        if (mounted != null) {
            return mounted;
        }
        String area = path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
        if (covers(area, base)) {
            return mount.isEmpty() ? "/" : mount;
        }
        return covers(base, path) ? mount + path.substring(base.length()) : path;
    }

    /** Returns the path for clients if the service has written the mount itself; else null. */
    private String mounted(String path) {
        if (told.isEmpty()) { // it can't know
            return null;
        }
        String mounted = below(told, path);
        return mounted != null || told.equals(mount) ? mounted : below(mount, path);
    }

    private String below(String prefix, String path) {
        if (prefix.isEmpty()
                || !covers(prefix, path)
                || covers(prefix, base + asked) && !covers(prefix + prefix, path)) {
            return null;
        }
        String below = path.substring(prefix.length());
        return !base.isEmpty() && covers(base, below) ? prefix + below.substring(base.length()) : path;
    }

    private static boolean covers(String prefix, String path) {
        return new PathPrefix(prefix).covers(path);
    }
}
