#include <algorithm>
#include <numeric>

#include "Mesh.hpp"

namespace {

cv::Vec3d doubled(const cv::Vec3f &v) { return {double(v[0]), double(v[1]), double(v[2])}; }

uint32_t rootOf(std::vector<uint32_t> &parents, uint32_t vertex) {
    while (parents[vertex] != vertex) vertex = parents[vertex] = parents[parents[vertex]];
    return vertex;
}

}  // namespace

std::vector<cv::Vec3f> cvs::vertexNormals(const CVSMesh &mesh) {
    std::vector<cv::Vec3d> sums(mesh.vertices.size(), cv::Vec3d(0, 0, 0));
    for (const Triangle &triangle : mesh.triangles) {
        const cv::Vec3d corners[3] = {doubled(mesh.vertices[triangle[0]]), doubled(mesh.vertices[triangle[1]]),
                                      doubled(mesh.vertices[triangle[2]])};
        const cv::Vec3d across = (corners[1] - corners[0]).cross(corners[2] - corners[0]);
        const double area = cv::norm(across);
        if (!(area > 0)) continue;
        for (size_t i = 0; i < 3; ++i) {
            const cv::Vec3d a = corners[(i + 1) % 3] - corners[i], b = corners[(i + 2) % 3] - corners[i];
            sums[triangle[i]] += across / area * std::atan2(cv::norm(a.cross(b)), a.dot(b));
        }
    }
    std::vector<cv::Vec3f> normals;
    normals.reserve(sums.size());
    for (const cv::Vec3d &sum : sums) {
        const double length = cv::norm(sum);
        const cv::Vec3d unit = length > 1e-12 ? sum / length : cv::Vec3d(0, 1, 0);
        normals.emplace_back(float(unit[0]), float(unit[1]), float(unit[2]));
    }
    return normals;
}

cvs::Neighbours cvs::neighboursOf(const CVSMesh &mesh) {
    std::vector<uint64_t> pairs;
    pairs.reserve(mesh.triangles.size() * 6);
    for (const Triangle &triangle : mesh.triangles) {
        for (size_t i = 0; i < 3; ++i) {
            const uint64_t a = triangle[i], b = triangle[(i + 1) % 3];
            pairs.push_back(a << 32 | b);
            pairs.push_back(b << 32 | a);
        }
    }
    std::sort(pairs.begin(), pairs.end());
    pairs.erase(std::unique(pairs.begin(), pairs.end()), pairs.end());
    Neighbours neighbours;
    neighbours.begin.assign(mesh.vertices.size() + 1, 0);
    for (const uint64_t pair : pairs) {
        ++neighbours.begin[(pair >> 32) + 1];
        neighbours.of.push_back(uint32_t(pair));
    }
    std::partial_sum(neighbours.begin.begin(), neighbours.begin.end(), neighbours.begin.begin());
    return neighbours;
}

CVSMesh cvs::compacted(const CVSMesh &mesh) {
    std::vector<uint32_t> number(mesh.vertices.size(), 0);
    for (const Triangle &triangle : mesh.triangles)
        for (const uint32_t vertex : triangle) number[vertex] = 1;
    CVSMesh kept;
    for (size_t i = 0; i < number.size(); ++i) {
        if (!number[i]) continue;
        number[i] = uint32_t(kept.vertices.size());
        kept.vertices.push_back(mesh.vertices[i]);
        if (!mesh.normals.empty()) kept.normals.push_back(mesh.normals[i]);
    }
    for (const Triangle &triangle : mesh.triangles)
        kept.triangles.push_back({number[triangle[0]], number[triangle[1]], number[triangle[2]]});
    return kept;
}

CVSMesh cvs::largestPart(const CVSMesh &mesh) {
    std::vector<uint32_t> parents(mesh.vertices.size());
    std::iota(parents.begin(), parents.end(), 0u);
    for (const Triangle &triangle : mesh.triangles)
        for (const uint32_t vertex : triangle) {
            const uint32_t a = rootOf(parents, triangle[0]), b = rootOf(parents, vertex);
            if (a != b) parents[std::max(a, b)] = std::min(a, b);
        }
    std::vector<double> areas(mesh.vertices.size(), 0);
    for (const Triangle &triangle : mesh.triangles) {
        const cv::Vec3d a = doubled(mesh.vertices[triangle[0]]);
        const cv::Vec3d across =
            (doubled(mesh.vertices[triangle[1]]) - a).cross(doubled(mesh.vertices[triangle[2]]) - a);
        areas[rootOf(parents, triangle[0])] += cv::norm(across);
    }
    if (areas.empty()) return {};
    const uint32_t largest = uint32_t(std::max_element(areas.begin(), areas.end()) - areas.begin());
    CVSMesh part{mesh.vertices, mesh.normals, {}};
    for (const Triangle &triangle : mesh.triangles)
        if (rootOf(parents, triangle[0]) == largest) part.triangles.push_back(triangle);
    return compacted(part);
}
