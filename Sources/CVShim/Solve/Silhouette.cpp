#include "Silhouette.hpp"

#include <algorithm>
#include <cmath>
#include <memory>

#include "CVSContour.h"
#include "CVSImage.h"

namespace {

enum Border { top, right, bottom, left };

/// Which border a cut point of an outline lies at.
Border borderOf(const cvs::OutlinePoint &point, int width, int height) {
    const float away[4] = {point.y, float(width - 1) - point.x, float(height - 1) - point.y, point.x};
    return Border(std::min_element(away, away + 4) - away);
}

/// Distances along a line of pixels to the marked ones; infinite when there are none.
std::vector<float> awayFrom(const std::vector<uint8_t> &marked) {
    std::vector<float> away(marked.size(), std::numeric_limits<float>::infinity());
    float run = std::numeric_limits<float>::infinity();
    for (size_t i = 0; i < marked.size(); ++i) away[i] = run = marked[i] ? 0 : run + 1;
    run = std::numeric_limits<float>::infinity();
    for (size_t i = marked.size(); i-- > 0;) away[i] = std::min(away[i], run = marked[i] ? 0 : run + 1);
    return away;
}

std::array<std::vector<float>, 4> cutsOf(const std::vector<cvs::Outline> &outlines, int width, int height) {
    std::array<std::vector<uint8_t>, 4> marked;
    for (int border = 0; border < 4; ++border) marked[size_t(border)].assign(size_t(border % 2 ? height : width), 0);
    for (const cvs::Outline &line : outlines) {
        for (const cvs::OutlinePoint &point : line) {
            if (!point.cut) continue;
            const Border border = borderOf(point, width, height);
            const float along = border % 2 ? point.y : point.x;
            std::vector<uint8_t> &row = marked[size_t(border)];
            row[size_t(std::clamp(int(std::lround(along)), 0, int(row.size()) - 1))] = 1;
        }
    }
    std::array<std::vector<float>, 4> away;
    for (size_t border = 0; border < 4; ++border) away[border] = awayFrom(marked[border]);
    return away;
}

double cutShareOf(const std::vector<cvs::Outline> &outlines) {
    double all = 0, cut = 0;
    for (const cvs::Outline &line : outlines) {
        for (size_t i = 0; i < line.size(); ++i) {
            const cvs::OutlinePoint &p = line[i], &q = line[(i + 1) % line.size()];
            const double length = std::hypot(q.x - p.x, q.y - p.y);
            all += length;
            if (p.cut && q.cut) cut += length;
        }
    }
    return all > 0 ? cut / all : 0;
}

}  // namespace

std::vector<cvs::Outline> cvs::outlinesOf(const CVSImage &alpha, CVSCancel cancel) {
    CVSContours *made = nullptr;
    CVSError error;
    const CVSStatus status = cvs_contours_trace(&alpha, 4, cancel, &made, &error);
    if (status != CVSStatusOK) throw Error{status, error.message};
    const std::unique_ptr<CVSContours, void (*)(CVSContours *) noexcept> traced(made, cvs_contours_destroy);
    std::vector<Outline> outlines;
    std::vector<double> areas;
    for (int32_t index = 0; index < cvs_contours_count(made); ++index) {
        int32_t count = 0;
        double area = 0;
        const CVSContourPoint *points = cvs_contours_line(made, index, &count, &area);
        if (area <= 0) continue;
        Outline line;
        for (int32_t i = 0; i < count; ++i) line.push_back({points[i].x, points[i].y, points[i].cut});
        outlines.push_back(std::move(line));
        areas.push_back(area);
    }
    const double largest = areas.empty() ? 0 : *std::max_element(areas.begin(), areas.end());
    std::vector<Outline> kept;
    for (size_t i = 0; i < outlines.size(); ++i)
        if (areas[i] >= largest / 20) kept.push_back(std::move(outlines[i]));
    return kept;
}

bool CVSSilhouette::touchesCut(double x, double y) const {
    const double beyond[4] = {-y, x - (width - 1), y - (height - 1), -x};
    for (int border = 0; border < 4; ++border) {
        if (beyond[border] <= 0) continue;
        const std::vector<float> &away = cutAway[size_t(border)];
        const double along = std::clamp(border % 2 ? y : x, 0.0, double(away.size() - 1));
        if (double(away[size_t(std::lround(along))]) <= std::max(beyond[border], 1.0)) return true;
    }
    return false;
}

