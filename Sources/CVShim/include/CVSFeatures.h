#ifndef CVS_FEATURES_H
#define CVS_FEATURES_H
#include "CVSBase.h"
#include "CVSCamera.h"

#ifdef __cplusplus
extern "C" {
#endif
#pragma clang assume_nonnull begin

/// Local features of a picture, coarsest first, each with a descriptor of 128 numbers. Immutable after creation; one
/// owner at a time, any thread; reading may be shared.
typedef struct CVSFeatures CVSFeatures;

/// Where a feature is, in pixels of the picture that was given, pixel centres at whole numbers.
typedef struct CVSFeature {
    float x, y;
    /// Diameter of what its descriptor looks at, in pixels.
    float size;
    /// Degrees clockwise from x.
    float angle;
    /// sRGB at its place.
    uint8_t colour[3];
} CVSFeature;

typedef struct CVSFeatureOptions {
    /// A larger picture is shrunk to about this many pixels before features are looked for.
    int32_t max_pixels;
    /// The best of more are kept, spread over the picture.
    int32_t max_features;
    /// Least contrast of a blob, 0...1; 0.04 / 3 is Lowe's.
    double contrast;
    /// With fewer features the search begins once more at twice the picture's size, where there are more and finer
    /// ones, for four times the work; 0: never.
    int32_t enough;
} CVSFeatureOptions;

/// SIFT (Lowe 2004) with the square roots of the descriptors' shares (RootSIFT: Arandjelovic, Zisserman 2012). Features
/// where `mask` (1 channel, the picture's size) is below 128 are left out.
CVSStatus cvs_features_detect(const CVSImage *picture, const CVSImage *_Nullable mask, const CVSFeatureOptions *options,
                              CVSCancel cancel, CVSFeatures *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_features_destroy(CVSFeatures *features) CVS_NOEXCEPT;
int32_t cvs_features_count(const CVSFeatures *features) CVS_NOEXCEPT;
/// Valid while the features live.
const CVSFeature *_Nullable cvs_features_list(const CVSFeatures *features) CVS_NOEXCEPT;

/// Two features that look alike.
typedef struct CVSMatch {
    int32_t first, second;
    /// Distance of the descriptors, 0 ... sqrt(2), and what it is of the second best one's, 0...1.
    float distance, ratio;
} CVSMatch;

/// Matches between two pictures. Create and destroy only.
typedef struct CVSMatches CVSMatches;

typedef struct CVSMatchOptions {
    /// Only so many of the coarsest features of each picture are compared; 0: all.
    int32_t limit;
    /// The best must be closer than this share of the second best (Lowe 2004).
    double ratio;
    /// The largest distance of two descriptors.
    double distance;
} CVSMatchOptions;

/// Pairs that are each other's best, in the order of `first`. Integer arithmetic: the same on every processor.
CVSStatus cvs_features_match(const CVSFeatures *first, const CVSFeatures *second, const CVSMatchOptions *options,
                             CVSCancel cancel, CVSMatches *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;

typedef struct CVSGuide {
    CVSCamera first, second;
    /// Largest distance from the epipolar line in pixels.
    double reach;
    /// Depths along the first camera's axis between which points are looked for, above 0.
    double nearest, farthest;
} CVSGuide;

/// The same where both cameras are known: only features near each other's epipolar line, between two depths, are
/// compared, so that alike ones elsewhere don't get in the way.
CVSStatus cvs_features_match_guided(const CVSFeatures *first, const CVSFeatures *second, const CVSGuide *guide,
                                    const CVSMatchOptions *options, CVSCancel cancel,
                                    CVSMatches *_Nullable *_Nonnull out, CVSError *error) CVS_NOEXCEPT;
void cvs_matches_destroy(CVSMatches *matches) CVS_NOEXCEPT;
int32_t cvs_matches_count(const CVSMatches *matches) CVS_NOEXCEPT;
/// Valid while the matches live.
const CVSMatch *_Nullable cvs_matches_list(const CVSMatches *matches) CVS_NOEXCEPT;

#pragma clang assume_nonnull end
#ifdef __cplusplus
}
#endif
#endif
