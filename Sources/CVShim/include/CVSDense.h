#ifndef CVS_DENSE_H
#define CVS_DENSE_H
#include "CVSImage.h"
#include "CVSMesh.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// Depths of photos whose cameras are known, and what they make together. Made in steps, by one owner at a time:
/// create, match every round of every view in order, fuse, then read.
typedef struct CVSDense CVSDense;

/// A photo of 3 channels and its camera, of the same size.
typedef struct CVSDenseView {
    CVSCamera camera;
    const CVSImage *photo;
} CVSDenseView;

/// A view that sees a point that is known beforehand.
typedef struct CVSDenseSighting {
    int32_t view, point;
} CVSDenseSighting;

typedef struct CVSDenseOptions {
    /// Pixels that a photo is made small to, 4,096...4,000,000.
    int32_t pixels;
    /// Others that each view is compared with at most, 1...6.
    int32_t sources;
} CVSDenseOptions;

/// Makes photos small, and chooses which are compared by the points that they share. `points` has 3 numbers a point.
/// BadArgument for cameras and points that are not finite, sizes that differ, and sightings of what does not exist.
CVSStatus cvs_dense_create(const CVSDenseView *views, size_t count, const double *_Nullable points, size_t point_count,
                           const CVSDenseSighting *_Nullable sightings, size_t sighting_count, CVSDenseOptions options,
                           CVSCancel cancel, CVSDense *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_dense_destroy(CVSDense *dense) CVS_NOEXCEPT;

/// How many rounds there are.
size_t cvs_dense_rounds(const CVSDense *dense) CVS_NOEXCEPT;
/// How many others a view is compared with; one without any is left out.
size_t cvs_dense_sources(const CVSDense *dense, size_t view) CVS_NOEXCEPT;
/// One round of one view: PatchMatch stereo with slanted planes (Bleyer, Rhemann, Rother 2011), coarse to fine; the
/// last rounds of each size also ask whether other views find the same (Schönberger and others 2016).
CVSStatus cvs_dense_match(CVSDense *dense, size_t round, size_t view, CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

/// Trusts depths that other views find as well, and makes one point of all pixels that `least` views or more (2...8)
/// show the same place in.
CVSStatus cvs_dense_fuse(CVSDense *dense, int32_t least, CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

/// Of unit length, towards the cameras that saw the point; sRGB; how many views agree on it.
typedef struct CVSDensePoint {
    float place[3], normal[3];
    uint8_t colour[3], views;
} CVSDensePoint;
size_t cvs_dense_point_count(const CVSDense *dense) CVS_NOEXCEPT;
/// Null when there are none; valid until the next call that changes `dense`.
const CVSDensePoint *_Nullable cvs_dense_points(const CVSDense *dense) CVS_NOEXCEPT;

/// The camera of a view's depths: that of the photo made small, without distortion.
CVSCamera cvs_dense_camera(const CVSDense *dense, size_t view) CVS_NOEXCEPT;
/// Depths along the camera's z axis, one a pixel of that camera, 0 where none is trusted; and their confidences, 0...1.
/// Either may be null. BadArgument before `fuse` and for another number of pixels.
CVSStatus cvs_dense_depths(const CVSDense *dense, size_t view, float *_Nullable depths, float *_Nullable confidences,
                           size_t count, CVSError *error) CVS_NOEXCEPT;

typedef struct CVSDenseSurfaceOptions {
    /// Nodes of the grid at most, 4,096...64,000,000.
    size_t nodes;
    /// What an uneven surface costs against one that lies beside the depths, above 0.
    double smoothness;
} CVSDenseSurfaceOptions;

/// What was seen, as a two-manifold with a border: signed distances of all views on a grid (Curless, Levoy 1996), a
/// screened Poisson equation for what lies between, marching cubes. Without triangles where too little was seen.
CVSStatus cvs_dense_surface(const CVSDense *dense, CVSDenseSurfaceOptions options, CVSCancel cancel,
                            CVSMesh *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
