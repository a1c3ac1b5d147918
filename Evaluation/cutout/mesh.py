"""Triangles of the vehicle meshes: AC3D text and binary glTF (with Draco), and wheels of our own."""
import dataclasses
import json
import struct

import numpy as np


@dataclasses.dataclass
class Mesh:
    """Corners of T triangles: positions and normals (T, 3, 3), texture coordinates (T, 3, 2), a name for each."""
    points: np.ndarray
    normals: np.ndarray
    uv: np.ndarray
    names: np.ndarray

    def placed(self, matrix, shift=(0, 0, 0)):
        """Turned, scaled and moved."""
        turn = np.asarray(matrix, float)
        normals = self.normals @ np.linalg.inv(turn)
        normals /= np.maximum(np.linalg.norm(normals, axis=2, keepdims=True), 1e-9)
        return Mesh(self.points @ turn.T + shift, normals, self.uv, self.names)

    def named(self, wanted):
        """The triangles whose name is wanted."""
        keep = np.array([wanted(name) for name in self.names], bool)
        return Mesh(self.points[keep], self.normals[keep], self.uv[keep], self.names[keep])


def joined(meshes):
    """Several as one."""
    return Mesh(*(np.concatenate([getattr(mesh, field.name) for mesh in meshes]) for field in dataclasses.fields(Mesh)))


def indexed(points, normals, uv, faces, name):
    """From corner lists and triangles of indices."""
    faces = np.asarray(faces, int).reshape(-1, 3)
    return Mesh(np.asarray(points, float)[faces], np.asarray(normals, float)[faces], np.asarray(uv, float)[faces],
                np.array([name] * len(faces), dtype=object))


def read_ac(path):
    """An AC3D file of triangle strips with a normal a corner, as TORCS writes it: x forwards, y up, z to the right."""
    lines = iter(path.read_text("latin-1").split("\n"))
    parts, name, corners = [], "", None
    for line in lines:
        word, *rest = line.split() or [""]
        if word == "name":
            name = rest[0].strip('"')
        elif word == "numvert":
            corners = np.array([next(lines).split() for _ in range(int(rest[0]))], float)
        elif word == "refs":
            refs = np.array([next(lines).split()[:3] for _ in range(int(rest[0]))], float)
            at, flat = refs[:, 0].astype(int), refs[:, 1:3]
            strip = [(i, i + 1, i + 2) if i % 2 == 0 else (i + 1, i, i + 2) for i in range(len(at) - 2)]
            parts.append(indexed(corners[at, :3], corners[at, 3:6], flat, strip, name))
    # x to the car's left, y up, z forwards
    return joined(parts).placed([[0, 0, -1], [0, 1, 0], [1, 0, 0]])


def read_glb(path):
    """A binary glTF file; every triangle bears the name of its material."""
    data = path.read_bytes()
    length = struct.unpack("<I", data[12:16])[0]
    tree, blob = json.loads(data[20:20 + length]), data[28 + length:]
    parts = []

    def visit(node, above):
        here = above @ node_matrix(node)
        if "mesh" in node:
            for primitive in tree["meshes"][node["mesh"]]["primitives"]:
                name = tree["materials"][primitive["material"]]["name"]
                part = indexed(*primitive_arrays(tree, blob, primitive), name)
                parts.append(part.placed(here[:3, :3], here[:3, 3]))
        for child in node.get("children", []):
            visit(tree["nodes"][child], here)

    for root in tree["scenes"][tree.get("scene", 0)]["nodes"]:
        visit(tree["nodes"][root], np.eye(4))
    return joined(parts)


def node_matrix(node):
    """A node's own transform."""
    if "matrix" in node:
        return np.array(node["matrix"], float).reshape(4, 4).T
    x, y, z, w = node.get("rotation", (0, 0, 0, 1))
    turn = np.array([[1 - 2 * (y * y + z * z), 2 * (x * y - z * w), 2 * (x * z + y * w)],
                     [2 * (x * y + z * w), 1 - 2 * (x * x + z * z), 2 * (y * z - x * w)],
                     [2 * (x * z - y * w), 2 * (y * z + x * w), 1 - 2 * (x * x + y * y)]])
    matrix = np.eye(4)
    matrix[:3, :3] = turn * node.get("scale", (1, 1, 1))
    matrix[:3, 3] = node.get("translation", (0, 0, 0))
    return matrix


def primitive_arrays(tree, blob, primitive):
    """Positions, normals, texture coordinates and indices of one primitive."""
    packed = primitive.get("extensions", {}).get("KHR_draco_mesh_compression")
    if packed:
        import DracoPy  # late: only one of the meshes needs it
        view = tree["bufferViews"][packed["bufferView"]]
        start = view.get("byteOffset", 0)
        found = DracoPy.decode(blob[start:start + view["byteLength"]])
        uv = found.tex_coord if found.tex_coord is not None else np.zeros((len(found.points), 2))
        return found.points, found.normals, uv, found.faces

    def read(index):
        accessor = tree["accessors"][index]
        view = tree["bufferViews"][accessor["bufferView"]]
        kind = {5126: "<f4", 5123: "<u2", 5125: "<u4"}[accessor["componentType"]]
        width = {"SCALAR": 1, "VEC2": 2, "VEC3": 3}[accessor["type"]]
        start = view.get("byteOffset", 0) + accessor.get("byteOffset", 0)
        stride = view.get("byteStride", width * np.dtype(kind).itemsize)
        rows = np.lib.stride_tricks.as_strided(np.frombuffer(blob, kind, offset=start), (accessor["count"], width),
                                               (stride, np.dtype(kind).itemsize))
        return rows.copy()

    attributes = primitive["attributes"]
    return (read(attributes["POSITION"]), read(attributes["NORMAL"]), read(attributes["TEXCOORD_0"]),
            read(primitive["indices"]))


def wheel(radius, width, steps=48):
    """A wheel of our own round the x axis, its face to +x: tyre, rim and a dished disc (spokes are painted on it)."""
    profile = [("tyre", -.5, .62), ("tyre", -.5, .93), ("tyre", -.40, 1), ("tyre", .40, 1), ("tyre", .5, .93),
               ("tyre", .5, .70), ("rim", .47, .68), ("rim", .42, .65), ("disc", .36, .64), ("disc", .40, .14),
               ("disc", .44, 0)]
    turn = np.linspace(0, 2 * np.pi, steps + 1)
    parts = []
    for (_, x0, r0), (name, x1, r1) in zip(profile, profile[1:]):
        ring = [np.stack([np.full_like(turn, x * width), r * radius * np.cos(turn), r * radius * np.sin(turn)], 1)
                for x, r in ((x0, r0), (x1, r1))]
        slope = np.array([(r0 - r1) * radius, (x1 - x0) * width])
        slope /= np.linalg.norm(slope)
        normal = np.stack([np.full_like(turn, slope[0]), slope[1] * np.cos(turn), slope[1] * np.sin(turn)], 1)
        uv = [np.stack([r * np.cos(turn), r * np.sin(turn)], 1) for r in (r0, r1)]
        n = steps + 1
        faces = [f for i in range(steps) for f in ((i, n + i, i + 1), (i + 1, n + i, n + i + 1))]
        parts.append(indexed(np.concatenate(ring), np.concatenate([normal] * 2), np.concatenate(uv), faces, f"wheel {name}"))
    return joined(parts)
