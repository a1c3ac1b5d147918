#include "Surface.hpp"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace {

// Weight of the views at a place from which the surface counts as seen.
constexpr float leastSupport = 0.6f;
// Holes up to this share of the surface are closed; parts from this share of the largest on are kept.
constexpr double largestHole = 0.004, smallestPart = 0.04;
constexpr int borderRounds = 12;
// How far the vertices of two fans are drawn towards their middles.
constexpr float apart = 0.1f;

double areaOf(const CVSMesh &mesh, const cvs::Triangle &triangle) {
    const cv::Vec3f a = mesh.vertices[triangle[0]], b = mesh.vertices[triangle[1]] - a,
                    c = mesh.vertices[triangle[2]] - a;
    return std::sqrt(double(b.cross(c).dot(b.cross(c)))) / 2;
}

/// Numbers for things that hang together.
class Groups {
public:
    explicit Groups(size_t count) : parents(count) { std::iota(parents.begin(), parents.end(), 0u); }
    uint32_t root(uint32_t i) {
        while (parents[i] != i) i = parents[i] = parents[parents[i]];
        return i;
    }
    void join(uint32_t a, uint32_t b) {
        a = root(a);
        b = root(b);
        if (a != b) parents[std::max(a, b)] = std::min(a, b);
    }

private:
    std::vector<uint32_t> parents;
};

std::vector<uint8_t> seenVertices(const CVSMesh &mesh, const cvs::Volume &volume) {
    const cvs::Grid &grid = volume.distances;
    std::vector<uint8_t> seen;
    for (const cv::Vec3f &vertex : mesh.vertices) {
        int at[3];
        const int sizes[3] = {grid.nx, grid.ny, grid.nz};
        for (int i = 0; i < 3; ++i)
            at[i] = std::clamp(int(std::lround((double(vertex[i]) - grid.origin[i]) / grid.step)), 0, sizes[i] - 1);
        seen.push_back(volume.support[grid.index(at[0], at[1], at[2])] >= leastSupport);
    }
    return seen;
}

/// Takes away what nobody saw, but for small holes all round which something was seen.
void trim(CVSMesh &mesh, const std::vector<uint8_t> &seen) {
    const auto isSeen = [&](const cvs::Triangle &t) { return seen[t[0]] && seen[t[1]] && seen[t[2]]; };
    Groups groups(mesh.vertices.size());
    double all = 0;
    for (const cvs::Triangle &t : mesh.triangles) {
        if (isSeen(t)) {
            all += areaOf(mesh, t);
            continue;
        }
        // A hole hangs together by vertices that nobody saw.
        uint32_t first = UINT32_MAX;
        for (const uint32_t vertex : t) {
            if (seen[vertex]) continue;
            if (first == UINT32_MAX) first = vertex;
            groups.join(first, vertex);
        }
    }
    std::vector<double> areas(mesh.vertices.size(), 0);
    const auto holeOf = [&](const cvs::Triangle &t) {
        return groups.root(!seen[t[0]] ? t[0] : !seen[t[1]] ? t[1] : t[2]);
    };
    for (const cvs::Triangle &t : mesh.triangles)
        if (!isSeen(t)) areas[holeOf(t)] += areaOf(mesh, t);
    mesh.triangles.erase(
        std::remove_if(mesh.triangles.begin(), mesh.triangles.end(),
                       [&](const cvs::Triangle &t) { return !isSeen(t) && areas[holeOf(t)] > largestHole * all; }),
        mesh.triangles.end());
}

/// Takes away the parts that are small beside the largest.
void dropSmallParts(CVSMesh &mesh) {
    Groups groups(mesh.vertices.size());
    for (const cvs::Triangle &t : mesh.triangles) {
        groups.join(t[0], t[1]);
        groups.join(t[0], t[2]);
    }
    std::vector<double> areas(mesh.vertices.size(), 0);
    for (const cvs::Triangle &t : mesh.triangles) areas[groups.root(t[0])] += areaOf(mesh, t);
    const double largest = areas.empty() ? 0 : *std::max_element(areas.begin(), areas.end());
    mesh.triangles.erase(
        std::remove_if(mesh.triangles.begin(), mesh.triangles.end(),
                       [&](const cvs::Triangle &t) { return areas[groups.root(t[0])] < smallestPart * largest; }),
        mesh.triangles.end());
}

