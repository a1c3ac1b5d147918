#include "Wheels.hpp"

#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>

#include "Camera.hpp"

namespace {

// Shares of the car's height: the radius of a tyre, and how high a middle lies.
constexpr double leastRadius = 0.13, greatestRadius = 0.34, lowestMiddle = 0.1, highestMiddle = 0.36;
// Shares of the car's length: how far an axle is from the middle, and how far axles are apart.
constexpr double leastAway = 0.15, greatestAway = 0.46, leastBase = 0.48, greatestBase = 0.74;
// A wheel is measured only where it is seen at most so much from the side: the cosine to its axle.
constexpr double leastCosine = 0.45;
// How well the hull tells where the faces are, in shares of the car's height.
constexpr double faceSpread = 0.04;

struct Size {
    double height, length, face;
};

Size sizeOf(const CVSMesh &mesh) {
    double top = 0, low = 1e9, high = -1e9;
    for (const cv::Vec3f &vertex : mesh.vertices) {
        top = std::max(top, double(vertex[1]));
        low = std::min(low, double(vertex[2]));
        high = std::max(high, double(vertex[2]));
    }
    std::vector<double> outs;
    for (const cv::Vec3f &vertex : mesh.vertices)
        if (vertex[1] > 0.1 * top && vertex[1] < 0.35 * top) outs.push_back(std::abs(double(vertex[0])));
    if (outs.empty()) return {top, high - low, 0};
    const auto place = outs.begin() + long(outs.size() * 9 / 10);
    std::nth_element(outs.begin(), place, outs.end());
    return {top, high - low, *place};
}

/// The pixels of one wheel in one photo, as rays in the frame of the car's own left side.
struct Patch {
    cv::Vec3d centre;
    std::vector<cv::Vec3d> rays;
    /// What a pixel is of the picture at depth 1, squared.
    double pixel = 0;
};

std::vector<Patch> patchesOf(const cvs::WheelView &view, CVSCancel cancel) {
    std::vector<Patch> patches;
    const CVSCamera camera = cvs::scaled(view.camera, view.wheels.cols, view.wheels.rows);
    const cv::Vec3d centre = cvs::centreOf(camera);
    const double side = centre[0] < 0 ? -1 : 1;
    cv::Mat labels, stats, middles;
    const int count = cv::connectedComponentsWithStats(view.wheels >= 128, labels, stats, middles, 8, CV_32S);
    for (int label = 1; label < count; ++label) {
        cvs::stopIfCancelled(cancel);
        const int *box = stats.ptr<int>(label);
        if (box[cv::CC_STAT_AREA] < 40) continue;
        Patch patch{{side * centre[0], centre[1], centre[2]}, {}, 1 / (camera.focal * camera.focal)};
        for (int y = box[cv::CC_STAT_TOP]; y < box[cv::CC_STAT_TOP] + box[cv::CC_STAT_HEIGHT]; ++y)
            for (int x = box[cv::CC_STAT_LEFT]; x < box[cv::CC_STAT_LEFT] + box[cv::CC_STAT_WIDTH]; ++x) {
                if (labels.at<int>(y, x) != label) continue;
                const cv::Vec3d ray = cvs::turnedBack(
                    camera, {(x - camera.principal[0]) / camera.focal, (y - camera.principal[1]) / camera.focal, 1});
                patch.rays.push_back({side * ray[0], ray[1], ray[2]});
            }
        patches.push_back(std::move(patch));
    }
    return patches;
}

/// A patch as a disc in the plane x = face.
struct Disc {
    double y = 0, z = 0, radius = 0;
    /// Metres along z that the middle moves for one that the face is farther out.
    double slope = 0;
    double cosine = 0;
};

bool lay(const Patch &patch, double face, Disc &disc) {
    double area = 0, y = 0, z = 0;
    for (const cv::Vec3d &ray : patch.rays) {
        if (ray[0] >= -1e-6) return false;
        const double depth = (face - patch.centre[0]) / ray[0];
        if (depth <= 0) return false;
        const double share = patch.pixel * depth * depth / -ray[0];
        area += share;
        y += share * (patch.centre[1] + depth * ray[1]);
        z += share * (patch.centre[2] + depth * ray[2]);
    }
    if (!(area > 0)) return false;
    disc.y = y / area;
    disc.z = z / area;
    disc.radius = std::sqrt(area / CV_PI);
    disc.slope = (patch.centre[2] - disc.z) / (patch.centre[0] - face);
    disc.cosine = (patch.centre[0] - face) / cv::norm(patch.centre - cv::Vec3d(face, disc.y, disc.z));
    return true;
}

bool isWheel(const Disc &disc, const Size &size) {
    return disc.cosine > leastCosine && disc.radius > leastRadius * size.height &&
           disc.radius < greatestRadius * size.height && disc.y > lowestMiddle * size.height &&
           disc.y < highestMiddle * size.height && std::abs(disc.z) > leastAway * size.length &&
           std::abs(disc.z) < greatestAway * size.length;
}

double medianOf(std::vector<double> values) {
    const auto middle = values.begin() + long(values.size() / 2);
    std::nth_element(values.begin(), middle, values.end());
    return *middle;
}

struct Axles {
    /// Front, rear, and how far out the faces are.
    cv::Vec3d places;
    double baseError = 0;
    int front = 0, rear = 0;
};

/// Middles z = axle + slope (face there - face): least squares with Huber's weights.
bool solved(const std::vector<Disc> &discs, double face, double radius, const Size &size, double expected,
            Axles &axles) {
    cv::Matx33d normal;
    cv::Vec3d answer(0, 0, 0);
    const double spread = 0.04 * radius;
    for (int round = 0; round < 8; ++round) {
        const double held = 1 / (faceSpread * size.height * faceSpread * size.height);
        normal = cv::Matx33d(0, 0, 0, 0, 0, 0, 0, 0, held);
        cv::Vec3d right(0, 0, held * (expected - face));
        axles.front = axles.rear = 0;
        double squares = 0, weights = 0;
        for (const Disc &disc : discs) {
            const bool isFront = disc.z > 0;
            const cv::Vec3d row(isFront ? 1 : 0, isFront ? 0 : 1, -disc.slope);
            const double off = std::abs(row.dot(answer) - disc.z);
            double weight = disc.cosine * disc.cosine / (spread * spread);
            if (round > 0) weight *= std::min(1.0, 2 * spread / std::max(1e-12, off));
            if (round > 0 && off > 10 * spread) continue;
            (isFront ? axles.front : axles.rear) += 1;
            normal += weight * row * row.t();
            right += weight * disc.z * row;
            squares += weight * off * off;
            weights += 1;
        }
        if (axles.front < 2 || axles.rear < 2) return false;
        answer = normal.solve(right, cv::DECOMP_CHOLESKY);
        const cv::Matx33d inverse = normal.inv(cv::DECOMP_CHOLESKY);
        const cv::Vec3d base(1, -1, 0);
        // The masks are off together where the network is: not better than a hundredth of a wheel each.
        const double scatter = round > 0 ? std::max(1.0, squares / std::max(1.0, weights - 3)) : 1;
        axles.baseError = std::hypot(std::sqrt(scatter * base.dot(inverse * base)), 0.015 * radius);
    }
    axles.places = {answer[0], answer[1], face + answer[2]};
    return true;
}

}  // namespace

