package gateway.admin;

import gateway.http.Problem;
import gateway.trace.Stories;
import gateway.trace.Story;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;
import java.util.concurrent.locks.LockSupport;

/** What happened to a request. */
public final class RequestsApi {
    /** A client may have its answer, and ask about it, before Jetty has told of its end: that is when the story is there. */
    private static final int LOOKS = 40;

    private static final long PAUSE_NANOS = 5_000_000;

    private final Stories stories;

    /** @param stories where the last requests to the services are kept */
    public RequestsApi(Stories stories) {
        this.stories = stories;
    }

    /** {@code GET /requests/{id}}: by the {@code X-Request-ID} that its answer carried; of several, the latest. */
    public void get(Context ctx) throws IOException {
        String id = ctx.pathParam("id");
        Optional<Story> story = find(id);
        if (story.isEmpty()) {
            new Problem(
                            404,
                            "unknown-request",
                            "Unknown request",
                            "None of the last " + Stories.KEPT + " requests below /api/ had the id " + id
                                    + "; answers carry theirs as X-Request-ID")
                    .send(ctx.req(), ctx.res());
            return;
        }
        ctx.json(StoryView.of(story.get()));
    }

    private Optional<Story> find(String id) {
        Optional<Story> story = stories.find(id);
        for (int looks = 1; story.isEmpty() && looks < LOOKS; looks++) {
            LockSupport.parkNanos(PAUSE_NANOS);
            story = stories.find(id);
        }
        return story;
    }
}
