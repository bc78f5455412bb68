package gateway.registry;

import java.util.Arrays;

/** How many requests to a backend, or to all, had an answer of each class, or none; within some time. Immutable. */
public final class Answers {
    private final long[] counts;

    /** @param counts by {@link AnswerClass#ordinal}; not to be changed any more */
    Answers(long[] counts) {
        this.counts = counts;
    }

    /** Returns those of a time in which there were none. */
    public static Answers none() {
        return new Answers(new long[AnswerClass.values().length]);
    }

    /** Returns how many were of this class. */
    public long of(AnswerClass answer) {
        return counts[answer.ordinal()];
    }

    /** Returns how many had an answer that is no error: 1xx, 2xx and 3xx. */
    public long good() {
        return of(AnswerClass.INFORMATIONAL) + of(AnswerClass.SUCCESSFUL) + of(AnswerClass.REDIRECTION);
    }

    /** Returns how many got an error that is the backend's: a 5xx, or no whole answer. */
    public long errors() {
        return of(AnswerClass.SERVER_ERROR) + of(AnswerClass.NONE);
    }

    /** Returns how many the backend had the chance to answer: all but those that were abandoned. */
    public long answerable() {
        return good() + of(AnswerClass.CLIENT_ERROR) + errors();
    }

    /** Returns which part of the {@link #answerable} ones were {@link #errors}, 0 to 1; 0 if there were none. */
    public double errorShare() {
        long all = answerable();
        return all == 0 ? 0 : (double) errors() / all;
    }

    boolean isEmpty() {
        return Arrays.stream(counts).allMatch(count -> count == 0);
    }

    /** Returns these and the others together. */
    public Answers plus(Answers others) {
        long[] sums = new long[counts.length];
        for (int i = 0; i < sums.length; i++) {
            sums[i] = counts[i] + others.counts[i];
        }
        return new Answers(sums);
    }

    /** Returns those that came after the earlier ones. */
    Answers since(Answers earlier) {
        long[] news = new long[counts.length];
        for (int i = 0; i < news.length; i++) {
            news[i] = counts[i] - earlier.counts[i];
        }
        return new Answers(news);
    }
}
