package gateway.http;

import gateway.util.Sizes;
import java.io.IOException;

/** Thrown when a request's body turns out to be larger than allowed; the rest of it isn't read. */
public final class BodyTooLarge extends IOException {
    private static final long serialVersionUID = 1;

    private final long most;

    /** @param most the largest body that is allowed, bytes */
    public BodyTooLarge(long most) {
        super("larger than " + Sizes.words(most));
        this.most = most;
    }

    /** Returns the problem to answer with. */
    Problem problem() {
        return Problem.bodyTooLarge(most);
    }
}
