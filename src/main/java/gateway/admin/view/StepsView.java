package gateway.admin.view;

import com.fasterxml.jackson.annotation.JsonProperty;
import gateway.trace.History.Point;
import gateway.trace.Span;
import java.util.List;

/**
 * The steps of a span.
 *
 * @param stepMs how long each lasts, milliseconds
 * @param points oldest first
 */
public record StepsView(@JsonProperty("step_ms") long stepMs, List<PointView> points) {

    public static StepsView of(Span span, List<Point> points) {
        return new StepsView(
                span.step().toMillis(), points.stream().map(PointView::of).toList());
    }
}
