// SPDX-License-Identifier: MPL-2.0
// Taking related visits out: strings of neighbouring routes (Christiaens and Vanden Berghe 2020), and what care adds.
#pragma once

#include "plan.hpp"
#include "random.hpp"

namespace careroutes {

class Ruin {
public:
    double average = 10, longest = 10;  // visits taken out on average; the longest string

    Ruin(Plan &p, Random &r) : plan(p), problem(p.problem), random(r) {}

    // Take groups out; afterwards `groups` holds everything that is absent, and `touched` the routes that changed.
    void run(std::vector<int> &groups, std::vector<int> &touched) {
        routes.clear();
        groups.clear();
        const double kind = random.real();
        if (kind < 0.80) strings(seed());
        else if (kind < 0.86) whole_route();
        else if (kind < 0.92) scattered(seed());
        else if (problem.soft) strings(latest_visit());
        else strings(seed());
        for (int g = 0; g < problem.raw.groups; ++g)
            if (!plan.planned[g]) groups.push_back(g);
        touched = routes;
    }

private:
    Plan &plan;
    const Problem &problem;
    Random &random;
    std::vector<int> routes, string_, taken;

    void touch(int c) {
        if (std::find(routes.begin(), routes.end(), c) == routes.end()) routes.push_back(c);
    }
    void take_group(int g) {
        if (!plan.planned[g]) return;
        for (int v : problem.members[g]) {
            touch(plan.route[v]);
            plan.unlink(v);
        }
        plan.planned[g] = 0;
        plan.unserved += problem.raw.unserved_cost[g];
        ++plan.absent;
    }
    int seed() {
        if (plan.absent > 0 && random.chance(0.3)) {  // make room where something is missing
            int pick = random.below(plan.absent);
            for (int g = 0; g < problem.raw.groups; ++g)
                if (!plan.planned[g] && pick-- == 0) return problem.members[g][0];
        }
        return random.below(problem.n);
    }
    int latest_visit() {
        int64_t most = 0;
        int found = random.below(problem.n);
        for (int v = 0; v < problem.n; ++v) {
            if (plan.route[v] < 0) continue;
            const int64_t late = static_cast<int64_t>(random.real() * problem.tardiness(v, plan.start[v]));
            if (late > most) most = late, found = v;
        }
        return found;
    }
    void strings(int seed) {
        const double mean = mean_length();
        const double most = std::min(longest, mean);
        const double strings_most = 4.0 * average / (1.0 + most) - 1.0;
        const int wanted = static_cast<int>(random.real() * strings_most + 1.0);
        int done = 0;
        ruined.assign(problem.m, 0);
        if (plan.route[seed] >= 0) done += string_of(seed, most);
        for (int v : problem.near[seed]) {
            if (done >= wanted) break;
            if (plan.route[v] >= 0 && !ruined[plan.route[v]]) done += string_of(v, most);
        }
    }
    std::vector<uint8_t> ruined;
    int string_of(int v, double most) {
        const int c = plan.route[v];
        ruined[c] = 1;
        const int size = length(c);
        const int take = static_cast<int>(random.real() * std::min<double>(size, most) + 1.0);
        // Where the split is kept: a string longer than what is taken, with a piece in the middle left in place.
        int spared = 0;
        if (take > 1 && random.chance(0.5))
            while (take + spared < size && random.chance(0.99)) ++spared;
        spared = spared > 0 ? random.below(spared + 1) : 0;
        const int span = std::min(take + spared, size);
        int before = 0;
        for (int a = plan.prev[v]; plan.is_visit(a); a = plan.prev[a]) ++before;
        const int low = std::max(0, before + span - size), high = std::min(span - 1, before);
        int back = low + random.below(high - low + 1);
        int at = v;
        while (back-- > 0) at = plan.prev[at];
        const int keep_from = spared > 0 ? 1 + random.below(std::max(1, span - spared)) : span;
        string_.clear();
        for (int k = 0; k < span && plan.is_visit(at); ++k, at = plan.next[at])
            if (k < keep_from || k >= keep_from + spared) string_.push_back(at);
        for (int w : string_)
            if (plan.route[w] >= 0) take_group(problem.raw.group[w]);
        return 1;
    }
    void whole_route() {
        const int c = random.below(problem.m);
        string_.clear();
        for (int v = plan.next[plan.head(c)]; plan.is_visit(v); v = plan.next[v]) string_.push_back(v);
        if (string_.size() > 2.5 * average) return strings(seed());
        if (string_.empty()) return strings(seed());
        const int v = string_[random.below(static_cast<int>(string_.size()))];
        for (int w : string_)
            if (plan.route[w] >= 0) take_group(problem.raw.group[w]);
        int more = random.below(4);
        for (int w : problem.near[v]) {
            if (more <= 0) break;
            if (plan.route[w] >= 0) take_group(problem.raw.group[w]), --more;
        }
    }
    void scattered(int seed) {
        int more = 1 + random.below(static_cast<int>(average));
        if (plan.route[seed] >= 0) take_group(problem.raw.group[seed]);
        for (int w : problem.near[seed]) {
            if (more <= 0) break;
            if (plan.route[w] >= 0 && random.chance(0.5)) take_group(problem.raw.group[w]), --more;
        }
    }
    int length(int c) const {
        int size = 0;
        for (int v = plan.next[plan.head(c)]; plan.is_visit(v); v = plan.next[v]) ++size;
        return size;
    }
    double mean_length() const {
        int visits = 0, used = 0;
        for (const RouteCost &cost : plan.costs) visits += cost.size, used += cost.size > 0;
        return used ? static_cast<double>(visits) / used : 1.0;
    }
};

}  // namespace careroutes
