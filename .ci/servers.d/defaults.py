"""What each server does by itself, with its own settings: how long it keeps a connection, for how many requests, and what it
says of that."""

import concurrent.futures

import checks
import raw
import servers

MOST_SECONDS, MOST_REQUESTS = 100, 1500


def show(work):
    print("| server | version | HTTP | closes an idle connection after | requests on a connection | announces |")
    with concurrent.futures.ThreadPoolExecutor(len(servers.SERVERS)) as pool:
        for line in pool.map(lambda server: row(server, work), servers.SERVERS):
            print(line, flush=True)
    return 0


def row(server, work):
    case = checks.Case(server, work, None)
    try:
        port = case.start(shortened=False)
        requests, said = on_one_connection(port)
        _, asked = on_one_connection(port, "Connection: keep-alive")
        if asked != said:
            said += f"; asked to keep alive: {asked}"
        idle, answer = raw.idle_seconds(port, "/file.txt", MOST_SECONDS)
        after = f"{idle:.1f} s" if idle else "at once" if idle == 0 else f"more than {MOST_SECONDS} s"
        return "| " + " | ".join([server.name, server.version(), answer.version.removeprefix("HTTP/"), after, requests, said]) + " |"
    finally:
        case.end()


def on_one_connection(port, *headers):
    """How many requests the server takes on a connection, and its connection's headers: the first, and the last that differs."""
    client, said = raw.Client(port), []
    for number in range(1, MOST_REQUESTS + 1):
        answer = client.ask("GET", "/file.txt", *headers)
        words = ", ".join(f"`{name}: {answer.get(name)}`" for name in ("Connection", "Keep-Alive") if answer.get(name)) or "nothing"
        if not said or (words != said[-1][1] and answer.closes()):
            said.append((number, words))
        if client.socket is None:
            break
    client.close()
    count = f"{number}" if client.socket is None and answer.closes() else f"more than {MOST_REQUESTS}"
    return count, said[0][1] if len(said) == 1 else f"{said[0][1]}; the {said[-1][0]}th answer: {said[-1][1]}"
