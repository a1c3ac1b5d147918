#include <opencv2/imgproc.hpp>
#include <vector>

#include "../Guard.hpp"
#include "Quad.hpp"

namespace {

/// The plate is looked at upright, so high in pixels at most, with such a share of its height around it.
constexpr double tallest = 96, least = 10, around = 0.7;
/// How far a side is sought, and how far off it is expected, in shares of the height; of each turn.
constexpr int turns = 3;
constexpr double reach[turns] = {0.24, 0.12, 0.08}, expected[turns] = {0.16, 0.08, 0.05};
/// The network draws plates a little small: how far outwards top and bottom, and the left, are expected.
constexpr double outwards = 0.05, leftwards = 0.08;
/// A side moves only onto an edge so much stronger than where it was, and of so many grey levels a pixel.
constexpr double stronger = 1.2, weakest = 1.5;
constexpr double step = 0.5;

/// A plate set upright with what is around it.
struct Upright {
    cv::Matx33d toPicture;
    double width, height, margin;
    cv::Mat pixels;  // CV_32FC3
};

Upright upright(const cv::Mat &picture, const cvs::Corners &corners) {
    const double native = cvs::heightOf(corners), scale = std::min(1.0, tallest / native);
    Upright found;
    found.height = std::max(least, native * scale);
    found.width = std::max(least, cvs::widthOf(corners) * found.height / native);
    found.margin = std::ceil(around * found.height) + 2;
    const float w = float(found.width), h = float(found.height);
    const cv::Point2f from[4] = {{0, 0}, {w, 0}, {w, h}, {0, h}};
    cv::Point2f to[4];
    for (size_t i = 0; i < 4; ++i) to[i] = cv::Point2f(corners[i]);
    found.toPicture = cv::getPerspectiveTransform(from, to);
    const int columns = int(std::ceil(found.width + 2 * found.margin));
    const int rows = int(std::ceil(found.height + 2 * found.margin));
    // Where the plate is shrunk, each of its pixels is the mean of several places.
    const int samples = std::clamp(int(std::ceil(native / found.height)), 1, 6);
    found.pixels = cv::Mat(rows, columns, CV_32FC3);
    for (int y = 0; y < rows; ++y)
        for (int x = 0; x < columns; ++x) {
            cv::Vec3f sum(0, 0, 0);
            for (int i = 0; i < samples; ++i)
                for (int j = 0; j < samples; ++j) {
                    const cv::Vec3d at = found.toPicture * cv::Vec3d(x - found.margin + (j + 0.5) / samples - 0.5,
                                                                     y - found.margin + (i + 0.5) / samples - 0.5, 1);
                    for (int c = 0; c < 3; ++c) sum[c] += cvs::between(picture, at[0] / at[2], at[1] / at[2], c);
                }
            found.pixels.at<cv::Vec3f>(y, x) = sum / float(samples * samples);
        }
    return found;
}

/// How fast the smoothed colours change downwards; `flipped` looks to the right instead, as the picture's transpose.
cv::Mat changes(const cv::Mat &pixels, bool flipped) {
    cv::Mat from = flipped ? cv::Mat(pixels.t()) : pixels, to = cv::Mat::zeros(from.size(), CV_32FC3);
    for (int y = 1; y + 1 < from.rows; ++y)
        for (int x = 1; x + 1 < from.cols; ++x) {
            const auto row = [&](int r) {
                return from.at<cv::Vec3f>(r, x - 1) * 0.25f + from.at<cv::Vec3f>(r, x) * 0.5f +
                       from.at<cv::Vec3f>(r, x + 1) * 0.25f;
            };
            to.at<cv::Vec3f>(y, x) = (row(y + 1) - row(y - 1)) * 0.5f;
        }
    return to;
}

/// A side: where it lies at its two ends, away from where it was.
struct Side {
    double first = 0, last = 0;
};

/// One side of an upright plate, sought along `length` at `place`, in a picture of downward changes.
class Search {
public:
    Search(const cv::Mat &seen, double begin, double length, double place) : seen(seen), place(place) {
        const int count = std::clamp(int(length), 12, 64);
        for (int i = 0; i < count; ++i) {
            const double share = 0.06 + 0.88 * (i + 0.5) / count;
            shares.push_back(share);
            columns.push_back(std::clamp(int(std::lround(begin + share * length)), 0, seen.cols - 1));
        }
    }

    /// Mean change across the side, of all colours, its direction the same along it.
    double strength(Side side) const {
        cv::Vec3f sum(0, 0, 0);
        for (size_t i = 0; i < shares.size(); ++i) {
            const double y = place + side.first + (side.last - side.first) * shares[i];
            const int top = std::clamp(int(y), 0, seen.rows - 2);
            const float down = float(std::clamp(y - top, 0.0, 1.0));
            sum += seen.at<cv::Vec3f>(top, columns[i]) * (1 - down) + seen.at<cv::Vec3f>(top + 1, columns[i]) * down;
        }
        return (std::abs(sum[0]) + std::abs(sum[1]) + std::abs(sum[2])) / double(shares.size());
    }

