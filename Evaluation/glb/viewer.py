"""Show a GLB from six sides in model-viewer in headless Chromium."""
import base64
import importlib.util
import pathlib
import re
import shutil
import subprocess
import tempfile

from container import Wrong, need

# Names and camera orbits (turn, tilt, distance): the car faces its own front at 0 degrees.
SIDES = {"front": "0deg 80deg 105%", "front left": "45deg 75deg 105%", "left": "90deg 80deg 105%",
         "rear": "180deg 80deg 105%", "right": "-90deg 80deg 105%", "top": "40deg 25deg 105%"}
SIZE = 640, 430
VIEW = """<model-viewer camera-orbit="{orbit}" min-camera-orbit="auto 0deg auto" interaction-prompt="none" loading="eager"
 shadow-intensity="1" style="width:{width}px;height:{height}px;background:#eee;float:left" src="{model}"></model-viewer>"""
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin:0;width:{width}px"><script>{script}</script>{views}<script>
for (const viewer of document.querySelectorAll("model-viewer")) {{
  viewer.addEventListener("error", event => console.log("WRONG " + JSON.stringify(event.detail)));
  viewer.addEventListener("load", () => console.log("LOADED " + viewer.model.materials.map(m => m.name).join(" ")));
}}
</script>"""


def page(data):
    # Of the package its script alone is wanted: importing it would want Dash.
    package = pathlib.Path(importlib.util.find_spec("dash_model_viewer").origin).parent
    script = (package / "vendor/model-viewer-umd.min.js").read_text()
    model = "data:model/gltf-binary;base64," + base64.b64encode(data).decode()
    views = "".join(VIEW.format(orbit=orbit, width=SIZE[0], height=SIZE[1], model=model) for orbit in SIDES.values())
    return PAGE.format(script=script, width=3 * SIZE[0], views=views)


def show(data, picture):
    """The names of the materials that the viewer found; writes a PNG of all sides, three a row."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    need(chromium, "chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "page.html"
        file.write_text(page(data))
        done = subprocess.run(
            [chromium, "--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
             "--ignore-gpu-blocklist", "--enable-logging=stderr", f"--user-data-dir={scratch}/profile",
             "--virtual-time-budget=60000", f"--window-size={3 * SIZE[0]},{2 * SIZE[1] + 90}",
             f"--screenshot={picture}", file.as_uri()], capture_output=True, text=True, timeout=400, check=False)
    wrong = re.search(r'"WRONG (.*?)", source', done.stderr)
    loads = re.findall(r'"LOADED (.*?)", source', done.stderr)
    if wrong or len(loads) != len(SIDES) or len(set(loads)) != 1:
        raise Wrong(f"model-viewer: {wrong.group(1)[:200] if wrong else f'{len(loads)} of {len(SIDES)} views loaded'}")
    return loads[0].split()
