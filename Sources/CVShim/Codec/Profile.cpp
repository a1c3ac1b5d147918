#include "Profile.hpp"

#include <algorithm>
#include <cmath>

namespace cvs::codec {
namespace {

double s15Fixed16(View profile, size_t at) { return int32_t(profile.big32(at)) / 65536.0; }

/// Where a tag's value lies (ICC.1:2010, 7.3); 0 when there is none with at least `length` bytes.
size_t tag(View profile, const char *name, size_t length) {
    const size_t count = std::min<size_t>(profile.big32(128), 100);
    for (size_t entry = 132; count > 0 && entry < 132 + count * 12 && profile.has(entry, 12); entry += 12)
        if (profile.matches(entry, name, 4)) {
            const size_t at = profile.big32(entry + 4);
            return profile.has(at, length) ? at : 0;
        }
    return 0;
}

bool isColorant(View profile, const char *name, double x, double y, double z) {
    const size_t at = tag(profile, name, 20);
    if (!at) return false;
    const double wanted[] = {x, y, z};
    for (size_t i = 0; i < 3; ++i)
        if (std::abs(s15Fixed16(profile, at + 8 + i * 4) - wanted[i]) > 0.0015) return false;
    return true;
}

/// A `curv` table or gamma, or a `para` curve of type 3; negative for anything else.
double tone(View profile, size_t at, double value) {
    if (profile.matches(at, "para", 4) && profile.big16(at + 8) == 3 && profile.has(at, 32)) {
        double p[5];
        for (size_t i = 0; i < 5; ++i) p[i] = s15Fixed16(profile, at + 12 + i * 4);
        return value >= p[4] ? std::pow(p[1] * value + p[2], p[0]) : p[3] * value;
    }
    const size_t count = profile.matches(at, "curv", 4) ? profile.big32(at + 8) : 0;
    if (count < 2 || count > 65'536 || !profile.has(at + 12, count * 2)) return -1;
    const double place = value * double(count - 1);
    const size_t left = std::min(size_t(place), count - 2);
    const double a = profile.big16(at + 12 + left * 2), b = profile.big16(at + 12 + left * 2 + 2);
    return (a + (b - a) * (place - double(left))) / 65535;
}

bool isTone(View profile, const char *name) {
    const size_t at = tag(profile, name, 12);
    for (int i = 0; at && i <= 64; ++i) {
        const double value = i / 64.0;
        const double wanted = value <= 0.04045 ? value / 12.92 : std::pow((value + 0.055) / 1.055, 2.4);
        if (std::abs(tone(profile, at, value) - wanted) > 0.001) return false;
    }
    return at != 0;
}

}  // namespace

bool isSRGB(View profile) {
    return profile.has(0, 132) && profile.matches(16, "RGB XYZ ", 8) && !tag(profile, "A2B0", 4) &&
           isColorant(profile, "rXYZ", 0.4361, 0.2225, 0.0139) && isColorant(profile, "gXYZ", 0.3851, 0.7169, 0.0971) &&
           isColorant(profile, "bXYZ", 0.1431, 0.0606, 0.7141) && isTone(profile, "rTRC") && isTone(profile, "gTRC") &&
           isTone(profile, "bTRC");
}

}  // namespace cvs::codec
