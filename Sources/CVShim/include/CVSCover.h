#ifndef CVS_COVER_H
#define CVS_COVER_H
#include "CVSBase.h"
#include "CVSImage.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// What a number plate is covered with. Closed, append only.
typedef enum __attribute__((enum_extensibility(closed))) CVSCoverKind : int32_t {
    /// A few means of the plate's light, in coarse steps, run into each other: there is no way back.
    CVSCoverKindBlur = 0,
    /// The same light as tiles.
    CVSCoverKindPixelate,
    /// One colour.
    CVSCoverKindSolid,
    /// A picture, in the plate's perspective, light, sharpness and grain.
    CVSCoverKindLogo,
} CVSCoverKind;

/// One plate and its cover.
typedef struct CVSCover {
    /// x and y in turn, clockwise from the top left as it is read, in pixels whose centres are whole numbers. Any four
    /// numbers are taken: what is no convex quadrangle is covered as its hull.
    double corners[8];
    CVSCoverKind kind;
    /// Of CVSCoverKindSolid; without it the plate's own light is taken.
    bool has_colour;
    CVSColour colour;
} CVSCover;

/// A copy of `photo` (3 channels) with every plate covered, and a margin of 8 % of its height and a pixel
/// around each; pixels farther off are the photo's own. `logo` (3 or 4 channels) is needed by CVSCoverKindLogo.
CVSStatus cvs_cover(const CVSImage *photo, const CVSCover *_Nullable covers, int32_t count,
                    const CVSImage *_Nullable logo, CVSCancel cancel, CVSImage *_Nullable *_Nonnull out,
                    CVSError *error) CVS_NOEXCEPT;

/// A dealer's plate with a name on it: dark letters on white, 1040 x 220. ASCII and German letters; BadArgument for
/// others, for nothing, and for more than 24.
CVSStatus cvs_draw_name(const char *name, CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

/// What covers did to a photo.
typedef struct CVSCoverTruth {
    /// How many pixels lie outside of every plate and its margin, and the largest difference of any channel there.
    int64_t outside;
    double maximum;
} CVSCoverTruth;

/// Compares a covered picture with its photo where no cover may reach. Where that is, is computed from the corners by
/// other means than covering takes.
CVSStatus cvs_truth_covers(const CVSImage *photo, const CVSImage *covered, const CVSCover *_Nullable covers,
                           int32_t count, CVSCancel cancel, CVSCoverTruth *out, CVSError *error) CVS_NOEXCEPT;

/// Draws closed outlines of `corners` (8 numbers each) into a copy of a 3-channel picture, `thickness` pixels wide.
CVSStatus cvs_outline(const CVSImage *picture, const double *_Nullable corners, int32_t count, CVSColour colour,
                      int32_t thickness, CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
