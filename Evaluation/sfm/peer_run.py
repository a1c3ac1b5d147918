"""pycolmap as its package is used: features, exhaustive matches, incremental mapping, with its own defaults in one thread."""
import argparse
import json
import pathlib
import shutil
import tempfile

import numpy as np
import pycolmap


def arguments():
    """What is asked for."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("photos", nargs="+", type=pathlib.Path)
    parser.add_argument("--out", type=pathlib.Path, required=True)
    parser.add_argument("--camera", help="FX,FY,CX,CY with pixel centres at whole numbers")
    parser.add_argument("--masks", type=pathlib.Path)
    return parser.parse_args()


def reader(chosen, scratch):
    """The camera, and masks under the names that pycolmap expects."""
    options = pycolmap.ImageReaderOptions()
    if chosen.camera:
        across, down, x, y = map(float, chosen.camera.split(","))
        options.camera_model = "PINHOLE"
        # Its pixel centres are at halves.
        options.camera_params = ",".join(map(repr, (across, down, x + 0.5, y + 0.5)))
    if chosen.masks:
        (scratch / "masks").mkdir()
        for photo in chosen.photos:
            shutil.copy(chosen.masks / f"{photo.stem}.png", scratch / "masks" / f"{photo.name}.png")
        options.mask_path = scratch / "masks"
    return options


def mapping(chosen):
    """Its defaults, but that small models count, and known optics stay."""
    options = pycolmap.IncrementalPipelineOptions()
    options.num_threads = 1
    options.min_model_size = 3
    if chosen.camera:
        options.ba_refine_focal_length = options.ba_refine_extra_params = False
    return options


def solve(chosen, scratch):
    """The largest model, or None."""
    database, folder = scratch / "database.db", chosen.photos[0].parent
    extraction, matching = pycolmap.FeatureExtractionOptions(), pycolmap.FeatureMatchingOptions()
    for options in (extraction, matching):
        options.num_threads = 1
        options.use_gpu = False
    pycolmap.set_random_seed(0)
    pycolmap.extract_features(database, folder, [photo.name for photo in chosen.photos], pycolmap.CameraMode.SINGLE,
                              reader(chosen, scratch), extraction)
    pycolmap.match_exhaustive(database, matching)
    models = pycolmap.incremental_mapping(database, folder, scratch / "models", mapping(chosen))
    return max(models.values(), key=lambda model: model.num_reg_images(), default=None)


def main():
    """Solves, and writes the cameras."""
    chosen = arguments()
    with tempfile.TemporaryDirectory() as scratch:
        model = solve(chosen, pathlib.Path(scratch))
    cameras = [] if model is None else [
        {"image": image.name, "R": np.array(image.cam_from_world().rotation.matrix()).tolist(),
         "t": np.array(image.cam_from_world().translation).tolist(),
         "parameters": list(image.camera.params)} for image in model.images.values() if image.has_pose]
    error = 0.0 if model is None else model.compute_mean_reprojection_error()
    chosen.out.write_text(json.dumps({"cameras": cameras, "reprojectionError": error}, indent=1))


if __name__ == "__main__":
    main()
