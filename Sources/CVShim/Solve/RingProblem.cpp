#include "RingProblem.hpp"

#include <cmath>

#include "RingCosts.hpp"
#include "RingRayCost.hpp"

namespace cvs::ring {

namespace {

class StopWhenCancelled : public ceres::IterationCallback {
public:
    explicit StopWhenCancelled(CVSCancel cancel) : cancel(cancel) {}
    ceres::CallbackReturnType operator()(const ceres::IterationSummary &) override {
        return cancel && __atomic_load_n(cancel, __ATOMIC_RELAXED) ? ceres::SOLVER_ABORT : ceres::SOLVER_CONTINUE;
    }

private:
    CVSCancel cancel;
};

/// A least squares problem over one model.
class Assembly {
public:
    Assembly(const std::vector<View> &views, const Terms &terms, Model &model)
        : views(views), terms(terms), model(model), current(views, model), problem(optionsFor(current)) {
        for (Station &station : model.stations) problem.AddParameterBlock(station.free.data(), 6);
        problem.AddParameterBlock(model.lens.data(), 2);
        problem.AddParameterBlock(model.plane.data(), 2);
    }

    void addPriors(const Circle &circle) {
        for (size_t i = 0; i < views.size(); ++i) {
            Station &station = model.stations[i];
            problem.AddResidualBlock(new ceres::AutoDiffCostFunction<PlaceCost, 4, 6>(new PlaceCost{
                                         station.base, circle.azimuths[i], circle.height, circle.radius, terms.spread}),
                                     new ceres::SoftLOneLoss(2.0), station.free.data());
        }
        const bool freeFocal = terms.spread.focal > 0, freeDistortion = terms.distortion > 0;
        problem.AddResidualBlock(new ceres::AutoDiffCostFunction<LensCost, 2, 2>(new LensCost{
                                     freeFocal ? terms.spread.focal : 1, freeDistortion ? terms.distortion : 1}),
                                 nullptr, model.lens.data());
        if (!freeFocal && !freeDistortion)
            problem.SetParameterBlockConstant(model.lens.data());
        else if (freeFocal != freeDistortion)
            problem.SetManifold(model.lens.data(), new ceres::SubsetManifold(2, {freeFocal ? 1 : 0}));
        problem.AddResidualBlock(new ceres::AutoDiffCostFunction<PlaneCost, 1, 2>(new PlaneCost{terms.spread.offset}),
                                 nullptr, model.plane.data());
        if (!terms.mirrored) problem.SetParameterBlockConstant(model.plane.data());
    }

    void addTangents() {
        for (const Pair &pair : pairsOf(int(views.size()), terms.mirrored)) {
            Station &a = model.stations[size_t(pair.first)], &b = model.stations[size_t(pair.second)];
            for (int side = 0; side < 2; ++side)
                problem.AddResidualBlock(new ceres::AutoDiffCostFunction<TangentCost, 1, 6, 6, 2, 2>(
                                             new TangentCost{views[size_t(pair.first)], views[size_t(pair.second)],
                                                             a.base, b.base, pair.mirrored, side, terms.tangent}),
                                         tangentLoss(), a.free.data(), b.free.data(), model.lens.data(),
                                         model.plane.data());
        }
    }

    void addRays(const std::vector<Touch> &touches) {
        const double weight = terms.raysOfView * double(views.size()) / double(std::max<size_t>(1, touches.size()));
        for (const Touch &touch : touches) {
            // So deep that no step of this round makes it a shortfall.
            if (touch.value > 20 * terms.ray) continue;
            auto cost = std::make_unique<RayCost>(current, touch, 1 / terms.ray);
            std::vector<double *> blocks;
            for (const int station : cost->stations()) blocks.push_back(model.stations[size_t(station)].free.data());
            blocks.push_back(model.lens.data());
            blocks.push_back(model.plane.data());
            problem.AddResidualBlock(cost.release(),
                                     new ceres::ScaledLoss(new ceres::CauchyLoss(1.0), weight, ceres::TAKE_OWNERSHIP),
                                     blocks);
        }
    }

    void addMatches(const std::vector<CVSRingMatch> &matches) {
        const double weight = terms.matchesOfView * double(views.size()) / double(std::max<size_t>(1, matches.size()));
        for (const CVSRingMatch &match : matches) {
            Station &a = model.stations[size_t(match.first)], &b = model.stations[size_t(match.second)];
            const MatchCost cost{
                views[size_t(match.first)], views[size_t(match.second)], a.base, b.base, match, terms.match};
            const auto loss =
                new ceres::ScaledLoss(new ceres::CauchyLoss(1.0), std::min(1.0, weight), ceres::TAKE_OWNERSHIP);
            if (match.first == match.second)
                problem.AddResidualBlock(
                    new ceres::AutoDiffCostFunction<OwnMatchCost, 1, 6, 2, 2>(new OwnMatchCost{cost}), loss,
                    a.free.data(), model.lens.data(), model.plane.data());
            else
                problem.AddResidualBlock(new ceres::AutoDiffCostFunction<MatchCost, 1, 6, 6, 2, 2>(new MatchCost(cost)),
                                         loss, a.free.data(), b.free.data(), model.lens.data(), model.plane.data());
        }
    }

    void solve(CVSCancel cancel) {
        StopWhenCancelled stop(cancel);
        ceres::Solver::Options options;
        options.linear_solver_type = ceres::DENSE_NORMAL_CHOLESKY;
        options.max_num_iterations = terms.iterations;
        options.num_threads = 1;
        options.logging_type = ceres::SILENT;
        options.function_tolerance = 1e-5;
        options.callbacks.push_back(&stop);
        ceres::Solver::Summary summary;
        ceres::Solve(options, &problem, &summary);
        stopIfCancelled(cancel);
    }

private:
    const std::vector<View> &views;
    const Terms &terms;
    Model &model;
    Current current;
    ceres::Problem problem;

    ceres::LossFunction *tangentLoss() const {
        if (terms.close) return new ceres::CauchyLoss(1.0);
        return new ceres::SoftLOneLoss(1.0);
    }

    static ceres::Problem::Options optionsFor(Current &current) {
        ceres::Problem::Options options;
        options.evaluation_callback = &current;
        return options;
    }
};

}  // namespace

void refine(const std::vector<View> &views, const Circle &circle, const Terms &terms, const Evidence &evidence,
            Model &model, CVSCancel cancel) {
    rebase(model);
    Assembly assembly(views, terms, model);
    assembly.addPriors(circle);
    if (terms.tangent > 0) assembly.addTangents();
    assembly.addRays(evidence.touches);
    assembly.addMatches(evidence.matches);
    assembly.solve(cancel);
    rebase(model);
}

double misfit(const std::vector<View> &views, const Model &model, const CVSRingMatch &match) {
    const Station &a = model.stations[size_t(match.first)], &b = model.stations[size_t(match.second)];
    const MatchCost cost{views[size_t(match.first)], views[size_t(match.second)], a.base, b.base, match, 1};
    double away = 0;
    cost(a.free.data(), b.free.data(), model.lens.data(), model.plane.data(), &away);
    return std::abs(away);
}

}  // namespace cvs::ring
