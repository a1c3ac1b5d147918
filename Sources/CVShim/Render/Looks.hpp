#pragma once
#include <opencv2/core.hpp>
#include <vector>

#include "../Mesh/Camera.hpp"
#include "../Mesh/Mesh.hpp"
#include "../Solve/Silhouette.hpp"

namespace cvs {

/// A photo as texture, and what its camera sees of the mesh. A mirrored one shows the other half of a symmetric car.
struct Look {
    CVSCamera camera;
    const CVSSilhouette *silhouette = nullptr;
    bool isMirrored = false;
    /// CV_8UC3, R first.
    cv::Mat photo;
    /// CV_8UC1: 0 where the photo shows what is behind the object, or nearly does; empty where that is not known.
    cv::Mat opaque;
    /// CV_32FC3: the photo's colours without detail, averaged over the object alone; at a `coarse`-th of its size.
    cv::Mat blurred;
    double coarse = 1;
    /// CV_32F: the least depth seen round each place, in a picture `shrink` times as small as the photo.
    cv::Mat nearest;
    double shrink = 1;
    /// What the colours are multiplied with to agree with the other photos.
    float gain = 1;

    /// Whether a place, in pixels from the photo's corner, shows what is behind the object.
    bool isHole(double x, double y) const;
    /// How well a point with a normal is shown, 0 (not at all) to 1 (from straight ahead), and where in the photo.
    double quality(const cv::Vec3d &point, const cv::Vec3d &normal, cv::Vec2d &place) const;
    /// The photo's colour at a place, between pixels by cubics (Keys 1981), times the gain.
    cv::Vec3f colour(const cv::Vec2d &place) const;
    /// The colour without detail, times the gain.
    cv::Vec3f base(const cv::Vec2d &place) const;
};

/// What is known of one photo.
struct PhotoView {
    CVSCamera camera;
    const CVSSilhouette *silhouette;
    cv::Mat photo;
    /// CV_8UC1, or empty: how opaque the object is.
    cv::Mat alpha;
};

/// The photos, and after them their mirror images when the car is symmetric.
std::vector<Look> looksAt(const CVSMesh &mesh, const std::vector<PhotoView> &photos, bool symmetric, CVSCancel cancel);

/// Solves the gains: what two photos show of the same place shall be equally bright (least squares of logarithms, as
/// Brown and Lowe 2007 do), each as bright as it is where that is near enough.
void harmonise(const CVSMesh &mesh, std::vector<Look> &looks);

}  // namespace cvs
