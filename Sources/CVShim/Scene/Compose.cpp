#include <cmath>

#include "Scene.hpp"

namespace {

void check(const CVSImage *cutout, const CVSImage *backdrop, const CVSPlacement &p) {
    if (cutout->mat.channels() != 4) throw cvs::Error{CVSStatusBadArgument, "a cut-out has 4 channels"};
    if (backdrop->mat.channels() != 3) throw cvs::Error{CVSStatusBadArgument, "a backdrop has 3 channels"};
    bool finite = std::isfinite(p.scale) && std::isfinite(p.roll) && std::isfinite(p.anchor.x + p.anchor.y) &&
                  std::isfinite(p.target.x + p.target.y) && std::isfinite(p.tone_gain);
    if (!finite || p.scale < 1e-4 || p.scale > 64 || p.tone_gain < 0.1 || p.tone_gain > 10)
        throw cvs::Error{CVSStatusBadArgument, "the placement is out of range"};
}

void lay(const cv::Mat &object, const cv::Mat &density, const CVSShadow *shadow, cv::Mat &canvas) {
    float dark[3] = {0, 0, 0};
    for (int c = 0; shadow && c < 3; c++) dark[c] = shadow->colour[c] * 255;
    for (int y = 0; y < canvas.rows; y++) {
        const cv::Vec4f *top = object.ptr<cv::Vec4f>(y);
        const float *d = density.empty() ? nullptr : density.ptr<float>(y);
        cv::Vec3b *row = canvas.ptr<cv::Vec3b>(y);
        for (int x = 0; x < canvas.cols; x++) {
            float see = 1 - top[x][3] / 255, shade = d ? d[x] : 0;
            for (int c = 0; c < 3; c++) {
                float floor = float(row[x][c]);
                floor += (std::min(dark[c], floor) - floor) * shade;
                row[x][c] = cv::saturate_cast<uint8_t>(top[x][c] + floor * see);
            }
        }
    }
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_scene_compose(const CVSImage *cutout, const CVSImage *backdrop,
                                                  const CVSPlacement *placement, const CVSShadow *shadow,
                                                  CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        check(cutout, backdrop, *placement);
        cv::Mat canvas = backdrop->mat.clone();
        cv::Mat object = cvs::place(cutout->mat, *placement, canvas.size(), cancel);
        cv::Mat density;
        if (shadow) {
            cv::Mat alpha;
            cv::extractChannel(object, alpha, 3);
            density = cvs::shadow_density(alpha, *shadow, cancel);
        }
        cvs::stopIfCancelled(cancel);
        lay(object, density, shadow, canvas);
        *out = new CVSImage{canvas};
    });
}
