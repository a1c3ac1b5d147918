#include <algorithm>
#include <cmath>
#include <opencv2/imgproc.hpp>
#include <vector>

#include "Enlarge.hpp"
#include "Shrink.hpp"

namespace {

/// Where coefficients are computed: the longer side of the part is shrunk to at most this.
constexpr int workingSide = 800;
/// The variance that counts as an edge.
constexpr float edgeVariance = 1e-4f;

float clamp01(float value) { return std::min(1.0f, std::max(0.0f, value)); }

/// Means over windows of (2 radius + 1)^2, smaller at the borders' mirror.
cv::Mat means(const cv::Mat &values, int radius) {
    cv::Mat to;
    cv::boxFilter(values, to, CV_32F, {2 * radius + 1, 2 * radius + 1}, {-1, -1}, true, cv::BORDER_REFLECT);
    return to;
}

/// Alpha as a x colour + b in every window (He et al. 2013, equations 19 and 20): 4 channels, b last, averaged.
cv::Mat coefficients(const cv::Mat &colour, const cv::Mat &alpha, int radius, CVSCancel cancel) {
    // r g b a | rr rg rb gg | gb bb ra ga | ba: the moments of colour and alpha.
    cv::Mat first(colour.size(), CV_32FC4), second(colour.size(), CV_32FC4), third(colour.size(), CV_32FC4),
        fourth(colour.size(), CV_32F);
    for (int y = 0; y < colour.rows; ++y) {
        const uint8_t *row = colour.ptr(y);
        const float *p = alpha.ptr<float>(y);
        float *f = first.ptr<float>(y), *s = second.ptr<float>(y), *t = third.ptr<float>(y), *l = fourth.ptr<float>(y);
        for (int x = 0; x < colour.cols; ++x, row += 3, f += 4, s += 4, t += 4) {
            const float r = float(row[0]) / 255, g = float(row[1]) / 255, b = float(row[2]) / 255, a = p[x];
            f[0] = r, f[1] = g, f[2] = b, f[3] = a;
            s[0] = r * r, s[1] = r * g, s[2] = r * b, s[3] = g * g;
            t[0] = g * b, t[1] = b * b, t[2] = r * a, t[3] = g * a;
            l[x] = b * a;
        }
    }
    first = means(first, radius);
    cvs::stopIfCancelled(cancel);
    second = means(second, radius);
    third = means(third, radius);
    fourth = means(fourth, radius);
    cvs::stopIfCancelled(cancel);

    cv::Mat fit(colour.size(), CV_32FC4);
    for (int y = 0; y < colour.rows; ++y) {
        const float *f = first.ptr<float>(y), *s = second.ptr<float>(y), *t = third.ptr<float>(y),
                    *l = fourth.ptr<float>(y);
        float *to = fit.ptr<float>(y);
        for (int x = 0; x < colour.cols; ++x, f += 4, s += 4, t += 4, to += 4) {
            const float r = f[0], g = f[1], b = f[2], a = f[3];
            const float rr = s[0] - r * r + edgeVariance, rg = s[1] - r * g, rb = s[2] - r * b;
            const float gg = s[3] - g * g + edgeVariance, gb = t[0] - g * b, bb = t[1] - b * b + edgeVariance;
            const float cr = t[2] - r * a, cg = t[3] - g * a, cb = l[x] - b * a;
            const float i00 = gg * bb - gb * gb, i01 = gb * rb - rg * bb, i02 = rg * gb - gg * rb;
            const float i11 = rr * bb - rb * rb, i12 = rb * rg - rr * gb, i22 = rr * gg - rg * rg;
            const float inverse = 1 / (rr * i00 + rg * i01 + rb * i02);
            to[0] = (i00 * cr + i01 * cg + i02 * cb) * inverse;
            to[1] = (i01 * cr + i11 * cg + i12 * cb) * inverse;
            to[2] = (i02 * cr + i12 * cg + i22 * cb) * inverse;
            to[3] = a - to[0] * r - to[1] * g - to[2] * b;
        }
    }
    return means(fit, radius);
}

/// What a working cell and its neighbours all are: 0 empty, 255 full, 1 neither.
cv::Mat kinds(const cv::Mat &alpha, int radius) {
    const cv::Mat window = cv::getStructuringElement(cv::MORPH_RECT, {2 * radius + 3, 2 * radius + 3});
    cv::Mat low, high, kind(alpha.size(), CV_8U);
    cv::erode(alpha, low, window);
    cv::dilate(alpha, high, window);
    for (int y = 0; y < alpha.rows; ++y)
        for (int x = 0; x < alpha.cols; ++x)
            kind.at<uint8_t>(y, x) = high.at<float>(y, x) < 0.02f ? 0 : low.at<float>(y, x) > 0.98f ? 255 : 1;
    return kind;
}

/// The filter's coefficients between the centres of working cells, applied to the picture's own pixels.
struct Border {
    const cv::Mat &fit;
    int factor;
    float level, gain;

