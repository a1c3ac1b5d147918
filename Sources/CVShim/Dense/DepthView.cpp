#include "DepthView.hpp"

#include <cmath>
#include <opencv2/imgproc.hpp>

#include "../Guard.hpp"

namespace {

/// The picture without the lens's distortion; what lay outside is like the border.
cv::Mat straightened(const cv::Mat &picture, const CVSCamera &camera) {
    if (camera.k1 == 0 && camera.k2 == 0) return picture;
    cv::Mat places(picture.size(), CV_32FC2);
    for (int y = 0; y < places.rows; ++y)
        for (int x = 0; x < places.cols; ++x) {
            const double u = (x - camera.principal[0]) / camera.focal, v = (y - camera.principal[1]) / camera.focal;
            const double square = u * u + v * v;
            const double scale = camera.focal * (1 + square * (camera.k1 + square * camera.k2));
            places.at<cv::Vec2f>(y, x) = {float(camera.principal[0] + scale * u),
                                          float(camera.principal[1] + scale * v)};
        }
    cv::Mat straight;
    cv::remap(picture, straight, places, cv::noArray(), cv::INTER_LINEAR, cv::BORDER_REPLICATE);
    return straight;
}

}  // namespace

cvs::DepthView cvs::preparedView(const CVSCamera &camera, const cv::Mat &photo, int pixels, int levels,
                                 CVSCancel cancel) {
    const double shrink = std::min(1.0, std::sqrt(double(pixels) / (double(photo.cols) * photo.rows)));
    const cv::Size size(std::max(16, int(std::lround(photo.cols * shrink))),
                        std::max(16, int(std::lround(photo.rows * shrink))));
    stopIfCancelled(cancel);
    DepthView view;
    cv::Mat small;
    cv::resize(photo, small, size, 0, 0, cv::INTER_AREA);
    view.camera = scaled(camera, size.width, size.height);
    view.colour = straightened(small, view.camera);
    view.camera.k1 = view.camera.k2 = 0;
    stopIfCancelled(cancel);
    cv::Mat grey;
    cv::cvtColor(view.colour, grey, cv::COLOR_RGB2GRAY);
    grey.convertTo(grey, CV_32F);
    for (int level = 0; level < levels; ++level) {
        view.greys.push_back(grey);
        if (std::min(grey.cols, grey.rows) < 64) break;
        cv::Mat half;
        cv::resize(grey, half, cv::Size((grey.cols + 1) / 2, (grey.rows + 1) / 2), 0, 0, cv::INTER_AREA);
        grey = half;
    }
    return view;
}

cvs::Change::Change(const CVSCamera &from, const CVSCamera &to) {
    const cv::Matx33d first(from.rotation), second(to.rotation);
    const cv::Matx33d relative = second * first.t();
    const cv::Vec3d moved = cv::Vec3d(to.translation) - relative * cv::Vec3d(from.translation);
    for (int i = 0; i < 9; ++i) turn.val[i] = float(relative.val[i]);
    shift = {float(moved[0]), float(moved[1]), float(moved[2])};
}
