#!/usr/bin/env python3
"""make-image.py ROOTFS OUT.tar NAME:TAG [--entrypoint a,b] [--user uid] [--env K=V]... : a one-layer docker-archive,
importable with `ctr -n k8s.io images import`. No daemon, no registry."""
import argparse, hashlib, io, json, os, tarfile
p = argparse.ArgumentParser(); p.add_argument("rootfs"); p.add_argument("out"); p.add_argument("name")
p.add_argument("--entrypoint", default=""); p.add_argument("--user", default=""); p.add_argument("--env", action="append", default=[])
a = p.parse_args()
layer = a.out + ".layer"
def norm(t):
    t.uid = t.gid = 0; t.uname = t.gname = ""; t.mtime = 0
    return t
with tarfile.open(layer, "w", format=tarfile.GNU_FORMAT) as t:
    for e in sorted(os.listdir(a.rootfs)):
        t.add(os.path.join(a.rootfs, e), arcname=e, filter=norm)
h = hashlib.sha256()
with open(layer, "rb") as f:
    for b in iter(lambda: f.read(1 << 20), b""): h.update(b)
diff = "sha256:" + h.hexdigest()
cfg = {"architecture": "amd64", "os": "linux", "created": "2020-01-01T00:00:00Z",
       "config": {"Env": ["PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin"] + a.env,
                  "Entrypoint": a.entrypoint.split(",") if a.entrypoint else None, "User": a.user},
       "rootfs": {"type": "layers", "diff_ids": [diff]}, "history": [{"created": "2020-01-01T00:00:00Z"}]}
cb = json.dumps(cfg).encode(); cn = hashlib.sha256(cb).hexdigest() + ".json"
mf = json.dumps([{"Config": cn, "RepoTags": [a.name], "Layers": ["layer.tar"]}]).encode()
with tarfile.open(a.out, "w") as t:
    for n, d in ((cn, cb), ("manifest.json", mf)):
        i = tarfile.TarInfo(n); i.size = len(d); t.addfile(i, io.BytesIO(d))
    t.add(layer, arcname="layer.tar", filter=norm)
os.unlink(layer)
