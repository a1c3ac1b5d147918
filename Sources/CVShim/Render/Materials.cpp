#include "Materials.hpp"

#include <algorithm>
#include <array>
#include <cmath>

#include "CVSModel.h"
#include "Labelling.hpp"

namespace {

constexpr size_t kinds = 3;
// A border costs a metre of its length what so many square metres of the wrong material cost: what is narrower than
// twice that gives way.
constexpr double border = 0.02;
// How little an unseen part says, how much of a mirrored photo's vote counts.
constexpr double unseen = 0.2, mirroredVote = 0.5;
// Shares of the car's height: no pane lies below the first, no wheel above the second.
constexpr double lowestPane = 0.35, highestWheel = 0.6;
// Rims reach to this share of the tyre's radius.
constexpr double rim = 0.69;

double shareAt(const cv::Mat &mask, const cv::Vec2d &place, const CVSCamera &camera) {
    if (mask.empty()) return 0;
    const double x = std::clamp((place[0] + 0.5) * mask.cols / camera.width - 0.5, 0.0, double(mask.cols - 1));
    const double y = std::clamp((place[1] + 0.5) * mask.rows / camera.height - 0.5, 0.0, double(mask.rows - 1));
    const int left = int(x), top = int(y), right = std::min(left + 1, mask.cols - 1),
              below = std::min(top + 1, mask.rows - 1);
    const double a = x - left, b = y - top;
    const auto at = [&](int row, int column) { return double(mask.at<uint8_t>(row, column)); };
    return ((at(top, left) * (1 - a) + at(top, right) * a) * (1 - b) +
            (at(below, left) * (1 - a) + at(below, right) * a) * b) /
           255;
}

/// What is cast for one triangle: shares of glass and of wheel, and how many looked.
struct Votes {
    double glass = 0, wheel = 0, all = 0;
};

Votes votesFor(const cv::Vec3d &point, const cv::Vec3d &normal, const std::vector<cvs::Look> &looks,
               const std::vector<cvs::PartMasks> &masks) {
    Votes votes;
    for (size_t l = 0; l < looks.size(); ++l) {
        const cvs::PartMasks &mask = masks[l % masks.size()];
        if (mask.glass.empty() && mask.wheels.empty()) continue;
        cv::Vec2d place;
        const double weight = looks[l].quality(point, normal, place) * (looks[l].isMirrored ? mirroredVote : 1);
        if (weight <= 0) continue;
        votes.all += weight;
        votes.glass += weight * shareAt(mask.glass, place, looks[l].camera);
        votes.wheel += weight * shareAt(mask.wheels, place, looks[l].camera);
    }
    return votes;
}

/// What paint, glass and rubber cost a square metre.
std::array<double, kinds> costsOf(const Votes &votes, const cv::Vec3d &point, const cv::Vec3d &normal, double height) {
    if (votes.all <= 0) {
        // Beneath a car there is nothing that shines.
        const bool isBeneath = point[1] < 0.3 * height && (normal[1] < -0.3 || point[1] < 0.12 * height);
        return isBeneath ? std::array<double, kinds>{unseen, 1, 0} : std::array<double, kinds>{0, unseen, unseen};
    }
    const double glass = point[1] < lowestPane * height ? 0 : votes.glass / votes.all;
    const double wheel = point[1] > highestWheel * height ? 0 : votes.wheel / votes.all;
    return {glass + wheel, 1 - glass, 1 - wheel};
}

bool isRim(const cv::Vec3d &point, const cv::Vec3d &normal, const std::vector<cvs::WheelPlace> &wheels) {
    return std::any_of(wheels.begin(), wheels.end(), [&](const cvs::WheelPlace &wheel) {
        const double side = wheel.axle[0] > 0 ? 1 : -1;
        return side * normal[0] > 0.5 && side * point[0] > 0 &&
               std::hypot(point[1] - wheel.axle[1], point[2] - wheel.axle[2]) < rim * wheel.radius;
    });
}

}  // namespace

std::vector<int> cvs::materialsOf(const CVSMesh &mesh, const std::vector<Look> &looks,
                                  const std::vector<PartMasks> &masks, const std::vector<WheelPlace> &wheels,
                                  CVSCancel cancel) {
    std::vector<int> materials(mesh.triangles.size(), CVSMaterialPaint);
    if (std::all_of(masks.begin(), masks.end(),
                    [](const PartMasks &mask) { return mask.glass.empty() && mask.wheels.empty(); }))
        return materials;
    float height = 0;
    for (const cv::Vec3f &vertex : mesh.vertices) height = std::max(height, vertex[1]);
    std::vector<float> costs(mesh.triangles.size() * kinds);
    std::vector<std::pair<cv::Vec3d, cv::Vec3d>> places(mesh.triangles.size());
    for (size_t t = 0; t < mesh.triangles.size(); ++t) {
        if (t % 4096 == 0) stopIfCancelled(cancel);
        const Triangle &corners = mesh.triangles[t];
        const cv::Vec3d a = mesh.vertices[corners[0]], b = mesh.vertices[corners[1]], c = mesh.vertices[corners[2]];
        const cv::Vec3d across = (b - a).cross(c - a), point = (a + b + c) / 3;
        const double twice = cv::norm(across);
        const cv::Vec3d normal = twice > 0 ? across / twice : cv::Vec3d(0, 1, 0);
        places[t] = {point, normal};
        const auto own = costsOf(votesFor(point, normal, looks, masks), point, normal, double(height));
        for (size_t k = 0; k < kinds; ++k) costs[t * kinds + k] = float(own[k] * twice / 2);
    }
    materials = labelled(
        costs, kinds, seamsOf(mesh),
        [](const Seam &seam, int a, int b) { return a == b ? 0.0f : float(seam.length * border); }, cancel);
    for (size_t t = 0; t < materials.size(); ++t)
        if (materials[t] == CVSMaterialRubber && isRim(places[t].first, places[t].second, wheels))
            materials[t] = CVSMaterialRim;
    return materials;
}
