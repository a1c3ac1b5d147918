#include <opencv2/imgproc.hpp>

#include "../Guard.hpp"
#include "Quad.hpp"

extern "C" CVS_EXPORT CVSStatus cvs_plates_strip(const CVSImage *picture, const double *corners, int32_t used,
                                                 int32_t width, int32_t height, float *planes,
                                                 CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (picture->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "the picture must have 3 channels"};
        if (used < 1 || used > width || width > 4096 || height < 1 || height > 1024)
            throw cvs::Error{CVSStatusBadArgument, "a strip must have from 1 to 4096 columns"};
        cv::Point2f from[4], to[4];
        for (int i = 0; i < 4; ++i) {
            from[i] = cv::Point2f(i == 1 || i == 2 ? float(used) : 0, i > 1 ? float(height) : 0);
            to[i] = cv::Point2f(float(corners[2 * i]), float(corners[2 * i + 1]));
        }
        const cv::Matx33d h = cv::getPerspectiveTransform(from, to);
        const size_t plane = size_t(width) * size_t(height);
        std::fill_n(planes, 3 * plane, 0.0f);
        for (int y = 0; y < height; ++y)
            for (int x = 0; x < used; ++x) {
                const cv::Vec3d at = h * cv::Vec3d(x + 0.5, y + 0.5, 1);
                for (int c = 0; c < 3; ++c)
                    planes[size_t(2 - c) * plane + size_t(y) * size_t(width) + size_t(x)] =
                        cvs::between(picture->mat, at[0] / at[2], at[1] / at[2], c) * (2.0f / 255) - 1;
            }
    });
}

extern "C" CVS_EXPORT CVSStatus cvs_plates_likeliest(const float *scores, int32_t steps, int32_t classes,
                                                     int32_t *likeliest, float *shares, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        if (steps < 1 || classes < 1) throw cvs::Error{CVSStatusBadArgument, "there are no classes"};
        for (int i = 0; i < steps; ++i) {
            const float *row = scores + size_t(i) * size_t(classes);
            likeliest[i] = int32_t(std::max_element(row, row + classes) - row);
            shares[i] = row[likeliest[i]];
        }
    });
}
