// SPDX-License-Identifier: MPL-2.0
// The order in which groups of visits are put back: by chance, or by one of several measures of how hard they are.
#pragma once

#include "problem.hpp"
#include "random.hpp"

namespace careroutes {

inline void shuffle(const Problem &problem, Random &random, std::vector<int> &groups) {
    for (size_t k = groups.size(); k > 1; --k) std::swap(groups[k - 1], groups[random.below(static_cast<int>(k))]);
    const auto first = [&](int g) { return problem.members[g][0]; };
    const RawProblem &raw = problem.raw;
    const auto depot = [&](int v) { return problem.cost(0, problem.place[problem.n], problem.place[v]); };
    const auto from = [&](int v) { return raw.window_from[raw.window_begin[v]]; };
    const auto to = [&](int v) { return raw.window_to[raw.window_begin[v + 1] - 1]; };
    const auto by = [&](auto key) {
        std::stable_sort(groups.begin(), groups.end(), [&](int a, int b) { return key(first(a)) < key(first(b)); });
    };
    switch (random.below(12)) {
    case 0: case 1: case 2: case 3: break;
    case 4: by([&](int v) { return -static_cast<int64_t>(raw.load[v]) * 4 - problem.duration[v]; }); break;
    case 5: case 6: by([&](int v) { return -depot(v); }); break;
    case 7: by([&](int v) { return depot(v); }); break;
    case 8: case 9: by([&](int v) { return to(v) - from(v); }); break;
    case 10: by([&](int v) { return from(v); }); break;
    case 11: by([&](int v) { return -to(v); }); break;
    }
    if (random.chance(0.5))  // the hardest first: those that need several carers, then those few can do
        std::stable_sort(groups.begin(), groups.end(), [&](int a, int b) {
            return problem.members[a].size() > problem.members[b].size();
        });
}

}  // namespace careroutes
