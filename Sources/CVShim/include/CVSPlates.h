#ifndef CVS_PLATES_H
#define CVS_PLATES_H
#include "CVSBase.h"
#include "CVSCodec.h"
#include "CVSMatte.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// A place in a picture or a map: x and y of four corners in turn, clockwise from the top left as it is read.
typedef struct CVSPlateQuad {
    double corners[8];
    /// 0...1; of a plate, how surely its surface is there.
    double confidence;
    /// How surely its middle is one, 0...1; 0 of a line of text.
    double middle;
} CVSPlateQuad;

/// How a network wants its planes.
typedef enum __attribute__((enum_extensibility(closed))) CVSPlanes : int32_t {
    /// Red, green and blue, 0...1.
    CVSPlanesColour = 0,
    /// Blue, green and red, -1...1.
    CVSPlanesText,
} CVSPlanes;

/// A part of a 3-channel picture at another size, as 3 planes of height x width values; beyond the picture it is black.
CVSStatus cvs_plates_input(const CVSImage *picture, CVSRect rect, int32_t width, int32_t height, CVSPlanes kind,
                           float *planes, CVSCancel cancel, CVSError *error) CVS_NOEXCEPT;

/// Lines of text in a map of shares 0...1 (differentiable binarisation: Liao et al., AAAI 2020): the smallest rectangle
/// round each part of at least 0.3, widened as the network was taught to shrink it. In cells of the map, the surest
/// first, `capacity` at most.
CVSStatus cvs_plates_lines(const float *map, int32_t width, int32_t height, CVSPlateQuad *lines, int32_t capacity,
                           int32_t *count, CVSError *error) CVS_NOEXCEPT;

/// Plates in the 10 maps of the network of plates (how likely a cell is a plate's surface, how likely its middle, and x
/// and y of four corners from the cell's middle): a quad for each peak of the middle of at least `floor`, its corners
/// as those cells of its surface say that are nearest to each; none on one that is surer. In cells, their borders at
/// whole numbers; the surest first, `capacity` at most.
CVSStatus cvs_plates_peaks(const float *maps, int32_t width, int32_t height, float floor, CVSPlateQuad *quads,
                           int32_t capacity, int32_t *count, CVSError *error) CVS_NOEXCEPT;

/// Moves the four sides of a plate onto the edges of a 3-channel picture near them, each as a straight line along which
/// the colours change most and in one direction; a side without a better edge near it stays. The left and right sides
/// may be off by `slack` of the height, where that is more than usual.
CVSStatus cvs_plates_refine(const CVSImage *picture, double slack, double *corners, CVSError *error) CVS_NOEXCEPT;

/// How wide a blue band is that stands left of a quad, in its heights, as on plates of the European Union; 0 for none.
CVSStatus cvs_plates_band(const CVSImage *picture, const double *corners, double *width, CVSError *error) CVS_NOEXCEPT;

/// Boxes of the parts of a map of at least `floor`, the largest first, `capacity` at most; in cells.
CVSStatus cvs_plates_regions(const float *map, int32_t width, int32_t height, float floor, CVSRect *boxes,
                             int32_t capacity, int32_t *count, CVSError *error) CVS_NOEXCEPT;

/// A place of a 3-channel picture set upright into the left `used` columns of planes of height x width values, as text;
/// the rest is 0.
CVSStatus cvs_plates_strip(const CVSImage *picture, const double *corners, int32_t used, int32_t width, int32_t height,
                           float *planes, CVSError *error) CVS_NOEXCEPT;

/// The likeliest of `classes` in each of `steps` and its share, of a network's steps x classes values.
CVSStatus cvs_plates_likeliest(const float *scores, int32_t steps, int32_t classes, int32_t *likeliest, float *shares,
                               CVSError *error) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
