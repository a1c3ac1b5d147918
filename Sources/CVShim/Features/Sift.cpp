#include <algorithm>
#include <array>
#include <cmath>
#include <numeric>
#include <opencv2/imgproc.hpp>
#include <tuple>

#include "Describe.hpp"
#include "Features.hpp"

namespace cvs {
namespace {

/// A grey picture, and how many pixels of the given one its pixels have.
struct Shrunk {
    cv::Mat grey;
    double across = 1, down = 1;
};

Shrunk shrunk(const cv::Mat &picture, int maxPixels) {
    cv::Mat grey = picture;
    if (picture.channels() > 1)
        cv::cvtColor(picture, grey, picture.channels() == 3 ? cv::COLOR_RGB2GRAY : cv::COLOR_RGBA2GRAY);
    const double pixels = double(grey.cols) * grey.rows;
    if (pixels <= maxPixels) return {grey};
    const double factor = std::sqrt(maxPixels / pixels);
    const int width = std::max(1, int(std::lround(grey.cols * factor)));
    const int height = std::max(1, int(std::lround(grey.rows * factor)));
    cv::Mat small;
    cv::resize(grey, small, {width, height}, 0, 0, cv::INTER_AREA);
    return {small, double(picture.cols) / width, double(picture.rows) / height};
}

/// A feature before it is one of the list.
struct Candidate {
    CVSFeature feature;
    double contrast;
    std::array<float, descriptorLength> histograms;
};

/// Indices of the best `most` by contrast, taken in turns from the cells of a grid, so that a busy corner does not get
/// all; in ascending order.
template <typename Item, typename Place>
std::vector<int> spread(const std::vector<Item> &all, cv::Size2d size, int most, Place place) {
    std::vector<int> order(all.size());
    std::iota(order.begin(), order.end(), 0);
    if (int(all.size()) <= most) return order;
    constexpr int cells = 16;
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        const double left = all[size_t(a)].contrast, right = all[size_t(b)].contrast;
        return left != right ? left > right : a < b;
    });
    std::vector<int> rank(all.size()), taken(cells * cells, 0);
    for (int i : order) {
        const cv::Point2d at = place(all[size_t(i)]);
        const int x = std::clamp(int(at.x * cells / size.width), 0, cells - 1);
        const int y = std::clamp(int(at.y * cells / size.height), 0, cells - 1);
        rank[size_t(i)] = taken[size_t(y * cells + x)]++;
    }
    std::sort(order.begin(), order.end(), [&](int a, int b) {
        return rank[size_t(a)] != rank[size_t(b)] ? rank[size_t(a)] < rank[size_t(b)] : a < b;
    });
    order.resize(size_t(most));
    std::sort(order.begin(), order.end());
    return order;
}

class Detection {
public:
    Detection(const cv::Mat &picture, const cv::Mat &mask, const CVSFeatureOptions &options)
        : picture(picture), mask(mask), options(options), source(shrunk(picture, options.max_pixels)) {}

    CVSFeatures run(CVSCancel cancel) {
        if (std::min(source.grey.cols, source.grey.rows) < leastSide) return listed();
        for (const bool doubled : {false, true}) {
            if (doubled && int(found.size()) >= options.enough) break;
            found.clear();
            Pyramid pyramid(source.grey, doubled);
            do octave(pyramid, cancel);
            while (pyramid.next());
        }
        return listed();
    }

private:
    static constexpr int leastSide = 24;

    const cv::Mat &picture, &mask;
    const CVSFeatureOptions &options;
    const Shrunk source;
    std::vector<Candidate> found;

    /// In pixels of the given picture.
    cv::Point2d place(const Pyramid &pyramid, const Extremum &extremum) const {
        return {(extremum.x * pyramid.pixel() + 0.5) * source.across - 0.5,
                (extremum.y * pyramid.pixel() + 0.5) * source.down - 0.5};
    }

    cv::Point nearest(cv::Point2d at) const {
        return {std::clamp(int(std::lround(at.x)), 0, picture.cols - 1),
                std::clamp(int(std::lround(at.y)), 0, picture.rows - 1)};
    }

