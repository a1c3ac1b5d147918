#include <algorithm>

#include "Grid.hpp"

namespace {

// Corner c of a cube lies at (c & 1, c >> 1 & 1, c >> 2 & 1). Edge 4 a + k runs along axis a from the k-th corner whose
// bit a is 0.
int edgeBetween(int a, int b) {
    const int low = std::min(a, b), bit = a ^ b, axis = bit == 1 ? 0 : bit == 2 ? 1 : 2;
    const int others[3][2] = {{2, 4}, {1, 4}, {1, 2}};
    return 4 * axis + (low & others[axis][0] ? 1 : 0) + (low & others[axis][1] ? 2 : 0);
}

/// The corners of the six faces, going round the same way seen from outside.
constexpr int faces[6][4] = {{0, 4, 6, 2}, {1, 3, 7, 5}, {0, 1, 5, 4}, {2, 6, 7, 3}, {0, 2, 3, 1}, {4, 5, 7, 6}};

/// The polygons of one case: each a ring of edges, to be cut into a fan from its first, or from its middle.
struct Polygon {
    std::vector<int> edges;
    bool fromMiddle = false;
};

bool shareFace(int first, int second) {
    for (const auto &face : faces) {
        bool hasFirst = false, hasSecond = false;
        for (int i = 0; i < 4; ++i) {
            const int edge = edgeBetween(face[i], face[(i + 1) % 4]);
            hasFirst |= edge == first;
            hasSecond |= edge == second;
        }
        if (hasFirst && hasSecond) return true;
    }
    return false;
}

/// Turns the ring until no line of its fan lies in a face of the cube, where a neighbour could have the same line.
Polygon fanned(std::vector<int> ring) {
    const size_t count = ring.size();
    for (size_t turn = 0; turn < count; ++turn) {
        bool clear = true;
        for (size_t i = 2; i + 1 < count && clear; ++i) clear = !shareFace(ring[0], ring[i]);
        if (clear) return {std::move(ring), false};
        std::rotate(ring.begin(), ring.begin() + 1, ring.end());
    }
    return {std::move(ring), true};
}

std::vector<Polygon> polygonsOf(int inside) {
    int next[12];
    std::fill(next, next + 12, -1);
    for (const auto &face : faces) {
        for (int i = 0; i < 4; ++i) {
            const int before = face[(i + 3) % 4], corner = face[i];
            if (!(inside >> corner & 1) || (inside >> before & 1)) continue;
            int last = i;
            while (inside >> face[(last + 1) % 4] & 1) last = (last + 1) % 4;
            next[edgeBetween(before, corner)] = edgeBetween(face[last], face[(last + 1) % 4]);
        }
    }
    std::vector<Polygon> polygons;
    for (int edge = 0; edge < 12; ++edge) {
        std::vector<int> ring;
        for (int at = edge; next[at] >= 0;) {
            ring.push_back(at);
            const int following = next[at];
            next[at] = -1;
            at = following;
        }
        if (!ring.empty()) polygons.push_back(fanned(std::move(ring)));
    }
    return polygons;
}

const std::vector<std::vector<Polygon>> &cases() {
    static const std::vector<std::vector<Polygon>> made = [] {
        std::vector<std::vector<Polygon>> all;
        for (int inside = 0; inside < 256; ++inside) all.push_back(polygonsOf(inside));
        return all;
    }();
    return made;
}

class Marcher {
public:
    explicit Marcher(const cvs::Grid &grid) : grid(grid), crossing(grid.values.size() * 3, none) {}

    void cube(int x, int y, int z) {
        int inside = 0;
        for (int corner = 0; corner < 8; ++corner) inside |= int(value(x, y, z, corner) > 0) << corner;
        for (const Polygon &polygon : cases()[size_t(inside)]) {
            std::array<uint32_t, 12> ring{};
            cv::Vec3f middle(0, 0, 0);
            const size_t count = polygon.edges.size();
            for (size_t i = 0; i < count; ++i) {
                ring[i] = vertex(x, y, z, polygon.edges[i]);
                middle += mesh.vertices[ring[i]] / float(count);
            }
            if (polygon.fromMiddle) {
                const uint32_t centre = uint32_t(mesh.vertices.size());
                mesh.vertices.push_back(middle);
                for (size_t i = 0; i < count; ++i) mesh.triangles.push_back({centre, ring[i], ring[(i + 1) % count]});
            } else {
                for (size_t i = 1; i + 1 < count; ++i) mesh.triangles.push_back({ring[0], ring[i], ring[i + 1]});
            }
        }
    }

    CVSMesh mesh;

private:
    static constexpr uint32_t none = UINT32_MAX;
    const cvs::Grid &grid;
    std::vector<uint32_t> crossing;

    float value(int x, int y, int z, int corner) const {
        return grid.at(x + (corner & 1), y + (corner >> 1 & 1), z + (corner >> 2 & 1));
    }

    uint32_t vertex(int x, int y, int z, int edge) {
        const int axis = edge / 4, others[3][2] = {{2, 4}, {1, 4}, {1, 2}};
        const int corner = (edge & 1 ? others[axis][0] : 0) | (edge & 2 ? others[axis][1] : 0);
        x += corner & 1;
        y += corner >> 1 & 1;
        z += corner >> 2 & 1;
        uint32_t &known = crossing[grid.index(x, y, z) * 3 + size_t(axis)];
        if (known == none) {
            const int dx = axis == 0, dy = axis == 1, dz = axis == 2;
            const double a = double(grid.at(x, y, z)), b = double(grid.at(x + dx, y + dy, z + dz));
            // Kept off the nodes, so that no triangle shrinks to a line.
            const double share = std::clamp(a / (a - b), 0.05, 0.95);
            const cv::Vec3d place = grid.place(x, y, z) + grid.step * share * cv::Vec3d(dx, dy, dz);
            known = uint32_t(mesh.vertices.size());
            mesh.vertices.emplace_back(float(place[0]), float(place[1]), float(place[2]));
        }
        return known;
    }
};

}  // namespace

CVSMesh cvs::contoured(const Grid &grid, CVSCancel cancel) {
    Marcher marcher(grid);
    for (int z = 0; z + 1 < grid.nz; ++z) {
        stopIfCancelled(cancel);
        for (int y = 0; y + 1 < grid.ny; ++y)
            for (int x = 0; x + 1 < grid.nx; ++x) marcher.cube(x, y, z);
    }
    return std::move(marcher.mesh);
}
