"""Jupyter: a kernel is started by a POST, and computes in a page, by WebSocket."""

from urllib.parse import urljoin

from app import App, debian
from place import expect

TOKEN = "not-secret"


def start(place):
    notebooks = place.folder / "notebooks"
    notebooks.mkdir()
    place.run("JUPYTER", ["jupyter-notebook", "--no-browser", "--allow-root", "--ip=127.0.0.1", "--port={PORT}", "--port-retries=0",
                          f"--notebook-dir={notebooks}", f"--NotebookApp.token={TOKEN}", "--NotebookApp.base_url=/jupyter/",
                          # It listens on loopback, and would take no other Host than localhost.
                          "--NotebookApp.allow_remote_access=True"])


def api(place):
    token = {"Authorization": f"token {TOKEN}", "Origin": place.url}  # as a page sends it
    made = place.ask("POST", "/jupyter/api/kernels", status=201, headers=token)
    kernel = f"/jupyter/api/kernels/{made.json()['id']}"
    expect("Location", urljoin(place.url, made.headers["Location"]), place.url + kernel)
    place.ask("DELETE", kernel, status=204, headers=token)
    place.ask("POST", "/jupyter/api/contents", status=201, headers=token, json={"type": "notebook"})


def page(place):
    place.page("notebook", f"/jupyter/notebooks/Untitled.ipynb?token={TOKEN}")


APP = App("Jupyter", debian("jupyter-notebook"), ["JUPYTER"], start, {
    "POST starts a kernel": api,
    "a page's kernel gives 2 for 1+1, by WebSocket": page,
})
