"""platedet as its package is used, each photo so many times: peer_run.py TIMES THREADS PHOTO..."""
import sys

import numpy as np
import onnxruntime
from PIL import Image
from platedet import Platedet


def main(times, threads, photos):
    """Works through the photos."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = threads
    finder = Platedet(sess_options=options)
    for photo in photos:
        picture = np.asarray(Image.open(photo).convert("RGB"))
        for _ in range(times):
            finder.inference(picture, return_types=["boxes"])


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]), sys.argv[3:])
