// SPDX-License-Identifier: MPL-2.0
// Ruin and recreate under simulated annealing, on the exact objective.
#pragma once

#include <chrono>
#include <cmath>
#include <ctime>

#include "recreate.hpp"
#include "ruin.hpp"

namespace careroutes {

extern "C" struct RawLimits {
    double cpu_seconds;  // of the calling thread; <= 0: none
    int64_t iterations;  // <= 0: none
    uint64_t seed;
    double heat, cold;   // temperatures, as shares of the mean cost of a visit
    double ruin_average, ruin_longest;
};

inline double thread_seconds() {
    timespec now;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
    return static_cast<double>(now.tv_sec) + 1e-9 * static_cast<double>(now.tv_nsec);
}

class Search {
public:
    Plan current, best;
    int64_t current_cost, best_cost;
    int64_t iterations = 0;

    Search(const Problem &p, const RawLimits &l)
        : current(p), best(p), problem(p), limits(l), random(l.seed), work(p), ruin(work, random), recreate(work, random) {
        ruin.average = limits.ruin_average, ruin.longest = limits.ruin_longest;
        absences.assign(p.raw.groups, 1);
    }

    // Takes over a plan that was given; what does not hold stays out.
    Plan &start() { return work; }

    template <class Progress> void run(Progress progress) {
        const double began = thread_seconds();
        std::vector<int> groups, touched;
        for (int g = 0; g < problem.raw.groups; ++g)
            if (!work.planned[g]) groups.push_back(g);
        for (int c = 0; c < problem.m; ++c) work.backward(c), work.reckon(c);
        recreate.run(groups);  // what a given plan leaves out, or everything
        finish_iteration();
        current = work, best = work;
        current_cost = best_cost = work.cost();
        const double mean = std::max(1.0, static_cast<double>(best_cost - best.unserved)
                                              / std::max(1, problem.raw.groups - best.absent));
        const double hot = limits.heat * mean, cold = limits.cold * mean;
        double temperature = hot, said = began;
        for (;; ++iterations) {
            if (limits.iterations > 0 && iterations >= limits.iterations) break;
            if ((iterations & 31) == 0) {
                double done = limits.iterations > 0 ? static_cast<double>(iterations) / static_cast<double>(limits.iterations) : 0;
                const double now = thread_seconds();
                if (limits.cpu_seconds > 0) {
                    if (now - began >= limits.cpu_seconds) break;
                    done = std::max(done, (now - began) / limits.cpu_seconds);
                }
                temperature = hot * std::pow(cold / hot, done);
                if (now - said > 0.25) {
                    said = now;
                    if (!progress(done, *this)) break;
                }
            }
            ruin.run(groups, touched);
            if (touched.empty() && groups.empty()) continue;
            if (!open(touched)) {
                work = current;
                continue;
            }
            recreate.run(groups);
            finish_iteration();
            accept(groups, temperature);
        }
    }

private:
    const Problem &problem;
    const RawLimits &limits;
    Random random;
    Plan work;
    Ruin ruin;
    Recreate recreate;
    std::vector<int64_t> absences;

    // Times and costs after visits were taken out.
    bool open(const std::vector<int> &touched) {
        for (int c : touched) work.backward(c);
        if (problem.has_arcs) {
            if (!work.settle_all()) return false;
            for (int c = 0; c < problem.m; ++c)
                if (!as_in_current(c)) work.reckon(c);
        } else {
            for (int c : touched) {
                if (!work.forward(c)) return false;
                work.reckon(c);
            }
        }
        return true;
    }
    // Whether a route and its times are those of the current plan, so that nothing of it needs to be worked out anew.
    bool as_in_current(int c) const {
        if (work.lunch_after[c] != current.lunch_after[c]) return false;
        for (int a = work.head(c);; a = work.next[a]) {
            if (work.start[a] != current.start[a]) return false;
            if (a == work.tail(c)) return true;
            if (work.next[a] != current.next[a]) return false;
        }
    }
    void finish_iteration() {
        if (problem.waits) {
            for (int c = 0; c < problem.m; ++c) {
                if (as_in_current(c)) continue;
                if (work.has_lunch(c)) place_lunch(c);
                work.reckon(c);
            }
        }
    }
    // Put the carer's lunch where the route costs least; other routes must not be pushed by it.
    void place_lunch(int c) {
        const int was = work.lunch_after[c];
        int32_t h;
        if (!work.costs[c].size) {
            work.lunch_after[c] = work.has_lunch(c) ? work.head(c) : -1;
            return;
        }
        int64_t least = work.timed_cost(c, h) + problem.raw.weight_highest_tardiness * h;
        int where = was;
        kept_starts.clear();
        for (int a = work.head(c); ; a = work.next[a]) {
            kept_starts.push_back({a, work.start[a]});
            if (!work.is_visit(a) && a != work.head(c)) break;
        }
        for (size_t k = 0; k < kept_starts.size(); ++k) {
            const int a = k + 1 < kept_starts.size() ? kept_starts[k].first : -1;  // -1: no lunch at all
            if (a == was) continue;
            work.lunch_after[c] = a;
            if (retime(c)) {
                const int64_t cost = work.timed_cost(c, h) + problem.raw.weight_highest_tardiness * h;
                if (cost < least) least = cost, where = a;
            }
            for (const auto &[node, t] : kept_starts) work.start[node] = t;
        }
        work.lunch_after[c] = where;
        if (where != was) retime(c);
    }
    std::vector<std::pair<int, int32_t>> kept_starts;
    // Earliest times of one route while all others stand; false where that would push one of them.
    bool retime(int c) {
        for (int a = work.head(c), b = work.next[a];; a = b, b = work.next[b]) {
            int32_t t = work.arrival(c, a, b);
            if (!work.is_visit(b)) {
                work.start[b] = t;
                return !problem.raw.shift_end_is_hard[c] || t <= problem.raw.shift_to[c];
            }
            for (const Arc &arc : problem.in[b])
                if (work.route[arc.other] >= 0) t = std::max(t, work.start[arc.other] + arc.lag);
            t = problem.fit(b, t);
            if (t >= NEVER) return false;
            for (const Arc &arc : problem.out[b])
                if (work.route[arc.other] >= 0 && t + arc.lag > work.start[arc.other]) return false;
            work.start[b] = t;
        }
    }
    // Where nothing may be left out, fewer absent groups win, and then those that have been absent less often
    // (Christiaens and Vanden Berghe 2020); otherwise cost decides, with the temperature's leave to be worse.
    void accept(const std::vector<int> &groups, double temperature) {
        const int64_t cost = work.cost();
        bool take;
        if (problem.all_mandatory && (work.absent > 0 || current.absent > 0)) {
            int64_t now = 0, before = 0;
            for (int g : groups) ++absences[g];
            for (int g = 0; g < problem.raw.groups; ++g) {
                if (!work.planned[g]) now += absences[g];
                if (!current.planned[g]) before += absences[g];
            }
            take = work.absent < current.absent || (work.absent > 0 && now < before)
                || (work.absent == current.absent && cost < current_cost - temperature * std::log(1.0 - random.real()));
        } else {
            take = static_cast<double>(cost) < static_cast<double>(current_cost) - temperature * std::log(1.0 - random.real());
        }
        if (!take) {
            work = current;
            return;
        }
        current = work;
        current_cost = cost;
        if (cost < best_cost) best_cost = cost, best = work;
    }
};

}  // namespace careroutes
