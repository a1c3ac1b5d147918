#ifndef CVS_SILHOUETTE_H
#define CVS_SILHOUETTE_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// What an alpha says about one object: where it is and how far from its outline. Never changes; one owner, any thread.
///
/// Only the outer lines of parts with at least a twentieth of the largest part's area count: specks are nothing and
/// holes are filled. Where the outline is the picture's border the object goes on, so nothing is known there.
typedef struct CVSSilhouette CVSSilhouette;

/// Measures an 8-bit alpha of 1 channel. The field of distances is at most `longest_side` (8 or more) samples long, the
/// outline is always that of the full size. An empty alpha is taken and has the area 0.
CVSStatus cvs_silhouette_create(const CVSImage *alpha, int32_t longest_side, CVSCancel cancel,
                                CVSSilhouette *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_silhouette_destroy(CVSSilhouette *silhouette) CVS_NOEXCEPT;

/// The alpha's size in pixels.
int32_t cvs_silhouette_width(const CVSSilhouette *silhouette) CVS_NOEXCEPT;
int32_t cvs_silhouette_height(const CVSSilhouette *silhouette) CVS_NOEXCEPT;
/// Square pixels inside the outline.
double cvs_silhouette_area(const CVSSilhouette *silhouette) CVS_NOEXCEPT;
/// Which share of the outline is the picture's border, 0...1.
double cvs_silhouette_cut_share(const CVSSilhouette *silhouette) CVS_NOEXCEPT;

/// Pixels of the full size from the outline, inside positive; not a number where nothing is known (see above).
double cvs_silhouette_distance(const CVSSilhouette *silhouette, double x, double y) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
