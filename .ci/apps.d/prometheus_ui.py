"""Prometheus: its page under a prefix, and what it scrapes through the gateway: the gateway's metrics, and its own by its route."""

import processes

from app import App, debian
from place import Wrong

SCRAPED = """global: {{scrape_interval: 1s}}
scrape_configs:
  - {{job_name: gateway, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
  - {{job_name: route, metrics_path: /prometheus/metrics, static_configs: [{{targets: ["127.0.0.1:{port}"]}}]}}
"""


def start(place):
    configuration = place.folder / "prometheus.yml"
    configuration.write_text(SCRAPED.format(port=place.port))
    place.run("PROMETHEUS", ["prometheus", f"--config.file={configuration}", f"--storage.tsdb.path={place.folder / 'data'}",
                             "--web.listen-address=127.0.0.1:{PORT}", "--web.external-url=/prometheus/"])


def scrapes(place):
    def up():
        found = place.get("/prometheus/api/v1/query", params={"query": "up"}).json()["data"]["result"]
        return {each["metric"]["job"]: each["value"][1] for each in found} == {"gateway": "1", "route": "1"}
    try:
        processes.until("both up", up, 20)
    except AssertionError:
        targets = place.get("/prometheus/api/v1/targets").json()["data"]["activeTargets"]
        raise Wrong(f"scraping: {[(each['scrapeUrl'], each['lastError']) for each in targets]}") from None


def page(place):
    place.page("prometheus", "/prometheus/")


APP = App("Prometheus", debian("prometheus"), ["PROMETHEUS"], start, {
    "scrapes the gateway's metrics, and its own through a route": scrapes,
    "its page shows a query's result": page,
})
