package gateway.admin;

import gateway.Problem;
import gateway.story.Stories;
import gateway.story.Story;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.Optional;

/** What happened to a request. */
public final class RequestsApi {
    private final Stories stories;

    /** @param stories where the last requests to the services are kept */
    public RequestsApi(Stories stories) {
        this.stories = stories;
    }

    /** {@code GET /requests/{id}}: by the {@code X-Request-ID} that its answer carried; of several, the latest. */
    public void get(Context ctx) throws IOException {
        String id = ctx.pathParam("id");
        Optional<Story> story = stories.find(id);
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
}
