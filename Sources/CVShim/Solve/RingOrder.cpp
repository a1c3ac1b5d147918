// Which view stands where on a ring: the coarse hull of all views, each at its place, must fill every outline again.
// Every view at every place is a set of bits over a block of space, so that a whole ring is tried in microseconds.
#include "RingOrder.hpp"

#include <algorithm>
#include <bitset>
#include <cmath>
#include <map>
#include <random>

#include "RingSolve.hpp"

namespace cvs::ring {

namespace {

constexpr int wide = 24, high = 14, cells = 14;
constexpr size_t blockPlaces = size_t(wide) * wide * high;
/// Half the block's width and height in ring radii.
constexpr double halfWidth = 0.55, halfHeight = 0.30;
/// By which parts of their size outlines are widened, for views that stand beside their place.
constexpr double narrow = 0.02, broad = 0.05;
using Cells = std::bitset<size_t(cells) * cells>;
using Block = std::bitset<blockPlaces>;

/// One view at one place of the ring.
struct Cast {
    /// Where the block is inside of the outline, widened by a part of its size, narrow to wide.
    std::array<Block, 2> inside;
    /// The cell of the outline's box that each place of the block is seen in, -1: beside the outline.
    std::vector<int16_t> cell;
    int filled = 0;
};

/// All views at all places.
class Carousel {
public:
    Carousel(const std::vector<View> &views, double elevation, CVSCancel cancel) : count(int(views.size())) {
        casts.resize(size_t(count * count));
        for (int view = 0; view < count; ++view) {
            stopIfCancelled(cancel);
            for (int place = 0; place < count; ++place) cast(views[size_t(view)], elevation, view, place);
        }
    }

    /// The share of all outlines that the ring's hull leaves empty.
    double cost(const std::vector<int> &order) const {
        double sum = 0;
        for (size_t level = 0; level < 2; ++level) {
            Block hull;
            hull.set();
            for (int place = 0; place < count; ++place) hull &= at(order[size_t(place)], place).inside[level];
            std::vector<int> set;
            for (size_t i = hull._Find_first(); i < blockPlaces; i = hull._Find_next(i)) set.push_back(int(i));
            for (int place = 0; place < count; ++place) {
                const Cast &own = at(order[size_t(place)], place);
                Cells seen;
                for (const int i : set)
                    if (own.cell[size_t(i)] >= 0) seen.set(size_t(own.cell[size_t(i)]));
                sum += own.filled > 0 ? 1 - double(seen.count()) / own.filled : 0;
            }
        }
        return sum;
    }

private:
    int count;
    std::vector<Cast> casts;

    const Cast &at(int view, int place) const { return casts[size_t(view * count + place)]; }

    void cast(const View &view, double elevation, int number, int place) {
        Cast &made = casts[size_t(number * count + place)];
        made.cell.assign(blockPlaces, -1);
        const double lens[2] = {0, 0};
        const Pose pose = poseOf(stationAt(view, 2 * M_PI * place / count, elevation, lens));
        const double left = view.middle[0] - view.box[0] / 2, top = view.middle[1] - view.box[1] / 2;
        const auto insideAt = [&](double x, double y) {
            const Depth depth = view.silhouette->at(x + view.principal[0], y + view.principal[1]);
            return depth.known ? depth.value : 0;
        };
        Cells filled;
        for (size_t c = 0; c < filled.size(); ++c)
            if (insideAt(left + (double(c % cells) + 0.5) / cells * view.box[0],
                         top + (double(c / cells) + 0.5) / cells * view.box[1]) > 0)
                filled.set(c);
        made.filled = int(filled.count());
        for (size_t i = 0; i < blockPlaces; ++i) {
            const Vector seen = pose.rotation * (placeOf(int(i)) - pose.centre);
            const double u = view.focal * seen.x() / seen.z(), v = view.focal * seen.y() / seen.z();
            const double value = insideAt(u, v);
            made.inside[0][i] = value > -narrow * view.size;
            made.inside[1][i] = value > -broad * view.size;
            const int column = int(std::floor((u - left) / view.box[0] * cells));
            const int row = int(std::floor((v - top) / view.box[1] * cells));
            if (value < -broad * view.size || column < 0 || row < 0 || column >= cells || row >= cells) continue;
            if (filled[size_t(row * cells + column)]) made.cell[i] = int16_t(row * cells + column);
        }
    }

