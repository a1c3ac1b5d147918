"""Whether COLMAP's own library reads the cameras and points that we export, and finds in them what cameras.json says."""
import json

import numpy as np
import report

# Of rotations and places, in the units of cameras.json; pixels by which points are seen off their places.
EXACT, PIXELS = 1e-9, 2


def check(out):
    """What is wrong with a run's colmap folder, sentence by sentence, and its counts."""
    import pycolmap
    model, listed = pycolmap.Reconstruction(out / "colmap"), json.loads((out / "cameras.json").read_text())
    wrong, seen = [], {image.name: image for image in model.images.values()}
    if sorted(seen) != sorted(entry["image"] for entry in listed):
        wrong.append("its pictures are others")
    for entry in (e for e in listed if e["image"] in seen):
        image = seen[entry["image"]]
        pose, optics = image.cam_from_world(), np.array(entry["K"])
        away = max(np.abs(pose.rotation.matrix() - entry["R"]).max(), np.abs(pose.translation - np.array(entry["t"])).max())
        if away > EXACT * (1 + np.abs(entry["t"]).max()):
            wrong.append(f"{image.name} stands {away:.1e} elsewhere")
        size = (image.camera.width, image.camera.height)
        # Its pixel centres are at halves.
        found = image.camera.calibration_matrix() - [[0, 0, .5], [0, 0, .5], [0, 0, 0]]
        if size != (entry["width"], entry["height"]) or np.abs(found - optics).max() > 1e-6:
            wrong.append(f"{image.name} has another lens")
    return wrong + tracks(model), f"{len(seen)} pictures, {len(model.points3D)} points, {sightings(model)} sightings"


def sightings(model):
    """How many places see a point."""
    return sum(image.num_points3D for image in model.images.values())


def tracks(model):
    """What is wrong with the ties of points and places."""
    wrong, errors = [], []
    for number, point in model.points3D.items():
        for element in point.track.elements:
            image = model.images[element.image_id]
            place = image.points2D[element.point2D_idx]
            if place.point3D_id != number:
                wrong.append(f"point {number} names a place of {image.name} that sees another")
                continue
            shown = image.camera.img_from_cam(image.cam_from_world() * point.xyz)
            errors.append(np.inf if shown is None else np.linalg.norm(shown - place.xy))
    if sum(point.track.length() for point in model.points3D.values()) != sightings(model):
        wrong.append("some places see points that do not name them")
    if errors and np.sqrt(np.mean(np.square(errors))) > PIXELS:
        wrong.append(f"points are seen {np.sqrt(np.mean(np.square(errors))):.1f} pixels off their places")
    return wrong[:5]


def table(results):
    """A line an export."""
    return report.markdown(["export", "what it holds", "what is wrong"],
                           [[name, each["counts"], "; ".join(each["wrong"]) or "nothing"] for name, each in results.items()])
