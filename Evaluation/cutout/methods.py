"""Runs the methods that are compared: our binary with each of its networks, and rembg with two."""
import dataclasses
import hashlib
import json
import os
import pathlib
import shutil
import subprocess
import sys

import numpy as np
from PIL import Image

PEERS = {"rembg u2net": "u2net", "rembg u2netp": "u2netp"}


@dataclasses.dataclass
class Answer:
    """A mask's file and size, and why a person should look (codes) and the confidence where it is ours."""
    file: pathlib.Path
    size: tuple
    review: tuple = ()
    confidence: float = 1.0

    @property
    def alpha(self):
        """8-bit alpha; nothing where no mask was made."""
        if not self.file.exists():
            return np.zeros(self.size[::-1], np.uint8)
        with Image.open(self.file) as mask:
            return np.asarray(mask.convert("L"))

    @property
    def sha256(self):
        """Of the file."""
        return hashlib.sha256(self.file.read_bytes()).hexdigest() if self.file.exists() else ""


def binary(*words, environment=None, through=()):
    """Runs our binary; some items may fail or wait for a person."""
    done = subprocess.run([*through, os.environ["RUNDUM_BINARY"], *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          env=os.environ | (environment or {}), check=False)
    if done.returncode not in (0, 3):
        sys.exit(f"rundum failed: {done.stderr.decode()[-2000:]}")
    return done.stdout


def ours():
    """{method: options}: every network of the binary at f32, the default one first and at the fast precision too."""
    kinds = json.loads(binary("kinds", "--json"))
    schema = next(kind for kind in kinds if kind["kind"] == "cutout")["options"]["properties"]["model"]
    names = sorted(schema["enum"], key=lambda name: name != schema["default"])
    found = {f"rundum {name} f32": {"model": name, "precision": "f32"} for name in names}
    return {f"rundum {names[0]} bf16": {"model": names[0], "precision": "bf16"}} | found, names[0]


def linked(pictures, folder):
    """{key: link} of (key, photo): all under names of their own in one folder, so that one process takes them."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    links = {}
    for key, photo in pictures:
        links[key] = folder / f"{key[0].replace(' ', '-')}--{key[1]}{photo.suffix}"
        links[key].symlink_to(photo.resolve())
    return links


def run_ours(options, links, out, words=(), through=()):
    """{key: Answer}: one process over all files; a file that failed has a mask of nothing."""
    shutil.rmtree(out, ignore_errors=True)
    sets = [part for key, value in options.items() for part in ("--set", f"{key}={value}")]
    if links:
        binary("run", "cutout", *map(str, links.values()), "--out", str(out), *sets, *words, through=through)
    return {key: read(out / link.stem, link) for key, link in links.items()}


def read(folder, link):
    """One answer of ours."""
    note = json.loads((folder / "result.json").read_text()) if (folder / "result.json").exists() else {}
    review = tuple(item["code"] if isinstance(item, dict) else str(item) for item in note.get("review", []))
    mask = folder / "mask.png"
    with Image.open(link) as photo:
        return Answer(mask, photo.size, review if mask.exists() else (*review, "no_mask"), note.get("data", {}).get("confidence", 0.0))


def run_peer(model, links, out):
    """{key: Answer} of rembg's own processing; kept between runs by the photo's content: nothing of ours changes it."""
    out.mkdir(parents=True, exist_ok=True)
    session, answers = None, {}
    for key, link in links.items():
        kept = out / f"{link.stem}-{hashlib.sha256(link.read_bytes()).hexdigest()[:12]}.png"
        if not kept.exists():
            from rembg import new_session, remove  # late: it is slow to import
            session = session or new_session(model)
            partial = kept.with_suffix(".partial")
            remove(Image.open(link), session=session, only_mask=True).save(partial, "PNG")
            partial.rename(kept)
        with Image.open(kept) as mask:
            answers[key] = Answer(kept, mask.size)
    return answers
