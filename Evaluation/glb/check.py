"""Check GLB files, and the checks by files that are broken on purpose: check.py FILE... [FOLDER]

With a folder each file is loaded in model-viewer, assimp and Blender too; what it looks like from six sides goes there.
"""
import json
import os
import pathlib
import struct
import sys

import numpy

import loaders
import viewer
from container import Wrong, accessor_values, chunks, jpeg_size, need, view_bytes
from solid import check_closed, merged, volume

LARGEST = 10_000_000


def schema_validator():
    """Khronos' schemas as one validator, or None without the data."""
    folder = pathlib.Path(os.environ.get("RUNDUM_DATA", "")) / "H_gltf/gltf2_json_schema"
    if not folder.is_dir():
        return None
    import jsonschema
    import referencing
    schemas = {path.name: json.loads(path.read_text()) for path in folder.glob("*.json")}
    resources = [(name, referencing.Resource.from_contents(schema, referencing.jsonschema.DRAFT202012))
                 for name, schema in schemas.items()]
    registry = referencing.Registry().with_resources(
        resources + [(resource.contents["$id"], resource) for _, resource in resources if "$id" in resource.contents])
    return jsonschema.Draft202012Validator(schemas["glTF.schema.json"], registry=registry)


def check(data, validator):
    """What a file holds, as a line of the table; raises Wrong."""
    document, binary = chunks(data)
    if validator:
        for error in validator.iter_errors(document):
            raise Wrong(f"schema: {'/'.join(map(str, error.absolute_path))}: {error.message[:100]}")
    need(len(data) <= LARGEST, f"{len(data)} bytes are too many for a page")
    primitives = document["meshes"][0]["primitives"]
    values = {name: accessor_values(document, binary, number) for name, number in primitives[0]["attributes"].items()}
    for name, numbers in values.items():
        need(numpy.isfinite(numbers).all(), f"{name} has a number that is none")
    positions, normals, places = values["POSITION"], values["NORMAL"], values["TEXCOORD_0"]
    need(len(positions) == len(normals) == len(places), "vertices lack normals or places")
    need("min" in document["accessors"][primitives[0]["attributes"]["POSITION"]], "positions lack their bounds")
    lengths = numpy.linalg.norm(normals, axis=1)
    need(numpy.abs(lengths - 1).max() < 1e-3, "a normal is not of unit length")
    need(places.min() >= 0 and places.max() <= 1, "a place is outside of the texture")
    parts = []
    for primitive in primitives:
        need(primitive["attributes"] == primitives[0]["attributes"], "parts do not share their vertices")
        need(0 <= primitive["material"] < len(document["materials"]), "a part has no such material")
        indices = accessor_values(document, binary, primitive["indices"])
        need(len(indices) % 3 == 0 and indices.max() < len(positions), "a triangle has no such vertex")
        parts.append(indices.reshape(-1, 3).astype(numpy.int64))
    triangles = numpy.concatenate(parts)
    corners, closed = merged(positions, triangles)
    check_closed(closed)
    size = corners.max(0) - corners.min(0)
    need(volume(corners, closed) > 0, "the surface is inside out")
    need(abs(corners[:, 1].min()) < 0.02 * size[1], "it does not stand on the ground")
    need(2.2 < size[2] < 7 and size[2] > size[0] > 1 and 0.9 < size[1] < 3.2, f"no car is {size.round(2)} metres")
    image = jpeg_size(view_bytes(document, binary, document["images"][0]["bufferView"]))
    need(image[0] == image[1] and image[0] & (image[0] - 1) == 0, "the texture is no square of a power of two")
    return (f"{len(triangles)} triangles, {len(positions)} vertices, {len(parts)} materials, texture {image[0]}, "
            f"{len(data) / 1e6:.2f} MB, {size[0]:.2f} x {size[1]:.2f} x {size[2]:.2f} m, "
            f"{volume(corners, closed):.2f} m3")


def rebuilt(document, binary):
    text = json.dumps(document).encode()
    text += b" " * (-len(text) % 4)
    return (struct.pack("<4sIIII", b"glTF", 2, 28 + len(text) + len(binary), len(text), 0x4E4F534A) + text
            + struct.pack("<II", len(binary), 0x004E4942) + binary)


