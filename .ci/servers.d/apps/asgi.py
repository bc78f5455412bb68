"""For uvicorn: FastAPI."""

import hashlib
import os

from fastapi import FastAPI, Request
from fastapi.responses import PlainTextResponse, StreamingResponse
from fastapi.staticfiles import StaticFiles

app = FastAPI()


@app.get("/health")
async def health():
    return "ok"


@app.api_route("/echo", methods=["GET", "POST", "PUT"])
async def echo(request: Request):
    digest = hashlib.sha256()
    async for piece in request.stream():
        digest.update(piece)
    return PlainTextResponse(f"{request.method} {digest.hexdigest()}")


@app.post("/early")
async def early():
    return PlainTextResponse("who are you?", 401)


@app.get("/chunks")
async def chunks():
    return StreamingResponse(iter(["one,", "two,", "three"]), media_type="text/plain")


app.mount("/", StaticFiles(directory=os.environ["FILES"]))
