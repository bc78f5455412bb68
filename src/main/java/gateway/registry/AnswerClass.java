package gateway.registry;

/** What came of a request that was sent to a backend: the class of its answer's status or, without an answer, why. */
public enum AnswerClass {
    /** Switched to another protocol: an open WebSocket. */
    INFORMATIONAL("1xx"),
    /** The backend did what the request asked for. */
    SUCCESSFUL("2xx"),
    /** The backend sent the client elsewhere, or said that nothing has changed. */
    REDIRECTION("3xx"),
    /** The backend said that the request was wrong. */
    CLIENT_ERROR("4xx"),
    /** The backend said that it failed; also any status above 599, as RFC 9110 has it. */
    SERVER_ERROR("5xx"),
    /** The backend gave no answer, or not the whole of it. */
    NONE("none"),
    /** Given up before an answer began, by no fault of the backend's: mostly because the client left. */
    ABANDONED("abandoned");

    private final String word;

    AnswerClass(String word) {
        this.word = word;
    }

    /**
     * Returns the class of a status.
     *
     * @param status 100 to 999
     */
    static AnswerClass of(int status) {
        return switch (status / 100) {
            case 1 -> INFORMATIONAL;
            case 2 -> SUCCESSFUL;
            case 3 -> REDIRECTION;
            case 4 -> CLIENT_ERROR;
            default -> SERVER_ERROR;
        };
    }

    /** Returns the class's name in metrics. */
    public String word() {
        return word;
    }
}