cvs::WheelsFound cvs::foundWheels(const CVSMesh &mesh, const std::vector<WheelView> &views, CVSCancel cancel) {
    const Size size = sizeOf(mesh);
    if (!(size.face > 0) || !(size.height > 0) || !(size.length > 0)) return {};
    std::vector<Patch> patches;
    for (const WheelView &view : views)
        for (Patch &patch : patchesOf(view, cancel)) patches.push_back(std::move(patch));
    double face = size.face, radius = 0;
    Axles axles;
    for (int round = 0; round < 4; ++round) {
        stopIfCancelled(cancel);
        std::vector<Disc> discs;
        std::vector<double> radii;
        for (const Patch &patch : patches) {
            Disc disc;
            if (!lay(patch, face, disc) || !isWheel(disc, size)) continue;
            discs.push_back(disc);
            // Arches hide the tops of tyres, and masks swell a little: half of what each way of measuring says.
            if (disc.cosine > 0.6) radii.push_back((disc.radius + disc.y) / 2);
        }
        if (radii.empty()) return {};
        radius = medianOf(radii);
        if (!solved(discs, face, radius, size, size.face - 0.5 * faceSpread * size.height, axles)) return {};
        face = axles.places[2];
    }
    const double base = axles.places[0] - axles.places[1];
    if (base < leastBase * size.length || base > greatestBase * size.length || axles.baseError > 0.04 * base ||
        face < 0.6 * size.face || face > 1.1 * size.face)
        return {};
    WheelsFound found;
    found.wheelbase = base;
    found.error = axles.baseError;
    for (int axle = 0; axle < 2; ++axle)
        for (const double side : {1.0, -1.0})
            found.wheels.push_back({{side * face, radius, axles.places[axle]}, radius});
    return found;
}

extern "C" CVS_EXPORT CVSStatus cvs_wheels_find(const CVSMesh *mesh, const CVSWheelView *views, size_t count,
                                                CVSCancel cancel, CVSWheelsFound *out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        *out = CVSWheelsFound{};
        std::vector<cvs::WheelView> all;
        for (size_t i = 0; i < count; ++i) {
            const CVSWheelView &view = views[i];
            if (view.wheels->mat.channels() != 1 || !(view.camera.focal > 0))
                throw cvs::Error{CVSStatusBadArgument,
                                 "a mask has other channels than one, or a camera no focal length"};
            all.push_back({view.camera, view.wheels->mat});
        }
        const cvs::WheelsFound found = cvs::foundWheels(*mesh, all, cancel);
        out->count = found.wheels.size();
        std::copy(found.wheels.begin(), found.wheels.end(), out->wheels);
        out->wheelbase = found.wheelbase;
        out->error = found.error;
    });
}
