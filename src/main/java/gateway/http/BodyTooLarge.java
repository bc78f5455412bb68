package gateway.http;

import gateway.util.Sizes;
import java.io.IOException;

/** A request's body has turned out to be larger than it may be; the rest of it isn't read. */
public final class BodyTooLarge extends IOException {
    private static final long serialVersionUID = 1;

    private final long most;

    /** @param most how large it may be, bytes */
    public BodyTooLarge(long most) {
        super("larger than " + Sizes.words(most));
        this.most = most;
    }

    /** What the client is told. */
    Problem problem() {
        return Problem.bodyTooLarge(most);
    }
}
