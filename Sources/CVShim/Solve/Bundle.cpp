#include "CVSBundle.h"

#include <ceres/ceres.h>

#include <algorithm>
#include <cmath>
#include <deque>
#include <memory>
#include <vector>

#include "../Guard.hpp"
#include "BundleCosts.hpp"
#include "BundleView.hpp"

namespace cvs {
namespace {

/// Stops the solver when the caller cancels.
struct Watch final : ceres::IterationCallback {
    CVSCancel cancel;

    explicit Watch(CVSCancel cancel) : cancel(cancel) {}
    ceres::CallbackReturnType operator()(const ceres::IterationSummary &) override {
        return cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED) ? ceres::SOLVER_ABORT : ceres::SOLVER_CONTINUE;
    }
};

class Adjustment {
public:
    Adjustment(CVSBundle &bundle, const CVSBundleOptions &options)
        : bundle(bundle),
          options(options),
          blocks(bundle.cameras.size() * poseLength + bundle.optics.size() * opticsLength) {
        ceres::Problem::Options ownership;
        ownership.cost_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
        ownership.loss_function_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
        ownership.manifold_ownership = ceres::DO_NOT_TAKE_OWNERSHIP;
        problem = std::make_unique<ceres::Problem>(ownership);
        ordering = std::make_shared<ceres::ParameterBlockOrdering>();
    }

    void solve(CVSBundleReport &report, CVSCancel cancel) {
        load();
        addSightings();
        addOptics();
        addPriors();
        addScale();
        Watch watch(cancel);
        ceres::Solver::Options how;
        how.linear_solver_type = options.points_fixed ? ceres::DENSE_QR : ceres::DENSE_SCHUR;
        if (!options.points_fixed) how.linear_solver_ordering = ordering;
        how.num_threads = 1;
        how.max_num_iterations = options.iterations;
        how.function_tolerance = options.tolerance;
        how.logging_type = ceres::SILENT;
        how.callbacks.push_back(&watch);
        ceres::Solver::Summary summary;
        ceres::Solve(how, problem.get(), &summary);
        stopIfCancelled(cancel);
        if (!summary.IsSolutionUsable()) throw Error{CVSStatusInternal, "bundle adjustment: " + summary.message};
        report = {summary.initial_cost, summary.final_cost, int32_t(summary.iterations.size()) - 1,
                  summary.termination_type == ceres::CONVERGENCE};
        store();
    }

private:
    CVSBundle &bundle;
    const CVSBundleOptions &options;
    /// All poses, then all optics. Ceres eliminates blocks of a group in the order of their addresses: only inside one
    /// array that order is always the same, and with it the last bits.
    std::vector<double> blocks;
    std::deque<SightingCost> sightings;
    std::deque<OpticsCost> opticsCosts;
    std::deque<PoseCost> poseCosts;
    std::deque<ScaleCost> scaleCosts;
    std::vector<std::unique_ptr<ceres::SubsetManifold>> partial;
    PoseManifold moving;
    std::unique_ptr<ceres::CauchyLoss> loss;
    std::unique_ptr<ceres::Problem> problem;
    std::shared_ptr<ceres::ParameterBlockOrdering> ordering;

    template <typename Index>
    double *pose(Index camera) {
        return &blocks[size_t(camera) * poseLength];
    }

    template <typename Index>
    double *glass(Index index) {
        return &blocks[bundle.cameras.size() * poseLength + size_t(index) * opticsLength];
    }

    void load() {
        for (int32_t i = 0; i < int32_t(bundle.cameras.size()); ++i) {
            const CVSCamera &camera = bundle.cameras[size_t(i)];
            packPose(camera.rotation, camera.translation, pose(i));
            double *block = glass(bundle.opticsOf[size_t(i)]);
            block[0] = camera.focal;
            block[1] = camera.k1;
            block[2] = camera.k2;
            block[3] = camera.principal[0];
            block[4] = camera.principal[1];
        }
    }

    void addSightings() {
        if (options.loss > 0) loss = std::make_unique<ceres::CauchyLoss>(options.loss);
        const std::vector<BundleView> views(bundle.cameras.begin(), bundle.cameras.end());
        for (int32_t i = 0; i < int32_t(bundle.sightings.size()); ++i) {
            const CVSSighting &sighting = bundle.sightings[size_t(i)];
            double *point = &bundle.points[3 * size_t(sighting.point)], *seer = pose(sighting.camera);
            // The solver can't start from a point behind its camera.
            if (views[size_t(sighting.camera)].seen(Eigen::Map<const Eigen::Vector3d>(point)).z() < 1e-6) continue;
            sightings.emplace_back(sighting);
            double *lens = glass(bundle.opticsOf[size_t(sighting.camera)]);
            problem->AddResidualBlock(&sightings.back(), loss.get(), seer, lens, point);
            if (options.points_fixed)
                problem->SetParameterBlockConstant(point);
            else
                ordering->AddElementToGroup(point, 0);
            ordering->AddElementToGroup(seer, 1);
            ordering->AddElementToGroup(lens, 1);
        }
        for (int32_t i = 0; i < int32_t(bundle.cameras.size()); ++i) {
            double *block = pose(i);
            if (!problem->HasParameterBlock(block)) continue;
            problem->SetManifold(block, &moving);
            if (bundle.held[size_t(i)]) problem->SetParameterBlockConstant(block);
        }
    }