    /// The strongest edge within `far`, near ones before strong ones: `usual` is how far off it mostly is, from
    /// `middle`.
    Side best(double far, double usual, double middle) const {
        Side found;
        double most = 0;
        const double turned = 2 * usual;
        for (double first = -far; first <= far; first += step)
            for (double last = std::max(-far, first - turned); last <= std::min(far, first + turned); last += step) {
                const double one = first - middle, other = last - middle;
                const double off = (one * one + other * other) / (4 * usual * usual);
                const double value = std::sqrt(strength({first, last})) * std::exp(-off);
                if (value > most) most = value, found = {first, last};
            }
        found = settled(found);
        const double before = strength({}), after = strength(found);
        return after > weakest && after > stronger * before ? found : Side{};
    }

private:
    /// To a tenth of a pixel: the ends in turn to where the strength is greatest around them.
    Side settled(Side side) const {
        for (const double fine : {0.25, 0.1})
            for (int turn = 0; turn < 4; ++turn) {
                double Side::*const end = turn % 2 ? &Side::last : &Side::first;
                Side less = side, more = side;
                less.*end -= fine, more.*end += fine;
                const double here = strength(side), under = strength(less), over = strength(more);
                if (under > here && under >= over) side = less;
                if (over > here && over > under) side = more;
            }
        return side;
    }

    const cv::Mat &seen;
    double place;
    std::vector<double> shares;
    std::vector<int> columns;
};

/// Where the line through (x0, y0), (x1, y1) crosses that through (x2, y2), (x3, y3).
cv::Point2d crossing(cv::Point2d a, cv::Point2d b, cv::Point2d c, cv::Point2d d) {
    const cv::Point2d u = b - a, v = d - c;
    const double area = u.x * v.y - u.y * v.x;
    const double share = ((c.x - a.x) * v.y - (c.y - a.y) * v.x) / area;
    return a + u * share;
}

cvs::Corners moved(const cv::Mat &picture, const cvs::Corners &corners, double slack, int turn) {
    const Upright seen = upright(picture, corners);
    const cv::Mat down = changes(seen.pixels, false), right = changes(seen.pixels, true);
    const double w = seen.width, h = seen.height, m = seen.margin;
    const double far = reach[turn] * h, usual = std::max(0.75, expected[turn] * h);
    const double grown = turn ? 0 : outwards * h, longer = turn || slack == 0 ? 0 : leftwards * h;
    const Side top = Search(down, m, w, m).best(far, usual, -grown);
    const Side bottom = Search(down, m, w, m + h).best(far, usual, grown);
    const double wide = turn ? far : std::max(slack * h, far), loose = turn ? usual : std::max(slack * h / 2, usual);
    const Side left = Search(right, m, h, m).best(wide, loose, -longer);
    const Side end = Search(right, m, h, m + w).best(wide, loose, 0);
    const cv::Point2d upper[2] = {{0, top.first}, {w, top.last}},
                      lower[2] = {{0, h + bottom.first}, {w, h + bottom.last}};
    const cv::Point2d before[2] = {{left.first, 0}, {left.last, h}}, after[2] = {{w + end.first, 0}, {w + end.last, h}};
    const cvs::Corners flat = {
        crossing(upper[0], upper[1], before[0], before[1]), crossing(upper[0], upper[1], after[0], after[1]),
        crossing(lower[0], lower[1], after[0], after[1]), crossing(lower[0], lower[1], before[0], before[1])};
    cvs::Corners found;
    for (size_t i = 0; i < 4; ++i) {
        const cv::Vec3d at = seen.toPicture * cv::Vec3d(flat[i].x, flat[i].y, 1);
        found[i] = {at[0] / at[2], at[1] / at[2]};
    }
    return found;
}

/// Still a plate of much the same size.
bool isLike(const cvs::Corners &now, const cvs::Corners &before) {
    const double area = cvs::areaOf(now) / cvs::areaOf(before);
    return cvs::isConvex(now) && area > 0.7 && area < 1.45;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_refine(const CVSImage *picture, double slack, double *values,
                                                  CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
        const cvs::Corners given = cvs::corners(values);
        if (!cvs::isConvex(given) || cvs::heightOf(given) < 3 || cvs::heightOf(given) > 32'768) return;
        cvs::Corners corners = given;
        for (int turn = 0; turn < turns; ++turn) {
            const cvs::Corners found = moved(picture->mat, corners, slack, turn);
            if (isLike(found, given)) corners = found;
        }
        cvs::store(corners, values);
    });
}
