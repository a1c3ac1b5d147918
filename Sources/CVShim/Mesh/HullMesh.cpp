#include <optional>

#include "Fairing.hpp"
#include "Underbody.hpp"

namespace {

// Cubes by which the hull is left larger before it is smoothed.
constexpr double slack = 0.4;

void require(bool isTrue, const char *what) {
    if (!isTrue) throw cvs::Error{CVSStatusBadArgument, what};
}

std::vector<cvs::HullView> checked(const CVSHullView *views, size_t count) {
    std::vector<cvs::HullView> all;
    for (size_t i = 0; i < count; ++i) {
        const CVSCamera &camera = views[i].camera;
        require(camera.focal > 0 && std::isfinite(camera.focal), "a camera's focal length is not above 0");
        require(camera.width == views[i].silhouette->width && camera.height == views[i].silhouette->height,
                "a camera and its silhouette differ in size");
        all.push_back({camera, views[i].silhouette});
    }
    return all;
}

CVSMesh meshOf(cvs::Hull hull, const CVSHullOptions &options, const std::vector<CVSWheel> &wheels,
               CVSHullReport &report, CVSCancel cancel) {
    report = {false, 0};
    cvs::Box box;
    if (!hull.bounds(box, cancel)) return {};
    const cv::Vec3d size = box.high - box.low;
    const double step = std::max({size[0], size[1], size[2]}) / options.cells;
    const bool isCar = options.car && options.grounded;
    std::optional<cvs::Tyres> tyres;
    if (isCar && wheels.size() == 4) tyres.emplace(wheels, size[2]);
    if (tyres) tyres->reach(box);
    if (options.rounds > 0) hull.loosen(slack * step);
    const cv::Vec3d room(slack * step, slack * step, slack * step);
    cvs::Grid grid = hull.sampled({box.low - room, box.high + room}, step, cancel);
    report.car_found = isCar && cvs::clearUnderbody(grid, cancel);
    if (tyres) tyres->join(grid, cancel);
    CVSMesh mesh = cvs::largestPart(cvs::contoured(grid, cancel));
    if (mesh.triangles.empty() || options.rounds == 0) return mesh;
    cvs::Fairness fairness;
    fairness.rounds = options.rounds;
    fairness.steps = options.steps;
    fairness.anchored = 2 * step;
    fairness.wheels = wheels;
    fairness.tyres = tyres ? &*tyres : nullptr;
    report.outline_error = cvs::fair(mesh, hull, fairness, cancel);
    return mesh;
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_hull_create(const CVSHullView *views, size_t count, CVSHullOptions options,
                                                CVSCancel cancel, CVSHullReport *report, CVSMesh **out,
                                                CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        require(count > 0, "a hull is made from one view or more");
        require(options.cells >= 16 && options.cells <= 512, "a hull's grid has 16 to 512 cubes along a side");
        require(options.rounds >= 0 && options.rounds <= 32 && options.steps >= 0 && options.steps <= 1000,
                "at most 32 rounds of 1000 steps");
        require(options.wheel_count <= 4, "a car has 4 wheels at most");
        CVSMesh mesh = meshOf(cvs::Hull(checked(views, count), options.symmetric, options.grounded), options,
                              {options.wheels, options.wheels + options.wheel_count}, *report, cancel);
        mesh.normals = cvs::vertexNormals(mesh);
        *out = new CVSMesh(std::move(mesh));
    });
}
