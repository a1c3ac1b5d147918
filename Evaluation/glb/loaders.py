"""Load a GLB as other programs do: assimp and Blender."""
import json
import re
import shutil
import subprocess

from container import Wrong, need

BLENDER = """
import bpy, json, sys
bpy.ops.wm.read_factory_settings(use_empty=True)
bpy.ops.import_scene.gltf(filepath=sys.argv[-1])
meshes = [thing for thing in bpy.data.objects if thing.type == "MESH"]
places = [thing.matrix_world @ vertex.co for thing in meshes for vertex in thing.data.vertices]
print("FOUND " + json.dumps({
    "triangles": sum(len(thing.data.polygons) for thing in meshes),
    "materials": len({slot.material.name for thing in meshes for slot in thing.material_slots}),
    "size": [max(place[k] for place in places) - min(place[k] for place in places) for k in range(3)],
    "pictures": [list(picture.size) for picture in bpy.data.images if picture.size[0]]}))
"""


def run(words, hint):
    need(shutil.which(words[0]), f"{words[0]} is missing: apt-get install {hint}")
    done = subprocess.run(words, capture_output=True, text=True, timeout=300, check=False)
    return done.returncode, done.stdout + done.stderr


def assimp(path, triangles, materials):
    """Whether assimp counts the same triangles and materials."""
    status, words = run(["assimp", "info", str(path)], "assimp-utils")
    found = {name: int(count) for name, count in re.findall(r"^(Faces|Materials|Meshes):\s+(\d+)", words, re.M)}
    need(status == 0 and found.get("Faces") == triangles, f"assimp: {words.strip()[-200:]}")
    need(found["Meshes"] == materials, f"assimp finds {found['Meshes']} parts of {materials}")


def blender(path, triangles, materials):
    """Size in metres (across, along, up) as Blender sees the car, y having become z."""
    status, words = run(["blender", "--background", "--factory-startup", "--python-expr", BLENDER, "--", str(path)],
                        "blender")
    line = next((line for line in words.splitlines() if line.startswith("FOUND ")), None)
    if status != 0 or not line:
        raise Wrong(f"blender: {words.strip()[-300:]}")
    found = json.loads(line[6:])
    need(found["triangles"] == triangles, f"blender finds {found['triangles']} triangles of {triangles}")
    need(found["materials"] == materials, f"blender finds {found['materials']} materials of {materials}")
    need(found["pictures"], "blender finds no picture")
    return found["size"]
