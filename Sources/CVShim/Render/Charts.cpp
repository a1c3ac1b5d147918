#include "Charts.hpp"

#include <algorithm>
#include <queue>
#include <unordered_map>

#include "../Mesh/Raster.hpp"

namespace {

cv::Vec3d normalOf(const CVSMesh &mesh, size_t triangle) {
    const cvs::Triangle &t = mesh.triangles[triangle];
    const cv::Vec3d a = mesh.vertices[t[0]];
    const cv::Vec3d across = (cv::Vec3d(mesh.vertices[t[1]]) - a).cross(cv::Vec3d(mesh.vertices[t[2]]) - a);
    const double length = cv::norm(across);
    return length > 0 ? across / length : cv::Vec3d(0, 0, 0);
}

double facing(const cv::Vec3d &normal, int side) { return (side % 2 ? -1 : 1) * normal[side / 2]; }

/// The three triangles beside each, -1 for none.
std::vector<std::array<int, 3>> besideEach(const CVSMesh &mesh) {
    std::vector<std::pair<uint64_t, uint32_t>> sides;
    for (size_t t = 0; t < mesh.triangles.size(); ++t)
        for (size_t i = 0; i < 3; ++i) {
            const uint64_t a = mesh.triangles[t][i], b = mesh.triangles[t][(i + 1) % 3];
            sides.push_back({std::min(a, b) << 32 | std::max(a, b), uint32_t(3 * t + i)});
        }
    std::sort(sides.begin(), sides.end());
    std::vector<std::array<int, 3>> beside(mesh.triangles.size(), {-1, -1, -1});
    for (size_t i = 0; i + 1 < sides.size(); ++i) {
        if (sides[i].first != sides[i + 1].first) continue;
        const uint32_t a = sides[i].second, b = sides[i + 1].second;
        beside[a / 3][a % 3] = int(b / 3);
        beside[b / 3][b % 3] = int(a / 3);
    }
    return beside;
}

/// The side that each triangle is seen from: the one it faces most, evened out where a neighbour's does nearly as well.
std::vector<int> sidesOf(const CVSMesh &mesh, const std::vector<std::array<int, 3>> &beside) {
    constexpr double least = 0.25, neighbourly = 0.22;
    std::vector<cv::Vec3d> normals;
    for (size_t t = 0; t < mesh.triangles.size(); ++t) normals.push_back(normalOf(mesh, t));
    std::vector<int> sides(normals.size());
    for (int pass = 0; pass < 12; ++pass) {
        const std::vector<int> before = sides;
        for (size_t t = 0; t < sides.size(); ++t) {
            double best = -1;
            for (int side = 0; side < 6; ++side) {
                double score = facing(normals[t], side);
                if (pass > 0 && score > least)
                    for (const int other : beside[t])
                        if (other >= 0 && before[size_t(other)] == side) score += neighbourly;
                if (score > best) {
                    best = score;
                    sides[t] = side;
                }
            }
        }
    }
    return sides;
}

/// The places of a chart that are taken, at a coarse scale: which triangle covers which.
class Cover {
public:
    explicit Cover(const CVSMesh &mesh, double step) : mesh(mesh), step(step) {}

    /// Whether a triangle lies on another that is already there; when not, it is put there.
    bool take(uint32_t triangle, int side, int layer) {
        cv::Vec2d corners[3], low(1e9, 1e9);
        for (size_t i = 0; i < 3; ++i) {
            corners[i] = cvs::flattened(mesh.vertices[mesh.triangles[triangle][i]], side) / step;
            for (int k = 0; k < 2; ++k) low[k] = std::min(low[k], std::floor(corners[i][k]));
        }
        const cv::Vec2d middle = (corners[0] + corners[1] + corners[2]) / 3;
        for (cv::Vec2d &corner : corners) corner = middle + (corner - middle) * 0.98 - low;
        std::vector<uint64_t> cells;
        cvs::fillTriangle(corners, 4096, 4096, [&](int x, int y, const cv::Vec3d &) {
            const uint64_t column = uint64_t(int64_t(low[0]) + x + 100000),
                           row = uint64_t(int64_t(low[1]) + y + 100000);
            cells.push_back(uint64_t(layer) << 40 | row << 20 | column);
        });
        for (const uint64_t cell : cells)
            if (taken.count(cell)) return false;
        for (const uint64_t cell : cells) taken[cell] = triangle;
        return true;
    }

private:
    const CVSMesh &mesh;
    double step;
    std::unordered_map<uint64_t, uint32_t> taken;
};

}  // namespace

cv::Vec2d cvs::flattened(const cv::Vec3f &p, int side) {
    const double x = double(p[0]), y = double(p[1]), z = double(p[2]);
    switch (side) {
        case 0:
            return {-z, -y};
        case 1:
            return {z, -y};
        case 2:
            return {z, x};
        case 3:
            return {z, -x};
        case 4:
            return {x, -y};
        default:
            return {-x, -y};
    }
}

std::vector<cvs::Chart> cvs::chartsOf(const CVSMesh &mesh, CVSCancel cancel) {
    const std::vector<std::array<int, 3>> beside = besideEach(mesh);
    const std::vector<int> sides = sidesOf(mesh, beside);
    cv::Vec3f low = mesh.vertices.at(0), high = low;
    for (const cv::Vec3f &vertex : mesh.vertices)
        for (int k = 0; k < 3; ++k) {
            low[k] = std::min(low[k], vertex[k]);
            high[k] = std::max(high[k], vertex[k]);
        }
    Cover cover(mesh, cv::norm(high - low) / 1500);
    std::vector<Chart> charts;
    std::vector<uint8_t> isDone(mesh.triangles.size(), 0);
    for (size_t start = 0; start < isDone.size(); ++start) {
        if (isDone[start]) continue;
        stopIfCancelled(cancel);
        Chart chart{sides[start], {}};
        std::queue<uint32_t> open;
        std::vector<uint32_t> tried{uint32_t(start)};
        open.push(uint32_t(start));
        isDone[start] = 1;
        while (!open.empty()) {
            const uint32_t triangle = open.front();
            open.pop();
            if (!cover.take(triangle, chart.side, int(charts.size()))) {
                if (!chart.triangles.empty()) {
                    // It lies on another: a chart of its own begins here later.
                    isDone[triangle] = 2;
                    continue;
                }
            }
            chart.triangles.push_back(triangle);
            for (const int other : beside[triangle]) {
                if (other < 0 || isDone[size_t(other)] || sides[size_t(other)] != chart.side) continue;
                isDone[size_t(other)] = 1;
                tried.push_back(uint32_t(other));
                open.push(uint32_t(other));
            }
        }
        for (const uint32_t triangle : tried)
            if (isDone[triangle] == 2) isDone[triangle] = 0;
        charts.push_back(std::move(chart));
    }
    return charts;
}
