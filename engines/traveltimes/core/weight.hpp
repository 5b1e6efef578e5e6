// SPDX-License-Identifier: MPL-2.0
// What a way costs: milliseconds in the upper half, decimetres in the lower. One whole number to add and to compare, so
// that the quickest way is found, and among equally quick ones the shortest, and its length comes along for nothing.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstdint>
#include <limits>
#include <vector>

namespace traveltimes {

using Weight = uint64_t;
constexpr Weight NO_WAY = std::numeric_limits<Weight>::max() / 4;

inline Weight weight(double milliseconds, double decimetres) {
    return static_cast<Weight>(std::llround(milliseconds)) << 32 | static_cast<Weight>(std::llround(decimetres));
}
inline double milliseconds(Weight w) { return static_cast<double>(w >> 32); }
inline double decimetres(Weight w) { return static_cast<double>(w & 0xffffffffu); }

// Part of a weight, 0 <= share <= 1: each half by itself, so that the rest is never negative.
inline Weight part(Weight w, double share) { return weight(milliseconds(w) * share, decimetres(w) * share); }

constexpr double DEGREE = 3.14159265358979323846 / 180, EARTH_RADIUS_M = 6371008.8;  // mean radius R1 of GRS 80
constexpr double UNIT = 1e-7;                                                        // degrees in a stored coordinate

// Metres between two points in stored coordinates, by the haversine formula.
inline double metres(int32_t lon1, int32_t lat1, int32_t lon2, int32_t lat2) {
    const double south = lat1 * UNIT * DEGREE, north = lat2 * UNIT * DEGREE;
    const double height = std::sin((north - south) / 2), width = std::sin((lon2 - lon1) * UNIT * DEGREE / 2);
    const double h = height * height + std::cos(south) * std::cos(north) * width * width;
    return 2 * EARTH_RADIUS_M * std::asin(std::min(1.0, std::sqrt(h)));
}

// Rows of different lengths in one array: row r is [begin[r], begin[r + 1]).
template <typename Entry> struct Rows {
    std::vector<int32_t> begin;
    std::vector<Entry> entries;

    // `each(put)` calls put(row, entry) for every entry, twice over and in the same order.
    template <typename Each> void fill(int rows, Each each) {
        begin.assign(rows + 1, 0);
        each([&](int row, const Entry &) { ++begin[row + 1]; });
        for (int r = 0; r < rows; ++r) begin[r + 1] += begin[r];
        entries.resize(begin[rows]);
        std::vector<int32_t> next(begin.begin(), begin.end() - 1);
        each([&](int row, const Entry &entry) { entries[next[row]++] = entry; });
    }
};

}  // namespace traveltimes