cvs::Depth CVSSilhouette::at(double x, double y) const {
    const double insideX = std::clamp(x, 0.0, double(width - 1)), insideY = std::clamp(y, 0.0, double(height - 1));
    const double u = std::clamp((insideX + 0.5) / stepX - 0.5, 0.0, double(field.cols - 1));
    const double v = std::clamp((insideY + 0.5) / stepY - 0.5, 0.0, double(field.rows - 1));
    const int column = std::min(int(u), field.cols - 2), row = std::min(int(v), field.rows - 2);
    const double a = u - column, b = v - row;
    const float *upper = field.ptr<float>(row) + column, *lower = field.ptr<float>(row + 1) + column;
    const double high = upper[0] + a * (upper[1] - upper[0]), low = lower[0] + a * (lower[1] - lower[0]);
    cvs::Depth depth;
    depth.value = high + b * (low - high);
    depth.dx = ((1 - b) * (upper[1] - upper[0]) + b * (lower[1] - lower[0])) / stepX;
    depth.dy = (low - high) / stepY;
    const double awayX = x - insideX, awayY = y - insideY, away = std::hypot(awayX, awayY);
    if (away > 0) {
        depth.value -= away;
        if (awayX != 0) depth.dx = -awayX / away;
        if (awayY != 0) depth.dy = -awayY / away;
        depth.known = !touchesCut(x, y);
    }
    return depth;
}

extern "C" CVS_EXPORT CVSStatus cvs_silhouette_create(const CVSImage *alpha, int32_t longest_side, CVSCancel cancel,
                                                      CVSSilhouette **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (alpha->mat.channels() != 1 || longest_side < 8)
            throw cvs::Error{CVSStatusBadArgument, "a silhouette is measured from 1 channel at 8 samples or more"};
        const int width = alpha->mat.cols, height = alpha->mat.rows;
        const double shrink = std::min(1.0, double(longest_side) / std::max(width, height));
        const int columns = std::max(2, int(std::lround(width * shrink)));
        const int rows = std::max(2, int(std::lround(height * shrink)));
        CVSSilhouette made;
        made.width = width;
        made.height = height;
        made.outlines = cvs::outlinesOf(*alpha, cancel);
        made.stepX = double(width) / columns;
        made.stepY = double(height) / rows;
        made.field = cvs::signedDistance(made.outlines, width, height, columns, rows, cancel);
        made.cutAway = cutsOf(made.outlines, width, height);
        made.cutShare = cutShareOf(made.outlines);
        for (const cvs::Outline &line : made.outlines) {
            double area = 0;
            for (size_t i = 0; i < line.size(); ++i) {
                const cvs::OutlinePoint &p = line[i], &q = line[(i + 1) % line.size()];
                area += double(q.x) * p.y - double(p.x) * q.y;
            }
            made.area += area / 2;
        }
        *out = new CVSSilhouette(std::move(made));
    });
}

extern "C" CVS_EXPORT void cvs_silhouette_destroy(CVSSilhouette *silhouette) noexcept { delete silhouette; }
extern "C" CVS_EXPORT int32_t cvs_silhouette_width(const CVSSilhouette *silhouette) noexcept {
    return silhouette->width;
}
extern "C" CVS_EXPORT int32_t cvs_silhouette_height(const CVSSilhouette *silhouette) noexcept {
    return silhouette->height;
}
extern "C" CVS_EXPORT double cvs_silhouette_area(const CVSSilhouette *silhouette) noexcept { return silhouette->area; }
extern "C" CVS_EXPORT double cvs_silhouette_cut_share(const CVSSilhouette *silhouette) noexcept {
    return silhouette->cutShare;
}
extern "C" CVS_EXPORT double cvs_silhouette_distance(const CVSSilhouette *silhouette, double x, double y) noexcept {
    const cvs::Depth depth = silhouette->at(x, y);
    return depth.known ? depth.value : std::numeric_limits<double>::quiet_NaN();
}
