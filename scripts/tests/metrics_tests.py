"""The evaluation's measures on small masks whose figures can be worked out by hand."""
import pathlib
import sys
import unittest

ROOT = pathlib.Path(__file__).resolve().parent.parent.parent
# `make eval AREA=cutout` installs the packages there.
sys.path[:0] = [str(ROOT / "Evaluation/cutout"), str(ROOT / ".deps/rembg")]
try:
    import numpy as np
    import PIL  # noqa: F401
    import scipy
except ImportError:
    scipy = None
if scipy:
    import metrics
    import parts
    import verdict


def square(low, high, size=100, value=255):
    """A picture of a square object."""
    picture = np.zeros((size, size), np.uint8)
    picture[low:high, low:high] = value
    return picture


@unittest.skipUnless(scipy, "skipped: no numpy, scipy and Pillow (make eval AREA=cutout installs them)")
class MetricsTests(unittest.TestCase):
    def test_a_perfect_mask(self):
        truth = square(20, 80)
        self.assertEqual(metrics.score(truth, truth), {"iou": 1, "boundaryF": 1, "mae": 0, "band": 0})

    def test_a_quarter_is_missing(self):
        mask = square(20, 80)
        mask[50:80, 50:80] = 0
        found = metrics.score(mask, square(20, 80))
        self.assertAlmostEqual(found["iou"], .75)
        self.assertAlmostEqual(found["mae"], 900 / 10000)
        self.assertLess(found["boundaryF"], .9)

    def test_nothing_found_and_nothing_there(self):
        nothing = square(0, 0)
        self.assertEqual(metrics.score(nothing, nothing)["iou"], 1)
        self.assertEqual(metrics.score(nothing, square(20, 80))["iou"], 0)
        self.assertEqual(metrics.score(nothing, square(20, 80))["boundaryF"], 0)

    def test_a_border_within_the_tolerance_counts(self):
        truth, size = np.zeros((1000, 1000), np.uint8), 1000  # 0.2 % of its diagonal: 2.8 pixels
        truth[200:800, 200:800] = 255
        near, far = np.roll(truth, 2, 1), np.roll(truth, 4, 1)
        self.assertEqual(metrics.boundary_f(near >= 128, truth >= 128), 1)
        self.assertLess(metrics.boundary_f(far >= 128, truth >= 128), .6)
        self.assertEqual(truth.shape, (size, size))

    def test_the_pictures_edge_is_no_border(self):
        truth = square(0, 100) >= 128
        self.assertFalse(metrics.border(truth).any())
        self.assertFalse(metrics.band(truth).any())

    def test_soft_truth_is_compared_as_alpha(self):
        truth = square(20, 80)
        truth[19, 20:80] = 64
        self.assertEqual(metrics.score(truth, truth, soft=True)["mae"], 0)
        self.assertGreater(metrics.score(truth, truth, soft=False)["mae"], 0)

    def test_the_band_sees_only_the_border(self):
        truth = square(20, 80, 200)
        inside = truth.copy()
        inside[45:55, 45:55] = 0  # far from the border
        self.assertEqual(metrics.score(inside, truth)["band"], 0)
        soft = truth.copy()
        soft[20, 20:80] = 0
        self.assertGreater(metrics.score(soft, truth)["band"], 0)

    def inside(self, mask, truth, *areas):
        return metrics.inside(mask, truth, metrics.boxes(truth.shape, areas))

    def test_boxes_see_only_what_lies_in_them(self):
        truth, mask = square(20, 80), square(20, 80)
        mask[70:80, 20:30] = 0
        self.assertEqual(self.inside(mask, truth, (60, 60, 90, 90))["iou"], 1)
        self.assertAlmostEqual(self.inside(mask, truth, (20, 60, 30, 80))["iou"], .5)
        self.assertIsNone(self.inside(mask, truth))

    def test_a_box_beyond_the_picture_is_cut(self):
        self.assertEqual(self.inside(square(0, 50), square(0, 50), (-20, -20, 30, 30))["iou"], 1)

    def test_ratios_a_set_and_on_average(self):
        results = {"a": {"we": {"iou": .95, "mae": .01}, "they": {"iou": .90, "mae": .02}},
                   "b": {"we": {"iou": .80, "mae": .03}, "they": {"iou": .80, "mae": .02}}}
        each, mean, whole = metrics.ratios(results, "we", "they", "error")
        self.assertAlmostEqual(each["a"], .5)
        self.assertAlmostEqual(mean, .75)
        self.assertAlmostEqual(whole, .25 / .30)
        self.assertAlmostEqual(metrics.ratios(results, "we", "they", "mae")[2], 1)

    def test_summary_takes_the_low_end(self):
        scores = [{"iou": value, "boundaryF": 1, "mae": 0, "band": 0} for value in [.5] + [1] * 19]
        self.assertAlmostEqual(metrics.summary(scores)["iou5"], .975)
        self.assertEqual(metrics.summary(scores)["pictures"], 20)

    def test_worse_by_a_margin(self):
        ours, theirs = {1: {"iou": .9}, 2: {"iou": .899}, 3: {"iou": .8}}, {n: {"iou": .9} for n in (1, 2, 3)}
        self.assertEqual(metrics.worse(ours, theirs), 1)


def box(left, top, right, bottom):
    return [[left, top, right, top, right, bottom, left, bottom]]


@unittest.skipUnless(scipy, "skipped: no numpy, scipy and Pillow (make eval AREA=cutout installs them)")
class PartsTests(unittest.TestCase):
    def test_a_part_is_kept_from_nine_tenths_on(self):
        alpha = square(0, 0)
        alpha[:, :50] = 255
        self.assertAlmostEqual(parts.covered(alpha, box(10, 10, 39, 39)), 1)
        self.assertAlmostEqual(parts.covered(alpha, box(30, 10, 69, 39)), .5)
        self.assertEqual(parts.recall([("wheels", .90), ("wheels", .89), ("mirrors", 1)]),
                         {"wheels": (1, 2), "mirrors": (1, 1), "all": (2, 3)})

    def test_a_second_cars_wheel_is_left_out(self):
        car = [("hood", box(100, 100, 300, 200)), ("wheel", box(110, 190, 150, 240)), ("wheel", box(250, 190, 290, 240))]
        other = [("wheel", box(500, 150, 520, 170))]
        self.assertEqual(parts.main_car(car + other), car)
        self.assertEqual(parts.main_car([]), [])


@unittest.skipUnless(scipy, "skipped: no numpy, scipy and Pillow (make eval AREA=cutout installs them)")
class VerdictTests(unittest.TestCase):
    def rows(self, ours, theirs):
        keys = ("iou", "mae", "boundaryF", "iou5")
        results = {"beetle on places": {"we": dict(zip(keys, ours)), "they": dict(zip(keys, theirs))}}
        return {row[0]: row[3] for row in verdict.accuracy(results, "we", ["they"])}

    def test_all_bars_are_met(self):
        self.assertTrue(all(self.rows((.96, .01, .94, .95), (.90, .02, .7, .8)).values()))

    def test_each_bar_can_be_missed(self):
        missed = self.rows((.80, .05, .90, .92), (.90, .02, .7, .8))
        self.assertFalse(any(missed.values()), missed)


if __name__ == "__main__":
    unittest.main()
