#include "Hull.hpp"

#include <algorithm>
#include <limits>

namespace {

/// How many pixels the picture of a ball of a radius reaches from its centre's picture, at most.
double reach(const CVSCamera &camera, const cvs::Seen &seen, double radius) {
    const double x = (seen.x - camera.principal[0]) / camera.focal, y = (seen.y - camera.principal[1]) / camera.focal;
    const double oblique = 1 + x * x + y * y;
    const double nearest = seen.depth - radius;
    if (nearest <= 0) return std::numeric_limits<double>::infinity();
    const double bend = 1 + 3 * (std::abs(camera.k1) * oblique + 2 * std::abs(camera.k2) * oblique * oblique);
    return camera.focal * radius / nearest * oblique * bend;
}

/// The point nearest to all optical axes, and the mean distance of the cameras to it.
std::pair<cv::Vec3d, double> lookedAt(const std::vector<cvs::HullView> &views) {
    cv::Matx33d normal = cv::Matx33d::eye() * 1e-9;
    cv::Vec3d right(0, 0, 0), mean(0, 0, 0);
    for (const cvs::HullView &view : views) {
        const cv::Vec3d axis = cvs::turnedBack(view.camera, {0, 0, 1}), centre = cvs::centreOf(view.camera);
        const cv::Matx33d across = cv::Matx33d::eye() - axis * axis.t();
        normal += across;
        right += across * centre;
        mean += centre / double(views.size());
    }
    const cv::Vec3d target = normal.solve(right + 1e-9 * mean, cv::DECOMP_CHOLESKY);
    double distance = 0;
    for (const cvs::HullView &view : views)
        distance += cv::norm(cvs::centreOf(view.camera) - target) / double(views.size());
    return {target, distance};
}

}  // namespace

cvs::Hull::Hull(std::vector<HullView> views, bool symmetric, bool grounded)
    : all(std::move(views)), grounded(grounded) {
    if (!symmetric) return;
    const size_t given = all.size();
    for (size_t i = 0; i < given; ++i) all.push_back({mirrored(all[i].camera), all[i].silhouette});
}

double cvs::Hull::depth(const cv::Vec3d &point) const {
    double least = std::numeric_limits<double>::infinity();
    for (const HullView &view : all) {
        const Seen seen = see(view.camera, point);
        if (seen.depth <= 0) return -std::numeric_limits<double>::infinity();
        const Depth depth = view.silhouette->at(seen.x, seen.y);
        if (depth.known) least = std::min(least, depth.value * seen.depth / view.camera.focal);
    }
    if (std::isinf(least)) return std::numeric_limits<double>::quiet_NaN();
    least += slack;
    return grounded ? std::min(least, point[1]) : least;
}

cvs::Hull::Side cvs::Hull::side(const cv::Vec3d &centre, double radius) const {
    if (grounded && centre[1] < -radius) return Side::outside;
    bool isInside = !grounded || centre[1] > radius, isKnown = false;
    for (const HullView &view : all) {
        const Seen seen = see(view.camera, centre);
        if (seen.depth < -radius) return Side::outside;
        if (seen.depth <= radius) {
            isInside = false;
            continue;
        }
        const Depth depth = view.silhouette->at(seen.x, seen.y);
        const double far = reach(view.camera, seen, radius + slack) + view.silhouette->stepX + view.silhouette->stepY;
        if (!depth.known) continue;
        isKnown = true;
        // Beyond a border that cuts the object all is unknown, and the ball may reach there.
        if (depth.value < -far && view.silhouette->cutShare == 0) return Side::outside;
        isInside = isInside && depth.value > far;
    }
    return isInside && isKnown ? Side::inside : Side::both;
}

bool cvs::Hull::bounds(Box &box, CVSCancel cancel) const {
    const auto [target, distance] = lookedAt(all);
    const cv::Vec3d half(distance, distance, distance);
    box = {target - half, target + half};
    constexpr int cells = 24;
    for (int round = 0; round < 5; ++round) {
        stopIfCancelled(cancel);
        const cv::Vec3d size = box.high - box.low, cell = size / cells;
        const double radius = cv::norm(cell) / 2;
        Box kept{box.high, box.low};
        for (int i = 0; i < cells * cells * cells; ++i) {
            const cv::Vec3d corner(i % cells * cell[0], i / cells % cells * cell[1], i / cells / cells * cell[2]);
            const cv::Vec3d low = box.low + corner;
            if (side(low + cell / 2, radius) == Side::outside) continue;
            for (int axis = 0; axis < 3; ++axis) {
                kept.low[axis] = std::min(kept.low[axis], low[axis]);
                kept.high[axis] = std::max(kept.high[axis], low[axis] + cell[axis]);
            }
        }
        if (kept.low[0] >= kept.high[0]) return false;
        box = kept;
    }
    return true;
}

cvs::Grid cvs::Hull::sampled(const Box &box, double step, CVSCancel cancel) const {
    Grid grid;
    grid.step = step;
    grid.origin = box.low - cv::Vec3d(step, step, step) * 1.5;
    // The ground halfway between two layers of nodes, where the surface meets it exactly.
    if (grounded && box.low[1] < step) grid.origin[1] = -1.5 * step;
    const cv::Vec3d size = box.high - grid.origin + cv::Vec3d(step, step, step) * 1.5;
    grid.nx = int(std::ceil(size[0] / step)) + 1;
    grid.ny = int(std::ceil(size[1] / step)) + 1;
    grid.nz = int(std::ceil(size[2] / step)) + 1;
    grid.values.assign(size_t(grid.nx) * size_t(grid.ny) * size_t(grid.nz), 0);
    constexpr int block = 8;
    const float far = float(step * block);
    const double radius = step * (block - 1) * std::sqrt(3.0) / 2;
    for (int z = 0; z < grid.nz; z += block) {
        stopIfCancelled(cancel);
        for (int y = 0; y < grid.ny; y += block) {
            for (int x = 0; x < grid.nx; x += block) {
                const cv::Vec3d centre = grid.place(x, y, z) + cv::Vec3d(1, 1, 1) * (step * (block - 1) / 2);
                // A ball one step larger: the nodes around it count on the sign of its own.
                const Side where = side(centre, radius + step);
                for (int k = z; k < std::min(z + block, grid.nz); ++k)
                    for (int j = y; j < std::min(y + block, grid.ny); ++j)
                        for (int i = x; i < std::min(x + block, grid.nx); ++i)
                            if (where == Side::both) {
                                const double depth = this->depth(grid.place(i, j, k));
                                grid.at(i, j, k) =
                                    float(std::isnan(depth) ? -far : std::clamp(depth, -4.0 * far, 4.0 * far));
                            } else {
                                grid.at(i, j, k) = where == Side::inside ? far : -far;
                            }
            }
        }
    }
    return grid;
}
