#pragma once
#include <array>
#include <opencv2/core.hpp>
#include <vector>

#include "../Mesh/Mesh.hpp"
#include "CVSModel.h"
#include "Looks.hpp"

struct CVSModel {
    static constexpr size_t materials = 4;

    std::vector<cv::Vec3f> vertices, normals;
    /// 0...1 right and down.
    std::vector<cv::Vec2f> places;
    std::vector<uint32_t> origins;
    std::array<std::vector<cvs::Triangle>, materials> triangles;
    CVSCoverage coverage{0, 0, 0};
    /// CV_8UC3, R first.
    cv::Mat texture;
    /// The photos themselves, none mirrored.
    std::vector<cvs::Look> looks;
};
