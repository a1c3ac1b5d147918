#ifndef CVS_TWO_VIEW_H
#define CVS_TWO_VIEW_H
#include "CVSBase.h"
#include "CVSCamera.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// What two pictures of one scene tell about their cameras. Closed, append only.
typedef enum __attribute__((enum_extensibility(closed))) CVSTwoViewKind : int32_t {
    /// Too few matches agree.
    CVSTwoViewKindNone = 0,
    /// Points in depth: rotation and direction hold.
    CVSTwoViewKindGeneral,
    /// The matches lie on one plane: rotation and direction may be one of two.
    CVSTwoViewKindPlanar,
    /// The camera turned on the spot: only the rotation holds.
    CVSTwoViewKindRotation,
} CVSTwoViewKind;

typedef struct CVSTwoViewOptions {
    /// Largest distance of a match from the model, in pixels.
    double reach;
    /// Fewer matches that agree are no geometry.
    int32_t least;
    int32_t iterations;
    int32_t seed;
} CVSTwoViewOptions;

typedef struct CVSTwoView {
    CVSTwoViewKind kind;
    /// Second camera from first: x2 = R x1 + t, |t| = 1, row by row.
    double rotation[9];
    double translation[3];
    /// Matches that agree with the kept model, and with the best homography.
    int32_t agreeing, on_plane;
    /// Geometric robust information criteria (Torr 1998) of both models, lower is better.
    double score, plane_score;
    /// Sum over matches of how well they agree, 0...1 each.
    double support;
    /// Median angle in radians between the two rays of a point; 0 for a rotation.
    double angle;
} CVSTwoView;

/// The relative pose of two cameras from matched places (x and y in turn, in pixels). Essential matrix and homography
/// by MAGSAC++ (Barath, Noskova, Ivashechkin, Matas 2020) with a fixed seed; the model by Torr's criterion. Of the
/// cameras only the optics are read. `agrees` gets 1 for each match that fits.
CVSStatus cvs_two_view(const double *first, const double *second, int32_t count, const CVSCamera *first_camera,
                       const CVSCamera *second_camera, const CVSTwoViewOptions *options, CVSTwoView *result,
                       uint8_t *agrees, CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
