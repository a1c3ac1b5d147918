#pragma once
#include <ceres/ceres.h>

#include <memory>

#include "RingCoherence.hpp"

namespace cvs::ring {

/// The model's poses at the values that Ceres is about to evaluate.
class Current : public ceres::EvaluationCallback {
public:
    Current(const std::vector<View> &views, const Model &model)
        : views(views), model(model), held(new Stage(views, model)) {}
    void PrepareForEvaluation(bool, bool isNew) override {
        if (isNew) held.reset(new Stage(views, model));
    }
    const Stage &stage() const { return *held; }

private:
    const std::vector<View> &views;
    const Model &model;
    std::unique_ptr<const Stage> held;
};

/// How much less than 0 the signed distance at a ray's deepest place is. Its parameters are the stations that it says,
/// the lens and the plane.
class RayCost : public ceres::CostFunction {
public:
    RayCost(const Current &current, const Touch &touch, double scale);
    bool Evaluate(double const *const *, double *residuals, double **jacobians) const override;
    /// The views whose stations it depends on, each once.
    const std::vector<int> &stations() const { return order; }

private:
    const Current &current;
    const Touch &touch;
    double scale;
    std::vector<int> order;

    double *blockOf(int view, double **jacobians) const;
};

}  // namespace cvs::ring
