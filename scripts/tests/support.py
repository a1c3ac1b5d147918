"""Loads a script without a suffix as a module, and runs scripts."""
import importlib.machinery
import importlib.util
import pathlib
import subprocess
import sys

SCRIPTS = pathlib.Path(__file__).resolve().parent.parent
sys.dont_write_bytecode = True


def load(name):
    """The module in scripts/`name`."""
    loader = importlib.machinery.SourceFileLoader(name.replace("-", "_").replace("/", "_"), str(SCRIPTS / name))
    module = importlib.util.module_from_spec(importlib.util.spec_from_loader(loader.name, loader))
    loader.exec_module(module)
    return module


def run(*command, cwd=None, env=None):
    """A finished process with its output as text."""
    return subprocess.run(
        [str(part) for part in command], cwd=cwd, env=env, capture_output=True, text=True, check=False)
