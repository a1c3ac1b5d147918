#ifndef CVS_MATTE_H
#define CVS_MATTE_H
#include "CVSBase.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A rectangle of whole pixels inside a picture, or of cells inside a map.
typedef struct CVSRect {
    int32_t x, y, width, height;
} CVSRect;

/// The main object of a map.
typedef struct CVSMainObject {
    /// False: nothing in the map stands out.
    bool found;
    /// Cells above the threshold.
    CVSRect box;
    /// Its cells as a share of the map.
    double area;
    /// The next object's standing over the main one's, 0 when it is alone, at most 1.
    double rival;
    /// Mean distance from undecided (one half) of the cells in and round it, 0...1.
    double certainty;
    /// The map's largest value before it was normalised.
    double peak;
} CVSMainObject;

/// Resamples `rect` of a 3-channel picture to width x height and writes 3 planes, scaled to the brightest sample and
/// normalised by ImageNet's mean and deviation, as U2-Net was trained.
CVSStatus cvs_matte_input(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height, float *planes,
                          CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

/// How a network's map is read.
typedef struct CVSMapReading {
    /// Cells beside the border that may be neither full nor empty.
    float band;
    /// Half width in cells of the window in which the border follows the picture's edges.
    float window;
    /// Alpha is one half where the filtered map has this value, and rises `gain` times as fast as the map.
    float level, gain;
} CVSMapReading;

/// The same, scaled to 0...1 by what a sample can hold: for networks trained on photographs as they are.
CVSStatus cvs_matte_colours(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height, float *planes,
                            CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

/// A map stretched to 0...1 and resampled to width x height.
CVSStatus cvs_matte_plane(const float *map, int32_t map_width, int32_t map_height, int32_t width, int32_t height,
                          float *plane, CVSError *error) CVS_NOEXCEPT;

/// Normalises a map of what stands out to 0 ... its largest value in place, and moves it towards a second one of shares
/// 0...1 of the same part, of any size, that knows what is looked for: their log-odds are added, the second's by half.
CVSStatus cvs_matte_weigh(float *map, int32_t width, int32_t height, const float *second, int32_t second_width,
                          int32_t second_height, CVSError *error) CVS_NOEXCEPT;

/// Normalises a map to 0...1 in place, chooses the largest object near (focus_x, focus_y), 0...1 of the map, and clears
/// everything else; closes holes, makes the inside solid and the outside empty beyond the band round the border.
CVSStatus cvs_matte_choose(float *map, int32_t width, int32_t height, double focus_x, double focus_y,
                           const CVSMapReading *reading, CVSMainObject *object, CVSError *error) CVS_NOEXCEPT;

/// Alpha of the whole picture from a chosen map of `rect`: the border follows the picture's edges (guided filter: He,
/// Sun, Tang 2013; coefficients at a bounded size: He, Sun 2015). Outside `rect` it is 0.
CVSStatus cvs_matte_refine(const CVSImage *picture, const float *map, int32_t width, int32_t height, CVSRect rect,
                           const CVSMapReading *reading, CVSCancel cancel, CVSImage *_Nullable *_Nonnull out,
                           CVSError *error) CVS_NOEXCEPT;

/// The picture's colours with `alpha`, freed of the background's light along the border (blur fusion: Forte, Pitié
/// 2021). 4 channels; wholly transparent pixels are black, opaque ones are the picture's own.
CVSStatus cvs_matte_cutout(const CVSImage *picture, const CVSImage *alpha, CVSCancel cancel,
                           CVSImage *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

/// Lets what a cut-out will be set on through its panes: where `glass` (0...1 in the cells of `rect`) is a pane and
/// what is seen through it is bright, alpha falls to one half at least; the dark cabin stays. `amount` is 0...1;
/// `share` is how much of the object lets through, 0...1.
CVSStatus cvs_matte_windows(const CVSImage *cutout, const float *glass, int32_t width, int32_t height, CVSRect rect,
                            double amount, CVSCancel cancel, double *share, CVSImage *_Nullable *_Nonnull out,
                            CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
