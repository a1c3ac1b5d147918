#include "Atlas.hpp"

#include <algorithm>
#include <unordered_map>

#include "Charts.hpp"
#include "Packing.hpp"

namespace {

constexpr int padding = 6, down = 3;
constexpr double coarseDown = 0.25;

struct Extent {
    cv::Vec2d low, high;
    double scale;
};

std::vector<Extent> extentsOf(const CVSMesh &mesh, const std::vector<cvs::Chart> &charts) {
    std::vector<Extent> extents;
    for (const cvs::Chart &chart : charts) {
        Extent extent{{1e9, 1e9}, {-1e9, -1e9}, chart.side == down ? coarseDown : 1};
        for (const uint32_t triangle : chart.triangles)
            for (const uint32_t vertex : mesh.triangles[triangle]) {
                const cv::Vec2d place = cvs::flattened(mesh.vertices[vertex], chart.side);
                for (int k = 0; k < 2; ++k) {
                    extent.low[k] = std::min(extent.low[k], place[k]);
                    extent.high[k] = std::max(extent.high[k], place[k]);
                }
            }
        extents.push_back(extent);
    }
    return extents;
}

std::vector<cvs::Rectangle> rectanglesOf(const std::vector<Extent> &extents, double density) {
    std::vector<cvs::Rectangle> rectangles;
    for (const Extent &extent : extents) {
        const cv::Vec2d size = (extent.high - extent.low) * density * extent.scale;
        rectangles.push_back({int(std::ceil(size[0])) + 2 * padding + 1, int(std::ceil(size[1])) + 2 * padding + 1});
    }
    return rectangles;
}

}  // namespace

cvs::Atlas cvs::unfolded(const CVSMesh &mesh, int size, double finest, CVSCancel cancel) {
    const std::vector<Chart> charts = chartsOf(mesh, cancel);
    const std::vector<Extent> extents = extentsOf(mesh, charts);
    double low = 0, high = finest;
    std::vector<Rectangle> rectangles = rectanglesOf(extents, high);
    if (!packed(rectangles, size)) {
        for (int step = 0; step < 14; ++step) {
            stopIfCancelled(cancel);
            const double density = (low + high) / 2;
            rectangles = rectanglesOf(extents, density);
            (packed(rectangles, size) ? low : high) = density;
        }
        rectangles = rectanglesOf(extents, low);
        if (!(low > 0) || !packed(rectangles, size))
            throw Error{CVSStatusBadArgument, "the surface is in too many pieces for its texture"};
        high = low;
    }
    Atlas atlas;
    atlas.size = size;
    atlas.density = high;
    atlas.triangles.resize(mesh.triangles.size());
    for (size_t i = 0; i < charts.size(); ++i) {
        std::unordered_map<uint32_t, uint32_t> corners;
        const double scale = high * extents[i].scale;
        for (const uint32_t triangle : charts[i].triangles)
            for (size_t k = 0; k < 3; ++k) {
                const uint32_t vertex = mesh.triangles[triangle][k];
                const auto [found, isNew] = corners.try_emplace(vertex, uint32_t(atlas.corners.size()));
                if (isNew) {
                    const cv::Vec2d at = (flattened(mesh.vertices[vertex], charts[i].side) - extents[i].low) * scale;
                    atlas.corners.push_back(
                        {vertex, {float(at[0] + rectangles[i].x + padding), float(at[1] + rectangles[i].y + padding)}});
                }
                atlas.triangles[triangle][k] = found->second;
            }
    }
    return atlas;
}
