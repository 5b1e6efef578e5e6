// SPDX-License-Identifier: MPL-2.0
// The core's face: one function in plain C, called from Python through ctypes.
#include "search.hpp"

using namespace careroutes;

constexpr int32_t NO_LUNCH = -2;

extern "C" {

struct RawAnswer {
    int32_t *carer;        // per visit; -1: not planned
    int32_t *position;     // per visit: place in the carer's route
    int32_t *start;        // per visit
    int32_t *lunch_after;  // per carer: visit after which lunch comes; -1: before the first; NO_LUNCH: none, or missed
    int32_t *lunch_start;  // per carer; -1: none, or missed
    int64_t cost;
    int64_t iterations;
    int32_t absent;
};

// A plan to begin with, in the words of an answer; null pointers: none.
struct RawStart {
    const int32_t *carer, *position, *lunch_after;
};

struct RawPlaces {
    int32_t *carer, *after;  // a place is in this carer's route, after this visit (-1: first)
    int64_t *cost;
    int32_t found;
};

// Called about four times a second of work: share done, best cost, groups left out, iterations. Returns 0 to stop.
typedef int32_t (*ProgressFunction)(double, int64_t, int32_t, int64_t);

static void write_answer(const Plan &plan, RawAnswer *answer) {
    const Problem &problem = plan.problem;
    for (int v = 0; v < problem.n; ++v) answer->carer[v] = -1, answer->position[v] = -1, answer->start[v] = 0;
    for (int c = 0; c < problem.m; ++c) {
        int position = 0;
        for (int v = plan.next[plan.head(c)]; plan.is_visit(v); v = plan.next[v])
            answer->carer[v] = c, answer->position[v] = position++;
        plan.late_starts(c, answer->start, answer->lunch_start[c]);
        const int after = plan.lunch_after[c];
        answer->lunch_after[c] = answer->lunch_start[c] < 0 ? NO_LUNCH : plan.is_visit(after) ? after : -1;
    }
    answer->cost = plan.cost();
    answer->absent = plan.absent;
}

// Takes over the groups of a given plan whole; false where its times cannot be kept.
static bool read_start(Plan &plan, const RawStart *given) {
    const Problem &problem = plan.problem;
    std::vector<std::vector<std::pair<int, int>>> routes(problem.m);
    for (int g = 0; g < problem.raw.groups; ++g) {
        bool whole = true;
        for (int v : problem.members[g]) whole &= given->carer[v] >= 0;
        if (!whole) continue;
        for (int v : problem.members[g]) routes[given->carer[v]].push_back({given->position[v], v});
        plan.planned[g] = 1, plan.unserved -= problem.raw.unserved_cost[g], --plan.absent;
    }
    for (int c = 0; c < problem.m; ++c) {
        std::sort(routes[c].begin(), routes[c].end());
        int last = plan.head(c);
        for (const auto &[position, v] : routes[c]) plan.link(v, c, last), last = v;
        const int after = given->lunch_after[c];
        if (after >= 0 && plan.route[after] == c && plan.has_lunch(c)) plan.lunch_after[c] = after;
        if (after == NO_LUNCH && last != plan.head(c)) plan.lunch_after[c] = -1;
        plan.backward(c);
    }
    if (!plan.settle_all()) return false;
    for (int c = 0; c < problem.m; ++c) plan.reckon(c);
    return true;
}

int32_t careroutes_solve(const RawProblem *raw, const RawLimits *limits, const RawStart *start,
                         ProgressFunction progress, RawAnswer *answer) {
    const Problem problem(*raw);
    Search search(problem, *limits);
    if (start->carer && !read_start(search.start(), start)) return 1;
    search.run([&](double done, const Search &now) {
        return !progress || progress(done, now.best_cost, now.best.absent, now.iterations) != 0;
    });
    write_answer(search.best, answer);
    answer->iterations = search.iterations;
    return 0;
}

// The cheapest places for one visit in a given plan, `found` of them at most; `found` becomes how many there are.
int32_t careroutes_places(const RawProblem *raw, const RawStart *start, int32_t visit, RawPlaces *places) {
    const Problem problem(*raw, false);
    Plan plan(problem);
    if (!read_start(plan, start)) return 1;
    Random random(1);
    Recreate recreate(plan, random);
    recreate.blink = 0, recreate.everywhere = true;
    recreate.prepare();
    const auto found = recreate.places(visit, places->found);
    places->found = static_cast<int32_t>(found.size());
    for (size_t k = 0; k < found.size(); ++k) {
        places->carer[k] = found[k].carer, places->cost[k] = found[k].cost;
        places->after[k] = plan.is_visit(found[k].after) ? found[k].after : -1;
    }
    return 0;
}

// What a given plan costs, with its times; 1 where a hard rule breaks.
int32_t careroutes_price(const RawProblem *raw, const RawStart *start, RawAnswer *answer) {
    const Problem problem(*raw, false);
    Plan plan(problem);
    if (!read_start(plan, start)) return 1;
    write_answer(plan, answer);
    return 0;
}
}