/// Gives each fan of triangles at a vertex a vertex of its own, a little apart, so that no two surfaces touch in a
/// point.
void partFans(CVSMesh &mesh) {
    // Triangles at a vertex are of one fan when they share a side that ends there.
    std::vector<std::vector<uint32_t>> round(mesh.vertices.size());
    for (uint32_t t = 0; t < mesh.triangles.size(); ++t)
        for (const uint32_t vertex : mesh.triangles[t]) round[vertex].push_back(t);
    const size_t count = round.size();
    for (uint32_t vertex = 0; vertex < count; ++vertex) {
        const std::vector<uint32_t> &around = round[vertex];
        Groups fans(around.size());
        for (uint32_t i = 0; i < around.size(); ++i)
            for (uint32_t j = 0; j < i; ++j) {
                int shared = 0;
                for (const uint32_t a : mesh.triangles[around[i]])
                    for (const uint32_t b : mesh.triangles[around[j]]) shared += a == b;
                if (shared > 1) fans.join(i, j);
            }
        const cv::Vec3f place = mesh.vertices[vertex];
        for (uint32_t fan = 0; fan < around.size(); ++fan) {
            if (fans.root(fan) != fan) continue;
            if (fan > 0) mesh.vertices.push_back(place);
            const uint32_t own = fan > 0 ? uint32_t(mesh.vertices.size() - 1) : vertex;
            bool isOnly = true;
            cv::Vec3f middle(0, 0, 0);
            float corners = 0;
            for (uint32_t i = 0; i < around.size(); ++i) {
                isOnly = isOnly && fans.root(i) == fan;
                if (fans.root(i) != fan) continue;
                for (uint32_t &corner : mesh.triangles[around[i]]) {
                    if (corner == vertex) corner = own;
                    middle += corner == own ? place : mesh.vertices[corner];
                    corners += 1;
                }
            }
            if (!isOnly) mesh.vertices[own] = place + (middle * (1 / corners) - place) * apart;
        }
    }
}

/// Evens out the border, which runs along cubes.
void smoothBorder(CVSMesh &mesh) {
    std::vector<uint64_t> sides;
    for (const cvs::Triangle &t : mesh.triangles)
        for (size_t i = 0; i < 3; ++i) sides.push_back(uint64_t(t[i]) << 32 | t[(i + 1) % 3]);
    std::sort(sides.begin(), sides.end());
    std::vector<std::array<uint32_t, 2>> next(mesh.vertices.size(), {UINT32_MAX, UINT32_MAX});
    for (const uint64_t side : sides) {
        if (std::binary_search(sides.begin(), sides.end(), side << 32 | side >> 32)) continue;
        const uint32_t from = uint32_t(side >> 32), to = uint32_t(side);
        next[from][0] = to;
        next[to][1] = from;
    }
    std::vector<cv::Vec3f> moved = mesh.vertices;
    for (int time = 0; time < borderRounds; ++time) {
        for (size_t v = 0; v < next.size(); ++v)
            if (next[v][0] != UINT32_MAX && next[v][1] != UINT32_MAX)
                moved[v] = mesh.vertices[v] * 0.5f + (mesh.vertices[next[v][0]] + mesh.vertices[next[v][1]]) * 0.25f;
        mesh.vertices = moved;
    }
}

}  // namespace

CVSMesh cvs::seenSurface(const Volume &volume, CVSCancel cancel) {
    if (volume.distances.values.empty()) return {};
    // What lies on the grid's border counts as outside, so that the contour is closed before it is trimmed.
    Grid grid = volume.distances;
    for (int z = 0; z < grid.nz; ++z)
        for (int y = 0; y < grid.ny; ++y)
            for (int x = 0; x < grid.nx; ++x)
                if (x == 0 || y == 0 || z == 0 || x + 1 == grid.nx || y + 1 == grid.ny || z + 1 == grid.nz)
                    grid.at(x, y, z) = float(-volume.reach);
    CVSMesh mesh = contoured(grid, cancel);
    stopIfCancelled(cancel);
    trim(mesh, seenVertices(mesh, volume));
    stopIfCancelled(cancel);
    partFans(mesh);
    dropSmallParts(mesh);
    mesh = compacted(mesh);
    stopIfCancelled(cancel);
    smoothBorder(mesh);
    stopIfCancelled(cancel);
    mesh.normals = vertexNormals(mesh);
    return mesh;
}
