"""A surface as a solid."""
import numpy

from container import need


def merged(positions, triangles):
    """Triangles over places instead of vertices: those that were parted for the texture are one again."""
    places, number = numpy.unique(positions, axis=0, return_inverse=True)
    return places, number.reshape(-1)[triangles]


def check_closed(triangles):
    need((triangles[:, 0] != triangles[:, 1]).all() and (triangles[:, 1] != triangles[:, 2]).all()
         and (triangles[:, 2] != triangles[:, 0]).all(), "a triangle has two equal corners")
    sides = numpy.concatenate([triangles[:, [0, 1]], triangles[:, [1, 2]], triangles[:, [2, 0]]]).astype(numpy.int64)
    ways = sides[:, 0] << 32 | sides[:, 1]
    need(len(numpy.unique(ways)) == len(ways), "a side is run through twice in the same direction")
    need(numpy.array_equal(numpy.sort(ways), numpy.sort(sides[:, 1] << 32 | sides[:, 0])), "the surface is open")


def volume(places, triangles):
    a, b, c = (places[triangles[:, k]].astype(float) for k in range(3))
    return float((a * numpy.cross(b, c)).sum() / 6)
