#pragma once
#include <memory>
#include <opencv2/core.hpp>
#include <vector>

namespace cvs {

/// A grey picture of floats, rows without padding; its memory is taken once and used for smaller ones too.
class Plane {
public:
    void resize(int width, int height) {
        const size_t count = size_t(width) * size_t(height);
        if (count > room) {
            numbers.reset(new float[count]);
            room = count;
        }
        across = width;
        down = height;
    }

    int width() const { return across; }
    int height() const { return down; }
    float *row(int y) { return &numbers[size_t(y) * size_t(across)]; }
    const float *row(int y) const { return &numbers[size_t(y) * size_t(across)]; }
    float at(int x, int y) const { return row(y)[x]; }

private:
    std::unique_ptr<float[]> numbers;
    size_t room = 0;
    int across = 0, down = 0;
};

/// Layers of an octave that extrema are looked for in, and the blurred pictures that they need.
constexpr int layersPerOctave = 3, levelsPerOctave = layersPerOctave + 3;
/// Blur of an octave's first level, in its pixels.
constexpr double firstBlur = 1.6;

/// Blur of a level, in pixels of its octave.
inline double blurOf(double level) { return firstBlur * std::exp2(level / layersPerOctave); }

/// The scale space of a picture, one octave at a time (Lindeberg 1994; Lowe 2004).
class Pyramid {
public:
    /// Starts with the octave of twice the picture's size, or with that of its own size.
    Pyramid(const cv::Mat &grey, bool doubled);

    /// One pixel of this octave in pixels of the picture.
    double pixel() const { return size; }
    const Plane &level(int index) const { return levels[size_t(index)]; }

    /// False when the next octave would be too small to hold anything.
    bool next();

private:
    double size;
    std::vector<Plane> levels;
    Plane half;

    void fill();
};

/// Gaussian blur by `sigma` pixels, mirrored at the borders. The same bits on every processor.
void blurred(const Plane &from, Plane &to, double sigma);

}  // namespace cvs
