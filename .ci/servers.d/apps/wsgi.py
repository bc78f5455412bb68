"""For gunicorn: Flask."""

import hashlib
import os

from flask import Flask, Response, request

app = Flask(__name__, static_folder=os.environ["FILES"], static_url_path="")


@app.get("/health")
def health():
    return "ok"


@app.route("/echo", methods=["GET", "POST", "PUT"])
def echo():
    digest = hashlib.sha256()
    while piece := request.stream.read(65536):
        digest.update(piece)
    return Response(f"{request.method} {digest.hexdigest()}", mimetype="text/plain")


@app.post("/early")
def early():
    return "who are you?", 401


@app.get("/chunks")
def chunks():
    return Response(iter(["one,", "two,", "three"]), mimetype="text/plain")
