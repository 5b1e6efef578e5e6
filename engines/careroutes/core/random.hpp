// SPDX-License-Identifier: MPL-2.0
// A small generator of its own, so that one seed gives one plan on every machine (xoshiro256**, Blackman and Vigna).
#pragma once

#include <cmath>
#include <cstdint>

namespace careroutes {

class Random {
public:
    explicit Random(uint64_t seed) {
        for (auto &word : state) {
            seed += 0x9e3779b97f4a7c15ULL;
            uint64_t z = seed;
            z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
            z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
            word = z ^ (z >> 31);
        }
    }
    uint64_t bits() {
        const uint64_t result = turn(state[1] * 5, 7) * 9, t = state[1] << 17;
        state[2] ^= state[0], state[3] ^= state[1], state[1] ^= state[2], state[0] ^= state[3];
        state[2] ^= t;
        state[3] = turn(state[3], 45);
        return result;
    }
    double real() { return static_cast<double>(bits() >> 11) * 0x1.0p-53; }  // [0, 1)
    int below(int n) { return static_cast<int>(real() * n); }                // 0 .. n-1
    bool chance(double p) { return real() < p; }

private:
    uint64_t state[4];
    static uint64_t turn(uint64_t x, int k) { return (x << k) | (x >> (64 - k)); }
};

}  // namespace careroutes
