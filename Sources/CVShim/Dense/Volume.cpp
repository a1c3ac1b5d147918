#include "Volume.hpp"

#include <algorithm>
#include <cmath>

namespace {

// Steps of the grid to which distances are known.
constexpr double reachSteps = 3;
// What seeing through a place says, against seeing a surface there.
constexpr float seenThrough = 0.12f;

/// Between which values all but a share of the points lie along an axis.
std::pair<double, double> span(const std::vector<CVSDensePoint> &points, int axis, double share) {
    std::vector<float> values;
    values.reserve(points.size());
    for (const CVSDensePoint &point : points) values.push_back(point.place[axis]);
    const size_t skipped = size_t(share * double(values.size()));
    std::nth_element(values.begin(), values.begin() + long(skipped), values.end());
    const double low = double(values[skipped]);
    std::nth_element(values.begin(), values.end() - 1 - long(skipped), values.end());
    return {low, double(values[values.size() - 1 - skipped])};
}

/// The size of a pixel at the surface, in the middle of all.
double pixelSize(const std::vector<cvs::DepthView> &views) {
    std::vector<float> sizes;
    for (const cvs::DepthView &view : views) {
        if (view.planes.empty()) continue;
        for (int y = 0; y < view.confidence.rows; y += 4)
            for (int x = 0; x < view.confidence.cols; x += 4)
                if (view.confidence.at<float>(y, x) > 0)
                    sizes.push_back(1 / (view.planes.at<cvs::Plane>(y, x).dot(cvs::rayOf(view.camera, x, y)) *
                                         float(view.camera.focal)));
    }
    if (sizes.empty()) return 0;
    std::nth_element(sizes.begin(), sizes.begin() + long(sizes.size() / 2), sizes.end());
    return double(sizes[sizes.size() / 2]);
}

class Observer {
public:
    Observer(const cvs::DepthView &view, cvs::Volume &volume)
        : view(view),
          volume(volume),
          reach(float(volume.reach)),
          focal(float(view.camera.focal)),
          middleX(float(view.camera.principal[0])),
          middleY(float(view.camera.principal[1])) {}

    void look(size_t node, const cv::Vec3f &place) {
        if (!(place[2] > 0)) return;
        const float x = middleX + focal * place[0] / place[2], y = middleY + focal * place[1] / place[2];
        if (!(x >= 0 && y >= 0 && x < float(view.confidence.cols - 1) && y < float(view.confidence.rows - 1))) return;
        const int column = int(x + 0.5f), row = int(y + 0.5f);
        const float confidence = view.confidence.at<float>(row, column);
        if (confidence <= 0) return;
        const cvs::Plane &plane = view.planes.at<cvs::Plane>(row, column);
        const cv::Vec3f ray((float(column) - middleX) / focal, (float(row) - middleY) / focal, 1);
        const float behind = place[2] - 1 / plane.dot(ray);
        const float distance = (plane.dot(place) - 1) / std::sqrt(plane.dot(plane));
        if (behind > 4 * reach || distance > reach) return;
        const bool isSurface = distance > -reach && behind > -4 * reach;
        const float weight = isSurface ? confidence : seenThrough * confidence;
        volume.distances.values[node] += weight * (isSurface ? distance : -reach);
        volume.weights[node] += weight;
        if (isSurface) volume.support[node] += weight;
    }

private:
    const cvs::DepthView &view;
    cvs::Volume &volume;
    float reach, focal, middleX, middleY;
};

void observe(const cvs::DepthView &view, cvs::Volume &volume, CVSCancel cancel) {
    const cvs::Grid &grid = volume.distances;
    Observer observer(view, volume);
    const double *r = view.camera.rotation;
    const cv::Vec3f along(float(r[0] * grid.step), float(r[3] * grid.step), float(r[6] * grid.step));
    for (int z = 0; z < grid.nz; ++z) {
        cvs::stopIfCancelled(cancel);
        for (int y = 0; y < grid.ny; ++y) {
            const cv::Vec3d first = cvs::directionTo(view.camera, grid.place(0, y, z));
            const cv::Vec3f start{float(first[0]), float(first[1]), float(first[2])};
            const size_t node = grid.index(0, y, z);
            for (int x = 0; x < grid.nx; ++x) observer.look(node + size_t(x), start + along * float(x));
        }
    }
}

}  // namespace

cvs::Volume cvs::observed(const std::vector<DepthView> &views, const std::vector<CVSDensePoint> &points, size_t nodes,
                          CVSCancel cancel) {
    Volume volume;
    if (points.size() < 100) return volume;
    cv::Vec3d low, high;
    double room = 1;
    for (int axis = 0; axis < 3; ++axis) std::tie(low[axis], high[axis]) = span(points, axis, 0.005);
    const double longest = std::max({high[0] - low[0], high[1] - low[1], high[2] - low[2]});
    if (!(longest > 0)) return volume;
    for (int axis = 0; axis < 3; ++axis) {
        low[axis] -= 0.03 * longest;
        high[axis] += 0.03 * longest;
        room *= high[axis] - low[axis];
    }
    Grid &grid = volume.distances;
    grid.step = std::max(std::cbrt(room / double(nodes)), pixelSize(views));
    grid.origin = low;
    grid.nx = int((high[0] - low[0]) / grid.step) + 2;
    grid.ny = int((high[1] - low[1]) / grid.step) + 2;
    grid.nz = int((high[2] - low[2]) / grid.step) + 2;
    const size_t count = size_t(grid.nx) * size_t(grid.ny) * size_t(grid.nz);
    volume.reach = reachSteps * grid.step;
    grid.values.assign(count, 0);
    volume.weights.assign(count, 0);
    volume.support.assign(count, 0);
    for (const DepthView &view : views)
        if (!view.planes.empty()) observe(view, volume, cancel);
    for (size_t i = 0; i < count; ++i)
        if (volume.weights[i] > 0) grid.values[i] /= volume.weights[i];
    return volume;
}
