"""A registry of container images: skopeo pushes and pulls one. A push goes where each answer's Location says, thrice a layer."""

import hashlib
import io
import json
import random
import tarfile

from app import App, debian
from place import expect

CONFIGURATION = """version: 0.1
log: {{level: error}}
storage: {{filesystem: {{rootdirectory: {folder}}}}}
http: {{addr: "127.0.0.1:{port}"}}
"""


def start(place):
    configuration = place.folder / "registry.yml"
    configuration.write_text(CONFIGURATION.format(folder=place.folder / "data", port=place.ports["REGISTRY"]))
    place.run("REGISTRY", ["docker-registry", "serve", configuration])


def image(folder):
    """An image of one layer, as a folder of OCI's layout."""
    (folder / "blobs" / "sha256").mkdir(parents=True)

    def blob(kind, content):
        content = content if isinstance(content, bytes) else json.dumps(content).encode()
        digest = hashlib.sha256(content).hexdigest()
        (folder / "blobs" / "sha256" / digest).write_bytes(content)
        return {"mediaType": f"application/vnd.oci.image.{kind}", "digest": f"sha256:{digest}", "size": len(content)}

    tar, file = io.BytesIO(), tarfile.TarInfo("file")
    file.size = 5_000_000
    with tarfile.open(fileobj=tar, mode="w") as packed:
        packed.addfile(file, io.BytesIO(random.Random(1).randbytes(file.size)))
    layer = blob("layer.v1.tar", tar.getvalue())
    config = blob("config.v1+json", {"architecture": "amd64", "os": "linux", "rootfs": {"type": "layers", "diff_ids": [layer["digest"]]}})
    manifest = blob("manifest.v1+json", {"schemaVersion": 2, "config": config, "layers": [layer]})
    (folder / "index.json").write_text(json.dumps({"schemaVersion": 2, "manifests": [manifest]}))
    (folder / "oci-layout").write_text('{"imageLayoutVersion": "1.0.0"}')
    return layer["digest"].removeprefix("sha256:")


def push_and_pull(place):
    pushed, pulled, name = place.folder / "pushed", place.folder / "pulled", f"docker://127.0.0.1:{place.port}/some/image:1"
    layer = image(pushed)
    skopeo = ["skopeo", "--insecure-policy", "copy", "-q", "--preserve-digests", "--src-tls-verify=false", "--dest-tls-verify=false"]
    place.tool(*skopeo, f"oci:{pushed}", name)
    place.tool(*skopeo, name, f"oci:{pulled}")
    expect("the layer", *((folder / "blobs" / "sha256" / layer).stat().st_size for folder in (pulled, pushed)))


APP = App("Docker registry", debian("docker-registry"), ["REGISTRY"], start, {"skopeo pushes an image and pulls it": push_and_pull})
