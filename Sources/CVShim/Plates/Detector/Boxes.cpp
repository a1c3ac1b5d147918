#include <algorithm>
#include <cmath>
#include <tuple>
#include <vector>

#include "../../Guard.hpp"
#include "CVSDetector.h"

namespace {

/// Boxes that share so much of their area are one plate.
constexpr double same = 0.5;
constexpr int64_t mostRows = 1'000'000, mostColumns = 1024;

/// A network's boxes, whatever way it writes them.
class Rows {
public:
    Rows(const float *values, const int64_t *shape, int32_t rank) : values(values) {
        const bool fits = rank == 3 && shape[0] == 1 && shape[1] > 0 && shape[2] > 0;
        if (fits && shape[2] == 6) {
            kind = Kind::corners;
            count = shape[1];
            width = shape[2];
        } else if (fits && shape[1] >= 5 && shape[1] <= mostColumns && shape[2] >= shape[1]) {
            kind = Kind::planes;
            count = shape[2];
            width = shape[1];
        } else if (fits && shape[2] >= 6 && shape[2] <= mostColumns) {
            kind = Kind::objects;
            count = shape[1];
            width = shape[2];
        } else {
            throw cvs::Error{CVSStatusCorrupt, "the network's first output is no list of boxes"};
        }
        if (count > mostRows) throw cvs::Error{CVSStatusCorrupt, "the network gives too many boxes"};
    }

    int64_t size() const { return count; }

    CVSPlateBox operator[](int64_t row) const {
        if (kind == Kind::corners) {
            const double x = at(row, 0), y = at(row, 1);
            return {x, y, at(row, 2) - x, at(row, 3) - y, at(row, 4)};
        }
        // The likeliest class; its share counts of what says first that there is anything.
        const int64_t first = kind == Kind::planes ? 4 : 5;
        double best = 0;
        for (int64_t i = first; i < width; ++i) best = std::max(best, at(row, i));
        if (kind == Kind::objects) best *= at(row, 4);
        const double w = at(row, 2), h = at(row, 3);
        return {at(row, 0) - w / 2, at(row, 1) - h / 2, w, h, best};
    }

private:
    enum class Kind {
        /// Each column is a box: middle, sides, a share for each class.
        planes,
        /// Each row is a box: middle, sides, whether there is anything, a share for each class.
        objects,
        /// Each row is a box that was chosen already: two corners, a share, a class.
        corners,
    } kind;
    const float *values;
    int64_t count = 0, width = 0;

    double at(int64_t row, int64_t column) const {
        return double(kind == Kind::planes ? values[column * count + row] : values[row * width + column]);
    }
};

double shared(const CVSPlateBox &a, const CVSPlateBox &b) {
    const double w = std::min(a.x + a.width, b.x + b.width) - std::max(a.x, b.x);
    const double h = std::min(a.y + a.height, b.y + b.height) - std::max(a.y, b.y);
    if (w <= 0 || h <= 0) return 0;
    return w * h / (a.width * a.height + b.width * b.height - w * h);
}

bool isBox(const CVSPlateBox &box) {
    return std::isfinite(box.x) && std::isfinite(box.y) && std::isfinite(box.width) && std::isfinite(box.height) &&
           std::isfinite(box.confidence) && box.width > 0 && box.height > 0 && std::abs(box.x) < 1e5 &&
           std::abs(box.y) < 1e5 && box.width < 1e5 && box.height < 1e5;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_plates_boxes(const float *values, const int64_t *shape, int32_t rank, double least,
                                                 CVSPlateBox *boxes, int32_t capacity, int32_t *count,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (capacity < 1 || !(least >= 0)) throw cvs::Error{CVSStatusBadArgument, "there is no room for boxes"};
        const Rows rows(values, shape, rank);
        std::vector<CVSPlateBox> found;
        for (int64_t row = 0; row < rows.size(); ++row) {
            CVSPlateBox box = rows[row];
            if (!isBox(box) || !(box.confidence >= least)) continue;
            box.confidence = std::min(box.confidence, 1.0);
            found.push_back(box);
        }
        // Of equally sure ones the upper left first, so that the order is always the same.
        std::sort(found.begin(), found.end(), [](const CVSPlateBox &a, const CVSPlateBox &b) {
            return std::tie(b.confidence, a.y, a.x, a.width) < std::tie(a.confidence, b.y, b.x, b.width);
        });
        *count = 0;
        for (const CVSPlateBox &box : found) {
            if (*count == capacity) break;
            if (std::none_of(boxes, boxes + *count,
                             [&](const CVSPlateBox &other) { return shared(box, other) > same; }))
                boxes[(*count)++] = box;
        }
    });
}