def broken(data):
    """The file in a dozen wrong states, each with what is wrong."""
    document, binary = chunks(data)
    yield "cut", data[:-4]
    yield "another version", data[:4] + struct.pack("<I", 1) + data[8:]

    def changed(what, edit):
        copy = json.loads(json.dumps(document))
        edit(copy)
        return what, rebuilt(copy, binary)

    yield changed("too many vertices", lambda d: d["accessors"][0].update(count=10 ** 7))
    yield changed("bounds that are not kept", lambda d: d["accessors"][0]["max"].__setitem__(1, 9.0))
    yield changed("a view beyond the bytes", lambda d: d["bufferViews"][1].update(byteOffset=len(binary)))
    yield changed("a view between words", lambda d: d["bufferViews"][0].update(byteOffset=2))
    yield changed("no such material", lambda d: d["meshes"][0]["primitives"][0].update(material=7))
    yield changed("no such accessor", lambda d: d["meshes"][0]["primitives"][0].update(indices=77))
    start = {name: document["bufferViews"][document["accessors"][number]["bufferView"]]["byteOffset"]
             for name, number in document["meshes"][0]["primitives"][0]["attributes"].items()}
    first = document["accessors"][document["meshes"][0]["primitives"][0]["indices"]]
    index = document["bufferViews"][first["bufferView"]]["byteOffset"]

    def patched(what, place, piece):
        return what, rebuilt(document, binary[:place] + piece + binary[place + len(piece):])

    yield patched("a number that is none", start["TEXCOORD_0"], struct.pack("<f", float("nan")))
    yield patched("a long normal", start["NORMAL"], struct.pack("<3f", 2, 0, 0))
    yield patched("a place outside", start["TEXCOORD_0"], struct.pack("<f", 1.5))
    size = 2 if first["componentType"] == 5123 else 4
    yield patched("a missing triangle", index, binary[index + 3 * size:index + 6 * size])
    yield patched("no such vertex", index, b"\xff" * size)
    yield patched("a turned triangle", index, binary[index + size:index + 2 * size] + binary[index:index + size])


def loaded(path, folder):
    """A line of what other programs find in a file; raises Wrong."""
    document, binary = chunks(path.read_bytes())
    primitives = document["meshes"][0]["primitives"]
    triangles = sum(document["accessors"][primitive["indices"]]["count"] for primitive in primitives) // 3
    loaders.assimp(path, triangles, len(primitives))
    size = loaders.blender(path, triangles, len(primitives))
    pictures = folder.resolve() / path.stem
    pictures.mkdir(parents=True, exist_ok=True)
    names = viewer.show(path.read_bytes(), pictures)
    need(len(names) == len(primitives), f"model-viewer finds {len(names)} materials of {len(primitives)}")
    return (f"  assimp, Blender ({size[0]:.2f} x {size[1]:.2f} x {size[2]:.2f} m) and model-viewer load it: "
            f"{', '.join(names)}; {', '.join(viewer.SIDES)} in {folder / path.stem}")


def main(words):
    files = [word for word in words if word.endswith(".glb")]
    folders = [pathlib.Path(word) for word in words if not word.endswith(".glb")]
    validator = schema_validator()
    print("schemas: " + ("Khronos' 33" if validator else "skipped, no data"))
    bad = 0
    for name in files:
        data = pathlib.Path(name).read_bytes()
        try:
            print(f"{pathlib.Path(name).name}: {check(data, validator)}", flush=True)
            for folder in folders[:1]:
                print(loaded(pathlib.Path(name), folder))
        except (Wrong, KeyError, IndexError, TypeError) as error:
            print(f"{pathlib.Path(name).name}: WRONG: {error or type(error).__name__}")
            bad += 1
            continue
        for what, wrong in broken(data):
            try:
                check(wrong, validator)
            except (Wrong, KeyError, IndexError, TypeError):
                continue
            print(f"  the checks do not find {what}")
            bad += 1
    return 1 if bad or not files else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