    uint8_t alpha(const uint8_t *pixel, int x, int y) const {
        const float u = (float(x) + 0.5f) / float(factor) - 0.5f, v = (float(y) + 0.5f) / float(factor) - 0.5f;
        const int x0 = std::max(0, int(std::floor(u))), y0 = std::max(0, int(std::floor(v)));
        const int x1 = std::min(fit.cols - 1, x0 + 1), y1 = std::min(fit.rows - 1, y0 + 1);
        const float s = clamp01(u - float(x0)), t = clamp01(v - float(y0));
        const float *a = fit.ptr<float>(y0) + 4 * x0, *b = fit.ptr<float>(y0) + 4 * x1;
        const float *c = fit.ptr<float>(y1) + 4 * x0, *d = fit.ptr<float>(y1) + 4 * x1;
        float k[4];
        for (int i = 0; i < 4; ++i) {
            const float upper = a[i] + (b[i] - a[i]) * s, lower = c[i] + (d[i] - c[i]) * s;
            k[i] = upper + (lower - upper) * t;
        }
        const float p = (k[0] * float(pixel[0]) + k[1] * float(pixel[1]) + k[2] * float(pixel[2])) / 255 + k[3];
        return uint8_t(clamp01((p - level) * gain + 0.5f) * 255 + 0.5f);
    }
};

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_matte_refine(const CVSImage *picture, const float *map, int32_t width,
                                                 int32_t height, CVSRect rect, const CVSMapReading *reading,
                                                 CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
        if (width < 1 || height < 1) throw cvs::Error{CVSStatusBadArgument, "the map has no cells"};
        const cv::Rect inside = cvs::within(picture->mat, rect);
        const cv::Mat part = picture->mat(inside);
        const int factor = std::max(1, (std::max(part.cols, part.rows) + workingSide - 1) / workingSide);
        const cv::Mat small = cvs::shrunk(part, factor, cancel);
        const cv::Mat cells(height, width, CV_32F, const_cast<float *>(map));
        const cv::Mat coarse = cvs::enlarged(cells, small.cols, small.rows);
        const double cell = std::max(double(small.cols) / width, double(small.rows) / height);
        const int radius = std::max(1, int(std::lround(double(reading->window) * cell)));
        const cv::Mat kind = kinds(coarse, radius);
        const cv::Mat fit = coefficients(small, coarse, radius, cancel);

        cv::Mat alpha(picture->mat.size(), CV_8U, cv::Scalar(0));
        cv::Mat here = alpha(inside);
        const Border border{fit, factor, reading->level, reading->gain};
        for (int y = 0; y < here.rows; ++y) {
            if (y % 64 == 0) cvs::stopIfCancelled(cancel);
            const uint8_t *kindRow = kind.ptr(y / factor), *pixel = part.ptr(y);
            uint8_t *line = here.ptr(y);
            for (int x = 0; x < here.cols; ++x, pixel += 3) {
                const uint8_t what = kindRow[x / factor];
                line[x] = what == 1 ? border.alpha(pixel, x, y) : what;
            }
        }
        *out = new CVSImage{alpha};
    });
}
