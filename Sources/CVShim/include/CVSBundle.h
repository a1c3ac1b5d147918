#ifndef CVS_BUNDLE_H
#define CVS_BUNDLE_H
#include "CVSBase.h"
#include "CVSCamera.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A point of the world seen in a picture.
typedef struct CVSSighting {
    int32_t camera, point;
    /// In pixels.
    double x, y;
    /// Standard deviation in pixels, above 0.
    double sigma;
} CVSSighting;

/// Optics that one or more cameras share.
typedef struct CVSOptics {
    /// What the focal length is expected to be, in pixels, and the standard deviation of its logarithm; 0: fixed.
    double focal, focal_sigma;
    /// Standard deviations of k1 and k2 round 0, and of the principal point in pixels round the given one; 0: fixed.
    double k1_sigma, k2_sigma, principal_sigma;
} CVSOptics;

/// Where a camera is expected.
typedef struct CVSPosePrior {
    int32_t camera;
    double rotation[9];
    double translation[3];
    /// Standard deviations of the rotation in radians and of the camera's centre in the world's unit.
    double rotation_sigma, centre_sigma;
} CVSPosePrior;

typedef struct CVSBundleOptions {
    int32_t iterations;
    /// The cost may stop falling at this share of itself.
    double tolerance;
    /// Residuals beyond this many standard deviations lose weight (Cauchy).
    double loss;
    /// Points stay where they are.
    bool points_fixed;
} CVSBundleOptions;

typedef struct CVSBundleReport {
    double first_cost, last_cost;
    int32_t iterations;
    bool converged;
} CVSBundleReport;

/// Cameras, points and sightings that belong together. One owner at a time, any thread.
typedef struct CVSBundle CVSBundle;

/// Copies all. Of each camera `optics_of` is the index into `optics`, and `held` is not 0 where its pose stays; cameras
/// that share optics must come with equal ones, and keep equal ones. Points are x, y, z in turn.
CVSStatus cvs_bundle_create(const CVSCamera *cameras, const int32_t *optics_of, const uint8_t *held,
                            int32_t camera_count, const CVSOptics *optics, int32_t optics_count, const double *points,
                            int32_t point_count, const CVSSighting *sightings, int32_t sighting_count,
                            const CVSPosePrior *priors, int32_t prior_count, CVSBundle *_Nullable *_Nonnull out,
                            CVSError *error) CVS_NOEXCEPT;
void cvs_bundle_destroy(CVSBundle *bundle) CVS_NOEXCEPT;
/// As many as were given; valid until the bundle changes or is destroyed.
const CVSCamera *_Nullable cvs_bundle_cameras(const CVSBundle *bundle) CVS_NOEXCEPT;
const double *_Nullable cvs_bundle_points(const CVSBundle *bundle) CVS_NOEXCEPT;

/// Moves cameras and points so that the points are seen where they were sighted (bundle adjustment: Triggs and others
/// 2000) by Levenberg-Marquardt with a dense Schur complement, in one thread.
CVSStatus cvs_bundle_adjust(CVSBundle *bundle, const CVSBundleOptions *options, CVSBundleReport *report,
                            CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

/// The distance in pixels between where each point is seen and where it was sighted; -1 behind the camera.
CVSStatus cvs_bundle_errors(const CVSBundle *bundle, double *errors, CVSError *error) CVS_NOEXCEPT;

typedef struct CVSTriangulateOptions {
    /// Largest distance in pixels of a point from its sightings.
    double reach;
    /// Least angle in radians between two rays.
    double angle;
} CVSTriangulateOptions;

/// Places points from their sightings, which must be in the order of points: the pair of rays that most others agree
/// with, refined by all of these. `agrees` gets 1 for each sighting that fits; a point that fewer than two cameras
/// agree on, or that they see within too small an angle, gets none. `angles` gets the largest angle between two rays.
CVSStatus cvs_triangulate(CVSBundle *bundle, const CVSTriangulateOptions *options, double *angles, uint8_t *agrees,
                          CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

typedef struct CVSResectOptions {
    /// Largest distance of a sighting from its point, in pixels.
    double reach;
    int32_t iterations;
    int32_t seed;
} CVSResectOptions;

/// The pose of a camera with known optics from points (x, y, z) and where they were sighted (x, y): P3P inside
/// MAGSAC++ with a fixed seed, then SQPnP (Terzakis, Lourakis 2020) and a robust refinement on what agrees. `agrees`
/// gets 1 for each that fits. With no pose, or fewer than 6 that fit, `agreeing` is 0.
CVSStatus cvs_resect(const double *points, const double *sightings, int32_t count, CVSCamera *camera,
                     const CVSResectOptions *options, uint8_t *agrees, int32_t *agreeing, CVSCancel cancel,
                     CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
