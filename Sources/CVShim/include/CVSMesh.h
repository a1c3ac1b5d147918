#ifndef CVS_MESH_H
#define CVS_MESH_H
#include "CVSBase.h"
#include "CVSCamera.h"
#include "CVSImage.h"
#include "CVSSilhouette.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// Triangles in space, counter-clockwise seen from outside, with a unit normal at each vertex. Never changes; one
/// owner, any thread.
typedef struct CVSMesh CVSMesh;

/// Copies 3 numbers a vertex and 3 indices a triangle. BadArgument for an index that no vertex has and for numbers that
/// are not finite.
CVSStatus cvs_mesh_create(const float *_Nullable vertices, size_t vertex_count, const uint32_t *_Nullable triangles,
                          size_t triangle_count, CVSMesh *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_mesh_destroy(CVSMesh *mesh) CVS_NOEXCEPT;
size_t cvs_mesh_vertex_count(const CVSMesh *mesh) CVS_NOEXCEPT;
size_t cvs_mesh_triangle_count(const CVSMesh *mesh) CVS_NOEXCEPT;
/// 3 numbers a vertex, 3 indices a triangle; valid while the mesh lives, null when there are none.
const float *_Nullable cvs_mesh_vertices(const CVSMesh *mesh) CVS_NOEXCEPT;
const float *_Nullable cvs_mesh_normals(const CVSMesh *mesh) CVS_NOEXCEPT;
const uint32_t *_Nullable cvs_mesh_triangles(const CVSMesh *mesh) CVS_NOEXCEPT;

/// What a mesh is worth as a solid.
typedef struct CVSMeshCheck {
    /// Vertices at sides that do not belong to exactly two triangles running through them in opposite directions.
    size_t open_vertices;
    /// Vertices whose triangles are more than one ring.
    size_t pinched_vertices;
    /// Cubic metres; negative when the mesh is inside out.
    double volume;
} CVSMeshCheck;
CVSStatus cvs_mesh_check(const CVSMesh *mesh, CVSMeshCheck *check, CVSError *error) CVS_NOEXCEPT;

/// About `triangles` triangles, closed and two-manifold as before (meshoptimizer).
CVSStatus cvs_mesh_simplify(const CVSMesh *mesh, size_t triangles, CVSCancel cancel, CVSMesh *_Nullable *_Nonnull out,
                            CVSError *error) CVS_NOEXCEPT;

/// Where a camera sees the mesh: 255 there and 0 elsewhere, in a picture of the camera's size.
CVSStatus cvs_mesh_mask(const CVSMesh *mesh, const CVSCamera *camera, CVSCancel cancel,
                        CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

/// One silhouette and the camera that saw it; sizes must be equal.
typedef struct CVSHullView {
    CVSCamera camera;
    const CVSSilhouette *silhouette;
} CVSHullView;

/// A wheel: the middle of its outer face, the axle along x, and its tyre's radius.
typedef struct CVSWheel {
    double axle[3];
    double radius;
} CVSWheel;

/// A camera, and where wheels are on its picture: 1 channel of any size, stretched over it, 255 for surely.
typedef struct CVSWheelView {
    CVSCamera camera;
    const CVSImage *wheels;
} CVSWheelView;

typedef struct CVSWheelsFound {
    /// 4: front left, front right, rear left, rear right; or 0.
    size_t count;
    CVSWheel wheels[4];
    /// Between the axles, and one standard deviation of it, in the mesh's unit.
    double wheelbase, error;
} CVSWheelsFound;

/// Where the wheels of a car that stands on y = 0 along z are, from masks in all photos that see them from the side.
/// The mesh may be coarse: it says how large the car is.
CVSStatus cvs_wheels_find(const CVSMesh *mesh, const CVSWheelView *views, size_t count, CVSCancel cancel,
                          CVSWheelsFound *found, CVSError *error) CVS_NOEXCEPT;

typedef struct CVSHullOptions {
    /// Cubes along the longest side of the grid, 16...512.
    int32_t cells;
    /// Every view counts mirrored in x = 0 as well.
    bool symmetric;
    /// There is nothing below y = 0.
    bool grounded;
    /// A car along z, the floor between its wheels made flat; needs `grounded`.
    bool car;
    /// Rounds of smoothing, 0...32, each of so many steps of conjugate gradients.
    int32_t rounds, steps;
    /// Where a car's wheels are known to be; their outer faces are set to where they are. Four of a car
    /// bring their tyres.
    CVSWheel wheels[4];
    size_t wheel_count;
} CVSHullOptions;

typedef struct CVSHullReport {
    /// Whether sills and wheels were found, and the floor made flat.
    bool car_found;
    /// Root mean square between the mesh's outlines and the silhouettes', in metres; 0 without smoothing.
    double outline_error;
} CVSHullReport;

/// The object that casts the silhouettes, as a smooth closed surface: the visual hull (Laurentini 1994) on a grid, its
/// largest part, then as little bent as the silhouettes allow. Without triangles when they have no point in common.
CVSStatus cvs_hull_create(const CVSHullView *views, size_t count, CVSHullOptions options, CVSCancel cancel,
                          CVSHullReport *report, CVSMesh *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