    static Vector placeOf(int i) {
        const int x = i % wide, z = i / wide % wide, y = i / (wide * wide);
        return Vector(halfWidth * ((x + 0.5) * 2 / wide - 1), halfHeight * ((y + 0.5) * 2 / high - 1),
                      halfWidth * ((z + 0.5) * 2 / wide - 1));
    }
};

}  // namespace

namespace {

using Ranked = std::map<std::vector<int>, double>;

/// All orders of at most 8 views.
void tryAll(const Carousel &carousel, std::vector<int> order, Ranked &tried, CVSCancel cancel) {
    size_t number = 0;
    do {
        if (number++ % 256 == 0) stopIfCancelled(cancel);
        const auto [entry, isNew] = tried.emplace(order, none);
        entry->second = std::min(entry->second, carousel.cost(order));
    } while (std::next_permutation(order.begin() + 1, order.end()));
}

/// Two views swapped, a stretch turned round, or one view moved.
std::vector<int> changed(const std::vector<int> &order, size_t i, size_t j, int kind) {
    std::vector<int> next = order;
    if (kind == 0) std::swap(next[i], next[j]);
    if (kind == 1) std::reverse(next.begin() + long(std::min(i, j)), next.begin() + long(std::max(i, j)) + 1);
    if (kind == 2) {
        next.erase(next.begin() + long(i));
        next.insert(next.begin() + long(j), order[i]);
    }
    return next;
}

/// Walks downhill from several orders.
void tryMany(const Carousel &carousel, std::vector<int> order, Ranked &tried, CVSCancel cancel) {
    std::mt19937 random(1);
    for (int start = 0; start < 10; ++start) {
        if (start > 0)
            for (size_t i = order.size() - 1; i > 1; --i) std::swap(order[i], order[1 + random() % i]);
        double cost = carousel.cost(order);
        for (bool better = true; better;) {
            better = false;
            for (size_t i = 1; i < order.size(); ++i) {
                stopIfCancelled(cancel);
                for (size_t j = 1; j < order.size(); ++j)
                    for (int kind = i < j ? 0 : 2; i != j && kind < 3; ++kind) {
                        const std::vector<int> next = changed(order, i, j, kind);
                        const double its = carousel.cost(next);
                        if (its < cost - 1e-9) cost = its, order = next, better = true;
                    }
            }
        }
        const auto [entry, isNew] = tried.emplace(order, none);
        entry->second = std::min(entry->second, cost);
    }
}

}  // namespace

std::vector<std::vector<int>> likelyPlacings(const std::vector<View> &views, int count, CVSCancel cancel) {
    std::vector<int> order;
    for (int i = 0; i < int(views.size()); ++i) order.push_back(i);
    Ranked tried;
    for (const double elevation : {0.09, 0.25}) {
        const Carousel carousel(views, elevation, cancel);
        if (views.size() <= 8)
            tryAll(carousel, order, tried, cancel);
        else
            tryMany(carousel, order, tried, cancel);
    }
    std::vector<std::pair<double, std::vector<int>>> ranked;
    for (const auto &[tour, cost] : tried) ranked.push_back({cost, tour});
    std::sort(ranked.begin(), ranked.end());
    std::vector<std::vector<int>> placings;
    for (const auto &entry : ranked) {
        if (int(placings.size()) == count) break;
        std::vector<int> places(views.size());
        for (size_t place = 0; place < views.size(); ++place) places[size_t(entry.second[place])] = int(place);
        placings.push_back(places);
    }
    return placings;
}

}  // namespace cvs::ring