    void octave(const Pyramid &pyramid, CVSCancel cancel) {
        std::vector<Extremum> extrema = extremaOf(pyramid, options.contrast, cancel);
        if (!mask.empty()) {
            const auto outside = [&](const Extremum &extremum) {
                return mask.at<uint8_t>(nearest(place(pyramid, extremum))) < 128;
            };
            extrema.erase(std::remove_if(extrema.begin(), extrema.end(), outside), extrema.end());
        }
        const cv::Size2d size(pyramid.level(0).width(), pyramid.level(0).height());
        int turn = 0;
        for (int i : spread(extrema, size, options.max_features,
                            [](const Extremum &extremum) { return cv::Point2d(extremum.x, extremum.y); })) {
            if (turn++ % 256 == 0) stopIfCancelled(cancel);
            const Extremum &extremum = extrema[size_t(i)];
            for (double direction : directionsAt(pyramid, extremum)) {
                Candidate candidate{feature(pyramid, extremum, direction), extremum.contrast, {}};
                describe(pyramid, extremum, direction, candidate.histograms.data());
                found.push_back(candidate);
            }
        }
    }

    CVSFeature feature(const Pyramid &pyramid, const Extremum &extremum, double direction) const {
        const cv::Point2d at = place(pyramid, extremum);
        const double size = 2 * blurOf(extremum.layer) * pyramid.pixel() * (source.across + source.down) / 2;
        CVSFeature feature{float(at.x), float(at.y), float(size), float(direction * 180 / M_PI), {}};
        const cv::Point pixel = nearest(at);
        const uint8_t *colour = picture.ptr(pixel.y) + pixel.x * picture.channels();
        for (int c = 0; c < 3; ++c) feature.colour[c] = picture.channels() == 1 ? colour[0] : colour[c];
        return feature;
    }

    CVSFeatures listed() const {
        std::vector<int> order = spread(found, picture.size(), options.max_features, [](const Candidate &candidate) {
            return cv::Point2d(candidate.feature.x, candidate.feature.y);
        });
        // A total order, so that equal pictures give equal lists.
        std::sort(order.begin(), order.end(), [&](int a, int b) {
            const CVSFeature &one = found[size_t(a)].feature, &two = found[size_t(b)].feature;
            return std::tie(two.size, one.y, one.x, one.angle) < std::tie(one.size, two.y, two.x, two.angle);
        });
        CVSFeatures features;
        for (int i : order) {
            features.list.push_back(found[size_t(i)].feature);
            features.descriptors.append(found[size_t(i)].histograms.data());
        }
        features.descriptors.interleave();
        return features;
    }
};

}  // namespace
}  // namespace cvs

extern "C" CVS_EXPORT CVSStatus cvs_features_detect(const CVSImage *picture, const CVSImage *mask,
                                                    const CVSFeatureOptions *options, CVSCancel cancel,
                                                    CVSFeatures **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (mask && (mask->mat.channels() != 1 || mask->mat.size() != picture->mat.size()))
            throw cvs::Error{CVSStatusBadArgument, "a mask has one channel and its picture's size"};
        if (options->max_pixels < 1 || options->max_features < 1 || !(options->contrast > 0))
            throw cvs::Error{CVSStatusBadArgument, "feature options must be above 0"};
        const cv::Mat none;
        cvs::stopIfCancelled(cancel);
        *out = new CVSFeatures(cvs::Detection(picture->mat, mask ? mask->mat : none, *options).run(cancel));
    });
}

extern "C" CVS_EXPORT void cvs_features_destroy(CVSFeatures *features) noexcept { delete features; }
extern "C" CVS_EXPORT int32_t cvs_features_count(const CVSFeatures *features) noexcept {
    return int32_t(features->list.size());
}
extern "C" CVS_EXPORT const CVSFeature *cvs_features_list(const CVSFeatures *features) noexcept {
    return features->list.data();
}
