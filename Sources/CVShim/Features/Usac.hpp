#pragma once
#include <opencv2/calib3d.hpp>

namespace cvs {

/// How a model is found among outliers: MAGSAC++ (Barath and others 2020), the same draws on every run.
inline cv::UsacParams usac(int iterations, int seed, cv::LocalOptimMethod refinement, double reach) {
    cv::UsacParams params;
    params.confidence = 0.9999;
    params.isParallel = false;
    params.maxIterations = iterations;
    params.randomGeneratorState = seed;
    params.score = cv::SCORE_METHOD_MAGSAC;
    params.sampler = cv::SAMPLING_UNIFORM;
    params.loMethod = refinement;
    params.threshold = reach;
    return params;
}

}  // namespace cvs
