"""For gunicorn: Flask, with ProxyFix or without."""

import os

from flask import Flask, redirect, session, url_for
from werkzeug.middleware.proxy_fix import ProxyFix

app = Flask(__name__)
app.secret_key = b"not secret"
if not os.environ.get("UNAWARE"):
    app.wsgi_app = ProxyFix(app.wsgi_app, x_prefix=1, x_for=1, x_proto=1, x_host=1)


@app.get("/healthz")
def healthz():
    return "ok"


@app.get("/visits/")
def visits():
    session["visits"] = session.get("visits", 0) + 1
    return {"visits": session["visits"], "me": url_for("visits", _external=True)}


@app.post("/visits/")
def forget():
    session.clear()
    return redirect(url_for("visits"), 303)
