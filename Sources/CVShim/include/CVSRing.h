#ifndef CVS_RING_H
#define CVS_RING_H
#include "CVSBase.h"
#include "CVSCamera.h"
#include "CVSSilhouette.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// One photo of a ring round an object.
typedef struct CVSRingView {
    /// Not empty; lives as long as the call.
    const CVSSilhouette *silhouette;
    /// Focal length to start from and the principal point, in pixels.
    double focal;
    double principal[2];
    /// Where it stands in the walk: 0 ... places - 1, each place once. Not read when the order is to be found.
    int32_t place;
} CVSRingView;

/// The same spot of the object in two photos, in pixels.
typedef struct CVSRingMatch {
    int32_t first, second;
    /// The second photo shows the spot's mirror image; it may then be the same photo.
    bool mirrored;
    double place_first[2], place_second[2];
} CVSRingMatch;

typedef struct CVSRingOptions {
    /// The places are those of a walk, either way round; else the order is found and all places are taken to be filled.
    bool ordered;
    /// How many places at about equal angles the walk has, at least as many as there are views.
    int32_t places;
    /// Try the object's plane of symmetry.
    bool symmetric;
    /// Sigma of the focal lengths' common factor as a logarithm; 0: they are known.
    double focal_sigma;
    /// Sigma of the common distortion k1; 0: there is none.
    double distortion_sigma;
    /// What the cameras' mean distance from the ring's axis is to be.
    double radius;
} CVSRingOptions;

/// Cameras of a ring and what speaks for them. Never changes; one owner, any thread.
typedef struct CVSRing CVSRing;

/// How good an answer is; see `Ring` for the meaning. Costs are infinite where there was no such answer.
typedef struct CVSRingReport {
    bool mirrored, symmetric;
    double shortfall, unit, explained;
    double cost, cost_unmirrored, cost_mirrored, cost_other_plane, cost_other_way;
    double facing;
    double low[3], high[3];
    int32_t matches_used, alike;
} CVSRingReport;

/// Finds the cameras of 4 to 64 views of one object from its outlines.
///
/// A circle of equal angles, both ways round and at 3 elevations, is fitted by epipolar tangency (Cipolla, Astrom,
/// Giblin 1995); the mirror plane is found by a scan; then every ray of an outline must touch the hull of all other
/// views and their mirror images (signed distances, Ceres). The same bits on every run.
CVSStatus cvs_ring_solve(const CVSRingView *views, int32_t count, const CVSRingOptions *options, CVSCancel cancel,
                         CVSRing *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
/// A ring once matches have joined its outlines, where they agree with them; the silhouettes must still live.
CVSStatus cvs_ring_join(const CVSRing *ring, const CVSRingMatch *matches, int32_t match_count, CVSCancel cancel,
                        CVSRing *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_ring_destroy(CVSRing *ring) CVS_NOEXCEPT;

CVSRingReport cvs_ring_report(const CVSRing *ring) CVS_NOEXCEPT;
/// The camera of a view, in a world with y up, the mirror plane x = 0, the object facing +z over the origin.
CVSCamera cvs_ring_camera(const CVSRing *ring, int32_t index) CVS_NOEXCEPT;
/// The mean shortfall of a view's rays in pixels.
double cvs_ring_shortfall(const CVSRing *ring, int32_t index) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
