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
    // Beyond 1.25 the curve would turn back below white.
    for (double w : p.white_balance)
        if (!(w >= 0.5 && w <= 1.25)) throw cvs::Error{CVSStatusBadArgument, "the white balance is out of range"};
}

bool within(float x, float least, float most) { return x >= least && x <= most; }

void check(const CVSFloor &f) {
    bool sound = within(f.contact, 0, 1) && within(f.soft, 0, 1) && within(f.light_x, -1, 1) &&
                 within(f.light_height, 0, 1) && within(f.mirror, 0, 1) && within(f.roughness, 0, 1);
    for (float c : f.colour) sound = sound && within(c, 0, 1);
    if (!sound) throw cvs::Error{CVSStatusBadArgument, "the floor is out of range"};
}

/// Darkens the floor, sets the mirror image into it, and lays the object over both.
void lay(const cv::Mat &object, const cv::Mat &density, const cv::Mat &image, const CVSFloor *floor, cv::Mat &canvas) {
    float dark[3] = {0, 0, 0};
    for (int c = 0; floor && c < 3; c++) dark[c] = floor->colour[c] * 255;
    for (int y = 0; y < canvas.rows; y++) {
        const cv::Vec4f *top = object.ptr<cv::Vec4f>(y);
        const float *d = density.empty() ? nullptr : density.ptr<float>(y);
        const cv::Vec4f *under = image.empty() ? nullptr : image.ptr<cv::Vec4f>(y);
        cv::Vec3b *row = canvas.ptr<cv::Vec3b>(y);
        for (int x = 0; x < canvas.cols; x++) {
            float see = 1 - top[x][3] / 255, shade = d ? d[x] : 0;
            for (int c = 0; c < 3; c++) {
                float ground = float(row[x][c]);
                ground += (std::min(dark[c], ground) - ground) * shade;
                if (under) ground = ground * (1 - under[x][3] / 255) + under[x][c];
                row[x][c] = cv::saturate_cast<uint8_t>(top[x][c] + ground * see);
            }
        }
    }
}

}  // namespace

extern "C" CVS_EXPORT CVSStatus cvs_scene_compose(const CVSImage *cutout, const CVSImage *backdrop,
                                                  const CVSPlacement *placement, const CVSFloor *floor,
                                                  CVSCancel cancel, CVSImage **out, CVSError *error) noexcept {
    return cvs::guarded(error, [&] {
        check(cutout, backdrop, *placement);
        if (floor) check(*floor);
        cv::Mat canvas = backdrop->mat.clone();
        cv::Mat object = cvs::place(cutout->mat, *placement, canvas.size(), cancel);
        cv::Mat density, image;
        if (floor) {
            cv::Mat alpha;
            cv::extractChannel(object, alpha, 3);
            cvs::Crop crop = cvs::crop_of(cutout->mat, *placement);
            cvs::Footing footing = cvs::footing(alpha, crop);
            density = cvs::shadow_density(footing, *floor, crop, canvas.size(), cancel);
            if (floor->mirror > 0) image = cvs::mirrored(object, footing, *floor, crop, cancel);
        }
        cvs::stopIfCancelled(cancel);
        lay(object, density, image, floor, canvas);
        *out = new CVSImage{canvas};
    });
}
