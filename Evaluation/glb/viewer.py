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
SIDES = {"front": "0deg 80deg 105%", "front-left": "45deg 75deg 105%", "left": "90deg 80deg 105%",
         "rear": "180deg 80deg 105%", "right": "-90deg 80deg 105%", "top": "40deg 25deg 105%"}
SIZE = 800, 540
# Headless Chromium's clock runs ahead while other threads decode: until the model is there, ticks give them real time.
PAGE = """<!doctype html><meta charset="utf-8"><body style="margin:0"><script>{script}</script>
<model-viewer id="m" camera-orbit="{orbit}" min-camera-orbit="auto 0deg auto" interaction-prompt="none" loading="eager"
 shadow-intensity="1" style="width:{width}px;height:{height}px;background:#eee" src="{model}"></model-viewer><script>
const viewer = document.getElementById("m");
customElements.get("model-viewer").minimumRenderScale = 1;
let sum = 0;
const tick = setInterval(() => {{ for (let i = 0; i < 3e6; ++i) sum += Math.sqrt(i); }}, 20);
viewer.addEventListener("error", event => console.log("WRONG " + JSON.stringify(event.detail)));
viewer.addEventListener("load", () => {{
  console.log("LOADED " + viewer.model.materials.map(m => m.name).join(" "));
  setTimeout(() => clearInterval(tick), 2000);
}});
</script>"""


def page(data, orbit):
    # Of the package its script alone is wanted: importing it would want Dash.
    package = pathlib.Path(importlib.util.find_spec("dash_model_viewer").origin).parent
    script = (package / "vendor/model-viewer-umd.min.js").read_text()
    model = "data:model/gltf-binary;base64," + base64.b64encode(data).decode()
    return PAGE.format(script=script, orbit=orbit, width=SIZE[0], height=SIZE[1], model=model)


def shoot(data, orbit, picture):
    """The names of the materials that the viewer found; writes a PNG."""
    chromium = shutil.which("chromium") or shutil.which("chromium-browser")
    need(chromium, "chromium is missing: apt-get install chromium")
    with tempfile.TemporaryDirectory() as scratch:
        file = pathlib.Path(scratch) / "page.html"
        file.write_text(page(data, orbit))
        done = subprocess.run(
            [chromium, "--headless=new", "--no-sandbox", "--use-angle=swiftshader", "--enable-unsafe-swiftshader",
             "--ignore-gpu-blocklist", "--enable-logging=stderr", f"--user-data-dir={scratch}/profile",
             "--virtual-time-budget=60000", f"--window-size={SIZE[0]},{SIZE[1] + 90}", f"--screenshot={picture}",
             file.as_uri()], capture_output=True, text=True, timeout=300, check=False)
    wrong = re.search(r'"WRONG (.*?)", source', done.stderr)
    loaded = re.search(r'"LOADED (.*?)", source', done.stderr)
    if wrong or not loaded:
        raise Wrong(f"model-viewer: {wrong.group(1)[:200] if wrong else 'it does not load'}")
    return loaded.group(1).split()


def show(data, folder):
    """The names of the materials that the viewer found; writes a PNG a side into a folder."""
    names = [shoot(data, orbit, folder / f"{side}.png") for side, orbit in SIDES.items()]
    return names[0]
