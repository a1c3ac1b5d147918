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

/// What a cut-out's opaque pixels say of its exposure and of the light's colour; linear light, 0...1.
typedef struct CVSTone {
    /// Median luminance (Rec. 709), and the luminance that 2 % lie above; 0 without any pixel.
    double median, highlight;
    /// Logarithms of red over green and of blue over green of what ought to be grey, and how sure that is, 0...1: of
    /// dark parts (tyres, trim, glass), and of the lighter ones.
    double dark_red, dark_blue, dark_weight, light_red, light_blue, light_weight;
} CVSTone;

/// Measures the pixels of an RGBA picture with alpha above 0.9.
CVSStatus cvs_scene_tone(const CVSImage *cutout, CVSCancel cancel, CVSTone *out, CVSError *error) CVS_NOEXCEPT;

/// A soft ellipse of light: sRGB 0...1, centre and half extents as fractions of the canvas, 0...1 of the colour.
typedef struct CVSLight {
    float colour[3], x, y, width, height, strength;
} CVSLight;

/// A studio as numbers: colours are sRGB 0...1, places are fractions of the canvas, strengths 0...1.
typedef struct CVSBackdrop {
    float wall_top[3], wall_foot[3], floor_far[3], floor_near[3];
    /// Height of the line where wall meets floor, and how much of the canvas the sweep between them takes.
    float horizon, sweep;
    /// Light on the wall, and on the floor under the object.
    CVSLight glow, pool;
    float vignette;
    /// Upright panels of light on the wall: how many, the light they add (share of white), upper and lower edge, and
    /// how far their edges fade.
    float panels, panel_light, panel_top, panel_foot, panel_soft;
    /// A thin line of light along the horizon: its colours at the left and right, its strength.
    float line_left[3], line_right[3], line_strength;
    /// Unevenness of wall and floor as a share of their light.
    float wall_grain, floor_grain;
    /// Where the light comes from: -1 left ... 1 right.
    float light_x;
    /// How much the floor mirrors the wall, 0...1.
    float mirror;
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
    /// First, in linear light of each channel, y = x (w + (1 - w) x^4): gain w below the highlights; white stays white.
    double white_balance[3];
    /// Then y = g x / (1 + (g - 1) x): slope g in the shadows, black and white stay. 1 changes nothing.
    double tone_gain;
} CVSPlacement;

/// How a floor takes an object's shadow and mirrors it.
typedef struct CVSFloor {
    /// 0...1: darkness where the object meets the ground, and of the soft part round it; both 0 cast no shadow.
    float contact, soft;
    /// Where the light comes from: -1 left ... 1 right, and 0 (grazing) ... 1 (from above); the soft shadow moves away
    /// from it, the farther the lower it is.
    float light_x, light_height;
    /// sRGB 0...1 of the darkest shadow.
    float colour[3];
    /// 0...1: how much of the object the floor mirrors at the contact, and how quickly the mirror image blurs.
    float mirror, roughness;
} CVSFloor;

/// Puts an RGBA cut-out over a 3-channel backdrop, with shadow and mirror image when a floor is given; the result has
/// the backdrop's size.
///
/// Inside the object (alpha 1) the result is the resampled source under white balance and tone, and nothing else.
CVSStatus cvs_scene_compose(const CVSImage *cutout, const CVSImage *backdrop, const CVSPlacement *placement,
                            const CVSFloor *_Nullable floor, CVSCancel cancel, CVSImage *_Nullable *_Nonnull out,
                            CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
