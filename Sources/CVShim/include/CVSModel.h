#ifndef CVS_MODEL_H
#define CVS_MODEL_H
#include "CVSImage.h"
#include "CVSMesh.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A mesh with a texture. Never changes; one owner, any thread.
typedef struct CVSModel CVSModel;

/// One photo and what is known of it. The photo has the camera's size.
typedef struct CVSPhoto {
    CVSCamera camera;
    const CVSSilhouette *silhouette;
    /// 3 channels.
    const CVSImage *photo;
    /// 1 channel of the photo's size, null for all: what is not opaque shows what is behind the object, also within its
    /// outline.
    const CVSImage *_Nullable alpha;
    /// 1 channel of any size, stretched over the photo, 255 for surely; null where it is not known: where panes are,
    /// and where wheels.
    const CVSImage *_Nullable glass;
    const CVSImage *_Nullable wheels;
} CVSPhoto;

/// Closed, append only.
typedef enum __attribute__((enum_extensibility(closed))) CVSMaterial : int32_t {
    CVSMaterialPaint = 0,
    CVSMaterialGlass,
    CVSMaterialRubber,
    CVSMaterialRim,
} CVSMaterial;

typedef struct CVSModelOptions {
    /// Sides of the texture in pixels, 64...8192.
    int32_t texture_side;
    /// Pixels of texture a metre, at most; above 0.
    double finest;
    /// Photos may show the other half of the car, mirrored in x = 0, where no photo shows it itself.
    bool symmetric;
    /// Where wheels are; what is a wheel by the masks is a rim near one's axle, and rubber elsewhere.
    CVSWheel wheels[4];
    size_t wheel_count;
} CVSModelOptions;

/// Textures a mesh whose y axis points up from a ground at 0.
///
/// Chooses a photo for each triangle by area, angle and seams, evens out exposure and colour at the seams, and makes up
/// what no photo shows from the paint round about, dark beneath. The silhouettes must live as long as the model.
CVSStatus cvs_model_create(const CVSMesh *mesh, const CVSPhoto *photos, size_t count, CVSModelOptions options,
                           CVSCancel cancel, CVSModel *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_model_destroy(CVSModel *model) CVS_NOEXCEPT;

/// A vertex for every corner of the texture's charts: more than the mesh has.
size_t cvs_model_vertex_count(const CVSModel *model) CVS_NOEXCEPT;
/// 3 numbers a vertex.
const float *cvs_model_vertices(const CVSModel *model) CVS_NOEXCEPT;
const float *cvs_model_normals(const CVSModel *model) CVS_NOEXCEPT;
/// 2 numbers a vertex: where it lies in the texture, 0...1 right and down.
const float *cvs_model_places(const CVSModel *model) CVS_NOEXCEPT;
/// The vertex of the mesh that each vertex is a copy of.
const uint32_t *cvs_model_origins(const CVSModel *model) CVS_NOEXCEPT;
/// How many triangles are of a material, and their 3 indices each.
size_t cvs_model_triangle_count(const CVSModel *model, CVSMaterial material) CVS_NOEXCEPT;
const uint32_t *_Nullable cvs_model_triangles(const CVSModel *model, CVSMaterial material) CVS_NOEXCEPT;
/// Square metres that a photo shows itself, that one shows mirrored, and that none shows.
typedef struct CVSCoverage {
    double seen, mirrored, unseen;
} CVSCoverage;
CVSCoverage cvs_model_coverage(const CVSModel *model) CVS_NOEXCEPT;

/// The texture, 3 channels; to be destroyed by the caller.
CVSStatus cvs_model_texture(const CVSModel *model, CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

/// What a camera sees of the model, without light: 4 channels, straight alpha. `samples` (1...4) rays squared go into a
/// pixel. With `from_photos` the colours come from the two photos that look most nearly the same way at each place, so
/// that reflections move as they do between photos (Debevec, Taylor and Malik 1996), the texture helping out.
CVSStatus cvs_model_render(const CVSModel *model, const CVSCamera *camera, int32_t samples, bool from_photos,
                           CVSCancel cancel, CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
