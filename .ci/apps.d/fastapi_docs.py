"""FastAPI on uvicorn: redirects to the slash form, and its page of docs, which loads openapi.json and tries a request."""

from app import App, debian
from place import APPS, PYTHON, expect

UVICORN = [PYTHON, "-m", "uvicorn", "--app-dir", APPS / "apps", "--log-level", "warning", "--port", "{PORT}", "fastapi_app:app"]


def start(place):
    place.run("FASTAPI", UVICORN)
    place.run("FASTAPI_ROOT_PATH", [*UVICORN, "--root-path", "/fastapi-root-path"], UNAWARE="1")
    place.run("FASTAPI_UNAWARE", UVICORN, UNAWARE="1")


def redirects(place):
    for path in ("/fastapi", "/fastapi-root-path", "/fastapi-unaware"):
        answer = place.get(path + "/items")
        expect("the redirect's end", answer.url, f"{place.url}{path}/items/")
        expect("X-Forwarded-Prefix", answer.json()["prefix"], path)


def docs(place):
    for path in ("/fastapi", "/fastapi-root-path"):
        place.page("docs", path)


APP = App("FastAPI", debian("python3-fastapi"), ["FASTAPI", "FASTAPI_ROOT_PATH", "FASTAPI_UNAWARE"], start, {
    "redirect to the slash form ends at 200": redirects,
    "/docs loads openapi.json and tries a request": docs,
})
