#ifndef CVS_SCENE_H
#define CVS_SCENE_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

typedef struct CVSPoint {
    double x, y;
} CVSPoint;

/// Where the object of a matte is; pixel centres at whole numbers, so the lower border of row 9 is y = 9.5.
typedef struct CVSObjectGeometry {
    /// False when no pixel's alpha is above one half; then nothing else is set.
    bool found;
    /// Alpha above one half, without specks under 1 % of the largest piece.
    int32_t box_x, box_y, box_width, box_height;
    /// Mean alpha of the whole picture, 0...1.
    double coverage;
    /// Upper border of the body: the first row as wide as an eighth of the box, so that no aerial counts.
    double top;
    /// Lower border of the lowest contact with the ground.
    double ground;
    /// Ends of the longest edge of the silhouette's lower convex hull: two wheels as a rule.
    CVSPoint left_contact, right_contact;
    /// The share of each picture border's length that the object touches: left, top, right, bottom.
    double left_cut, top_cut, right_cut, bottom_cut;
} CVSObjectGeometry;

/// Measures the alpha of `matte`, which has 1 channel (the alpha itself) or 4, after turning it by `roll` radians
/// clockwise about the picture's centre; all places are those of the turned picture. Cuts are measured unturned.
CVSStatus cvs_scene_measure(const CVSImage *matte, double roll, CVSCancel cancel, CVSObjectGeometry *out,
                            CVSError *error) CVS_NOEXCEPT;

/// Median luminance (Rec. 709, linear light, 0...1) of the pixels of an RGBA picture with alpha above 0.9; 0 without
/// any.
CVSStatus cvs_scene_luminance(const CVSImage *cutout, CVSCancel cancel, double *out, CVSError *error) CVS_NOEXCEPT;

/// A studio as numbers: colours are sRGB 0...1, places are fractions of the canvas, strengths 0...1.
typedef struct CVSBackdrop {
    float wall_top[3], wall_foot[3], floor_far[3], floor_near[3];
    /// Height of the line where wall meets floor, and how much of the canvas the sweep between them takes.
    float horizon, sweep;
    /// Light on the wall: colour added, its centre, its half width and half height, its strength.
    float glow[3], glow_x, glow_y, glow_width, glow_height, glow_strength;
    /// Light on the floor under the object, likewise.
    float pool[3], pool_x, pool_y, pool_width, pool_height, pool_strength;
    float vignette;
} CVSBackdrop;

/// Paints a studio of 16...16384 pixels a side: 3 channels, dithered by a fixed noise so that gradients don't band.
CVSStatus cvs_scene_backdrop(const CVSBackdrop *backdrop, int32_t width, int32_t height, CVSCancel cancel,
                             CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

/// A similarity: canvas = target + scale * R(roll) * (source - anchor), and the tone of the whole object.
typedef struct CVSPlacement {
    double scale;
    /// Radians, clockwise as seen.
    double roll;
    CVSPoint anchor, target;
    /// In linear light y = g x / (1 + (g - 1) x): slope g in the shadows, black and white stay. 1 changes nothing.
    double tone_gain;
} CVSPlacement;

/// How the object's shadow looks on the floor.
typedef struct CVSShadow {
    /// 0...1: darkness where the object meets the ground, and of the soft part round it.
    float contact, soft;
    /// Where the light comes from: -1 left ... 1 right; the soft shadow moves to the other side.
    float light_x;
    /// sRGB 0...1 of the darkest shadow.
    float colour[3];
} CVSShadow;

/// Puts an RGBA cut-out over a 3-channel backdrop, with its shadow when one is given; the result has the backdrop's
/// size.
///
/// Inside the object (alpha 1) the result is the resampled source under the tone curve and nothing else.
CVSStatus cvs_scene_compose(const CVSImage *cutout, const CVSImage *backdrop, const CVSPlacement *placement,
                            const CVSShadow *_Nullable shadow, CVSCancel cancel, CVSImage *_Nullable *_Nonnull out,
                            CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