    void addOptics() {
        for (size_t i = 0; i < bundle.optics.size(); ++i) {
            double *block = glass(i);
            if (!problem->HasParameterBlock(block)) continue;
            const CVSOptics &expected = bundle.optics[i];
            std::vector<int> fixed;
            const double sigmas[opticsLength] = {expected.focal_sigma, expected.k1_sigma, expected.k2_sigma,
                                                 expected.principal_sigma, expected.principal_sigma};
            for (int k = 0; k < opticsLength; ++k)
                if (!(sigmas[k] > 0)) fixed.push_back(k);
            if (fixed.size() == opticsLength) {
                problem->SetParameterBlockConstant(block);
                continue;
            }
            if (!fixed.empty()) {
                partial.push_back(std::make_unique<ceres::SubsetManifold>(opticsLength, fixed));
                problem->SetManifold(block, partial.back().get());
            }
            opticsCosts.emplace_back(expected, block[3], block[4]);
            problem->AddResidualBlock(&opticsCosts.back(), nullptr, block);
        }
    }

    void addPriors() {
        for (int32_t i = 0; i < int32_t(bundle.priors.size()); ++i) {
            double *block = pose(bundle.priors[size_t(i)].camera);
            if (!problem->HasParameterBlock(block)) continue;
            poseCosts.emplace_back(bundle.priors[size_t(i)]);
            problem->AddResidualBlock(&poseCosts.back(), nullptr, block);
        }
    }

    /// Where one camera is held and nothing is expected, the camera farthest from it keeps its distance.
    void addScale() {
        size_t held = 0, farthest = 0;
        for (size_t i = 0; i < bundle.cameras.size(); ++i)
            if (bundle.held[i]) held = i;
        if (options.points_fixed || !poseCosts.empty() ||
            std::count_if(bundle.held.begin(), bundle.held.end(), [](uint8_t stays) { return stays != 0; }) != 1)
            return;
        const Eigen::Vector3d place = BundleView(bundle.cameras[held]).centre;
        double distance = 0;
        for (size_t i = 0; i < bundle.cameras.size(); ++i) {
            const double away = (BundleView(bundle.cameras[i]).centre - place).norm();
            if (away <= distance || !problem->HasParameterBlock(pose(i))) continue;
            distance = away;
            farthest = i;
        }
        if (distance <= 0) return;
        scaleCosts.emplace_back(place, distance);
        problem->AddResidualBlock(&scaleCosts.back(), nullptr, pose(farthest));
    }

    void store() {
        for (int32_t i = 0; i < int32_t(bundle.cameras.size()); ++i) {
            CVSCamera &camera = bundle.cameras[size_t(i)];
            if (!bundle.held[size_t(i)]) unpackPose(pose(i), camera.rotation, camera.translation);
            const double *block = glass(bundle.opticsOf[size_t(i)]);
            camera.focal = block[0];
            camera.k1 = block[1];
            camera.k2 = block[2];
            camera.principal[0] = block[3];
            camera.principal[1] = block[4];
        }
    }
};

}  // namespace

namespace {

void checkBundle(const CVSBundle &bundle) {
    for (int32_t i = 0; i < int32_t(bundle.cameras.size()); ++i)
        if (bundle.opticsOf[size_t(i)] < 0 || bundle.opticsOf[size_t(i)] >= int32_t(bundle.optics.size()))
            throw Error{CVSStatusBadArgument, "a camera's optics are not there"};
    for (int32_t i = 0; i < int32_t(bundle.sightings.size()); ++i) {
        const CVSSighting &s = bundle.sightings[size_t(i)];
        if (s.camera < 0 || s.camera >= int32_t(bundle.cameras.size()) || s.point < 0 ||
            3 * size_t(s.point) >= bundle.points.size() || !(s.sigma > 0))
            throw Error{CVSStatusBadArgument, "a sighting's camera or point is not there, or its sigma is not above 0"};
    }
    for (int32_t i = 0; i < int32_t(bundle.priors.size()); ++i)
        if (bundle.priors[size_t(i)].camera < 0 || bundle.priors[size_t(i)].camera >= int32_t(bundle.cameras.size()))
            throw Error{CVSStatusBadArgument, "a prior's camera is not there"};
}

}  // namespace

}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_bundle_create(const CVSCamera *cameras, const int32_t *optics_of,
                                                  const uint8_t *held, int32_t camera_count, const CVSOptics *optics,
                                                  int32_t optics_count, const double *points, int32_t point_count,
                                                  const CVSSighting *sightings, int32_t sighting_count,
                                                  const CVSPosePrior *priors, int32_t prior_count, CVSBundle **out,
                                                  CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        auto bundle = std::make_unique<CVSBundle>();
        bundle->cameras.assign(cameras, cameras + camera_count);
        bundle->opticsOf.assign(optics_of, optics_of + camera_count);
        bundle->held.assign(held, held + camera_count);
        bundle->optics.assign(optics, optics + optics_count);
        bundle->points.assign(points, points + 3 * size_t(point_count));
        bundle->sightings.assign(sightings, sightings + sighting_count);
        bundle->priors.assign(priors, priors + prior_count);
        cvs::checkBundle(*bundle);
        *out = bundle.release();
    });
}

extern "C" CVS_EXPORT void cvs_bundle_destroy(CVSBundle *bundle) noexcept { delete bundle; }
extern "C" CVS_EXPORT const CVSCamera *cvs_bundle_cameras(const CVSBundle *bundle) noexcept {
    return bundle->cameras.data();
}
extern "C" CVS_EXPORT const double *cvs_bundle_points(const CVSBundle *bundle) noexcept {
    return bundle->points.data();
}

extern "C" CVS_EXPORT CVSStatus cvs_bundle_adjust(CVSBundle *bundle, const CVSBundleOptions *options,
                                                  CVSBundleReport *report, CVSCancel cancel, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        cvs::stopIfCancelled(cancel);
        *report = {};
        if (!bundle->sightings.empty()) cvs::Adjustment(*bundle, *options).solve(*report, cancel);
    });
}
