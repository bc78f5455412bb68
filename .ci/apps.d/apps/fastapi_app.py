"""For uvicorn: FastAPI, which takes where it is mounted from X-Forwarded-Prefix, or by --root-path."""

import os

from fastapi import FastAPI, Request


class Mounted:
    """Neither FastAPI nor uvicorn reads X-Forwarded-Prefix."""

    def __init__(self, app):
        self.app = app

    async def __call__(self, scope, receive, send):
        prefix = dict(scope.get("headers", ())).get(b"x-forwarded-prefix")
        await self.app({**scope, "root_path": prefix.decode("latin-1")} if prefix else scope, receive, send)


app = FastAPI()
if not os.environ.get("UNAWARE"):
    app.add_middleware(Mounted)


@app.get("/items/")
async def items(request: Request):
    return {"me": str(request.url_for("items")), "prefix": request.headers.get("x-forwarded-prefix")}
