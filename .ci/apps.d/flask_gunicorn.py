"""Flask behind gunicorn: redirects to the slash form, absolute and relative ones, and a session in a cookie."""

from app import App, debian
from place import APPS, PYTHON, expect

GUNICORN = [PYTHON, "-m", "gunicorn", "-b", "127.0.0.1:{PORT}", "-w", "2", "--chdir", APPS / "apps", "flask_app:app"]


def start(place):
    place.run("FLASK", GUNICORN)
    place.run("FLASK_UNAWARE", GUNICORN, UNAWARE="1")


def uses(place, path):
    """Five requests, which the limit of 5/60s allows: a redirect and its end, a POST's redirect and its end, a GET."""
    answer = place.get(path + "/visits")
    expect("the redirect's end", answer.url, f"{place.url}{path}/visits/")
    expect("visits", answer.json()["visits"], 1)
    answer = place.ask("POST", path + "/visits/")
    expect("the POST's redirect's end", answer.url, f"{place.url}{path}/visits/")
    answer = place.get(path + "/visits/")
    expect("visits, of the session's cookie", answer.json()["visits"], 2)
    expect("the cookie's path", {cookie.path.rstrip("/") for cookie in place.session.cookies if cookie.path.startswith(path)}, {path})
    return answer.json()["me"]


def aware(place):
    expect("its own URL", uses(place, "/flask"), f"{place.url}/flask/visits/")


def unaware(place):
    uses(place, "/flask-unaware")
    place.get("/flask-unaware/visits/", status=429)
    place.get("/flask/visits/")


APP = App("Flask", debian("python3-flask"), ["FLASK", "FLASK_UNAWARE"], start, {
    "redirects and sessions, with ProxyFix": aware,
    "redirects and sessions without it, and the usual limit, on this route alone": unaware,
})
