#include "Simplify.hpp"

#include <meshoptimizer.h>

#include <algorithm>
#include <iterator>
#include <limits>

namespace {

std::vector<cvs::Triangle> collapsed(const CVSMesh &mesh, const std::vector<cvs::Triangle> &triangles, size_t count) {
    if (triangles.size() <= count) return triangles;
    std::vector<cvs::Triangle> kept(triangles.size());
    const size_t indices =
        meshopt_simplify(kept.data()->data(), triangles.data()->data(), triangles.size() * 3, mesh.vertices.data()->val,
                         mesh.vertices.size(), sizeof(cv::Vec3f), count * 3, std::numeric_limits<float>::max(),
                         meshopt_SimplifyLockBorder, nullptr);
    kept.resize(indices / 3);
    return kept;
}

/// The sides that do not belong to exactly two triangles, running through them in opposite directions: where each
/// begins and ends, in rising order.
std::vector<uint64_t> openSides(const std::vector<cvs::Triangle> &triangles) {
    std::vector<uint64_t> sides, open;
    sides.reserve(triangles.size() * 3);
    for (const cvs::Triangle &triangle : triangles)
        for (size_t i = 0; i < 3; ++i) sides.push_back(uint64_t(triangle[i]) << 32 | triangle[(i + 1) % 3]);
    std::sort(sides.begin(), sides.end());
    for (size_t i = 0; i < sides.size(); ++i) {
        const bool isDouble = (i > 0 && sides[i - 1] == sides[i]) || (i + 1 < sides.size() && sides[i + 1] == sides[i]);
        const uint64_t back = sides[i] << 32 | sides[i] >> 32;
        if (isDouble || !std::binary_search(sides.begin(), sides.end(), back)) open.push_back(sides[i]);
    }
    return open;
}

/// Adds to the marked vertices their neighbours.
void grow(const std::vector<cvs::Triangle> &triangles, std::vector<uint8_t> &marked) {
    std::vector<uint8_t> grown(marked);
    for (const cvs::Triangle &triangle : triangles)
        if (marked[triangle[0]] || marked[triangle[1]] || marked[triangle[2]])
            for (const uint32_t vertex : triangle) grown[vertex] = 1;
    marked = std::move(grown);
}

CVSMesh reduced(const CVSMesh &mesh, size_t triangles, CVSCancel cancel) {
    // The library may collapse a thin place so that more than two triangles meet at a side. Where it did, the triangles
    // round about are set aside, with their borders locked, and put back as they were.
    std::vector<uint8_t> fixed(mesh.vertices.size(), 0);
    // The border of an open surface is locked, so that it stays side by side.
    const std::vector<uint64_t> border = openSides(mesh.triangles);
    CVSMesh result = mesh;
    for (int attempt = 0; attempt < 40; ++attempt) {
        cvs::stopIfCancelled(cancel);
        std::vector<cvs::Triangle> aside, rest;
        for (const cvs::Triangle &triangle : mesh.triangles) {
            const bool isFixed = fixed[triangle[0]] || fixed[triangle[1]] || fixed[triangle[2]];
            (isFixed ? aside : rest).push_back(triangle);
        }
        result.triangles = collapsed(mesh, rest, triangles > aside.size() ? triangles - aside.size() : 0);
        result.triangles.insert(result.triangles.end(), aside.begin(), aside.end());
        const std::vector<uint64_t> open = openSides(result.triangles);
        std::vector<uint64_t> faults;
        std::set_difference(open.begin(), open.end(), border.begin(), border.end(), std::back_inserter(faults));
        if (faults.empty()) return cvs::compacted(result);
        for (const uint64_t side : faults) fixed[side >> 32] = fixed[uint32_t(side)] = 1;
        grow(mesh.triangles, fixed);
    }
    return mesh;
}

}  // namespace

CVSMesh cvs::simplified(const CVSMesh &mesh, size_t triangles, CVSCancel cancel) {
    CVSMesh result = reduced(mesh, triangles, cancel);
    // Triangles that were set aside are as small as they were: where they are too many, they are taken up once more.
    for (int time = 0; time < 4 && result.triangles.size() > triangles; ++time) {
        CVSMesh next = reduced(result, triangles, cancel);
        if (next.triangles.size() >= result.triangles.size()) break;
        result = std::move(next);
    }
    return result;
}

std::vector<uint32_t> cvs::verticesOfOpenSides(const std::vector<Triangle> &triangles) {
    std::vector<uint32_t> open;
    for (const uint64_t side : openSides(triangles)) {
        open.push_back(uint32_t(side >> 32));
        open.push_back(uint32_t(side));
    }
    std::sort(open.begin(), open.end());
    open.erase(std::unique(open.begin(), open.end()), open.end());
    return open;
}

size_t cvs::pinchedVertices(const CVSMesh &mesh) {
    // Each triangle leads, round a vertex, from its next corner to its last one; a ring comes back to where it began
    // after as many steps as the vertex has triangles.
    std::vector<std::vector<std::pair<uint32_t, uint32_t>>> round(mesh.vertices.size());
    for (const Triangle &triangle : mesh.triangles)
        for (size_t i = 0; i < 3; ++i) round[triangle[i]].push_back({triangle[(i + 1) % 3], triangle[(i + 2) % 3]});
    size_t pinched = 0;
    for (auto &steps : round) {
        if (steps.empty()) continue;
        std::sort(steps.begin(), steps.end());
        uint32_t at = steps[0].first;
        size_t taken = 0;
        do {
            const auto step = std::lower_bound(steps.begin(), steps.end(), std::make_pair(at, 0u));
            if (step == steps.end() || step->first != at) break;
            at = step->second;
        } while (++taken < steps.size() && at != steps[0].first);
        pinched += taken != steps.size() || at != steps[0].first;
    }
    return pinched;
}
