// SPDX-License-Identifier: MPL-2.0
// Putting visits that are left out back where they cost least.
#pragma once

#include "order.hpp"
#include "plan.hpp"
#include "random.hpp"

namespace careroutes {

struct Place {
    int64_t cost = FORBIDDEN;
    int carer = -1, after = -1;
    bool lunch_first = false;  // lunch stays before the visit where both orders are possible
};

class Recreate {
public:
    double blink = 0.01;
    bool everywhere = false;  // look at every place, also where there are many

    Recreate(Plan &p, Random &r) : plan(p), problem(p.problem), random(r) {}

    // Insert what is absent, in one of several orders. Groups that fit nowhere, or cost more than they bring, stay out.
    void run(std::vector<int> &groups) {
        shuffle(problem, random, groups);
        prepare();
        for (int g : groups) insert(g);
    }

    // The cheapest places of one visit, at most `keep`, cheapest first. The plan is not changed.
    std::vector<Place> places(int v, int keep) {
        best.clear();
        maybe.clear();
        wanted = keep;
        const auto &rooms = problem.carers_for[v];
        if (!granular) {
            ++turn;
            for (int c : rooms) {
                if (!may(v, c) || tried_unused(c)) continue;
                for (int a = plan.head(c); a != plan.tail(c); a = plan.next[a]) consider(v, c, a);
            }
        } else {
            ++turn;
            for (int w : problem.near[v]) {
                const int c = plan.route[w];
                if (c < 0 || !problem.raw.allowed[v * problem.m + c]) continue;
                if (++seen_count > reach) break;
                if (!may(v, c)) continue;
                once(v, c, w);
                once(v, c, plan.prev[w]);
            }
            seen_count = 0;
            for (int c : rooms)
                if (plan.costs[c].size == 0 && may(v, c) && !tried_unused(c)) consider(v, c, plan.head(c));
        }
        price_the_rest(v);
        return best;
    }

    // Work out everything an insertion's price depends on; after any change of the plan from outside.
    void prepare() {
        granular = problem.n > 350 && !everywhere;
        if (seen.empty()) seen.assign(problem.n + 2 * problem.m, 0);
        highest = problem.raw.weight_highest_tardiness ? plan.highest_tardiness() : 0;
        if (problem.raw.weight_idle) {
            idle_first = idle_second = 0, idle_carer = -1;
            for (int c = 0; c < problem.m; ++c) {
                const int32_t idle = plan.idle(c);
                if (idle > idle_first) idle_second = idle_first, idle_first = idle, idle_carer = c;
                else if (idle > idle_second) idle_second = idle;
            }
        }
    }

    void commit(int v, const Place &place) {
        const int c = place.carer;
        const bool at_lunch = plan.lunch_after[c] == place.after;
        plan.link(v, c, place.after);
        if (at_lunch && !place.lunch_first) plan.lunch_after[c] = v;
        if (!problem.has_arcs) {
            plan.forward(c);
            plan.backward(c);
            plan.reckon(c);
        } else {
            plan.begin_notes();
            push_from(v, c, place.after);
            touched.assign(1, c);
            for (const auto &[node, old] : plan.changed) {
                const int other = plan.carer_of(node);
                if (std::find(touched.begin(), touched.end(), other) == touched.end()) touched.push_back(other);
            }
            for (const auto *arcs : {&problem.in[v], &problem.out[v]})  // their visits are tied now
                for (const Arc &arc : *arcs) {
                    const int other = plan.route[arc.other];
                    if (other >= 0 && std::find(touched.begin(), touched.end(), other) == touched.end())
                        touched.push_back(other);
                }
            plan.backward(c);
            for (int other : touched) plan.reckon(other);
        }
        prepare();
    }

private:
    Plan &plan;
    const Problem &problem;
    Random &random;
    bool granular = false;
    int reach = 60, wanted = 1, seen_count = 0;
    uint32_t turn = 0;
    std::vector<uint32_t> seen;
    std::vector<Place> best;
    std::vector<int> touched;
    int32_t highest = 0, idle_first = 0, idle_second = 0;
    int idle_carer = -1;

    void insert(int g) {
        const auto &members = problem.members[g];
        if (members.size() == 1) {
            const auto found = places(members[0], 1);
            if (found.empty() || found[0].cost >= problem.raw.unserved_cost[g]) return;
            commit(members[0], found[0]);
        } else if (!insert_together(g)) {
            return;
        }
        plan.planned[g] = 1;
        plan.unserved -= problem.raw.unserved_cost[g];
        --plan.absent;
    }

    // Several visits that hang together: the first at each of its best places, the others where they then cost least.
    bool insert_together(int g) {
        std::vector<int> order = problem.members[g];
        for (size_t k = order.size(); k > 1; --k) std::swap(order[k - 1], order[random.below(static_cast<int>(k))]);
        const auto first = places(order[0], 3 + random.below(4));
        std::vector<Place> chosen, best_chosen;
        int64_t best_cost = problem.raw.unserved_cost[g];
        for (const Place &place : first) {
            if (place.cost >= best_cost) break;
            chosen.assign(1, place);
            int64_t cost = place.cost;
            keep_state();
            commit(order[0], place);
            for (size_t k = 1; k < order.size(); ++k) {
                const auto found = places(order[k], 1);
                if (found.empty()) { cost = FORBIDDEN; break; }
                cost += found[0].cost;
                chosen.push_back(found[0]);
                if (cost >= best_cost) break;
                if (k + 1 < order.size()) commit(order[k], found[0]);
            }
            if (cost < best_cost && chosen.size() == order.size()) best_cost = cost, best_chosen = chosen;
            restore_state();
        }
        if (best_chosen.empty()) return false;
        for (size_t k = 0; k < order.size(); ++k) commit(order[k], best_chosen[k]);
        return true;
    }

    std::vector<Plan> kept;
    void keep_state() {
        if (kept.empty()) kept.push_back(plan);
        else kept[0] = plan;
    }
    void restore_state() {
        plan = kept[0];
        prepare();
    }

    bool may(int v, int c) const {
        const RawProblem &raw = problem.raw;
        if (plan.costs[c].load + raw.load[v] > raw.capacity[c]) return false;
        for (int w : problem.apart[v])
            if (plan.route[w] == c) return false;
        for (int w : problem.together[v])
            if (plan.route[w] >= 0 && plan.route[w] != c) return false;
        return true;
    }

    // An unused carer just like another unused one, who was tried already for this visit.
    bool tried_unused(int c) {
        if (plan.costs[c].size > 0) return false;
        uint32_t &last = seen[plan.tail(problem.kind[c])];
        if (last == turn) return true;
        last = turn;
        return false;
    }

    void once(int v, int c, int a) {
        if (seen[a] == turn) return;
        seen[a] = turn;
        consider(v, c, a);
    }

    void consider(int v, int c, int a) {
        if (random.bits() < blink_bits()) return;
        const bool at_lunch = plan.lunch_after[c] == a;
        try_place(v, c, a, false);
        if (at_lunch) try_place(v, c, a, true);
    }
    uint64_t blink_bits() const { return static_cast<uint64_t>(blink * 18446744073709551615.0); }

    int64_t bound() const { return static_cast<int>(best.size()) < wanted ? FORBIDDEN : best.back().cost; }

    void try_place(int v, int c, int a, bool lunch_first) {
        const RawProblem &raw = problem.raw;
        const int b = plan.next[a];
        const int pa = plan.place(a), pv = problem.place[v], pb = plan.place(b);
        const bool empty = plan.costs[c].size == 0;
        int64_t cost = raw.weight_travel *
            (problem.cost(c, pa, pv) + problem.cost(c, pv, pb) - (empty ? 0 : problem.cost(c, pa, pb)));
        cost += raw.preference[static_cast<int64_t>(v) * problem.m + c] + (empty ? raw.use_cost[c] : 0);
        int64_t gain = 0;  // what the timed part may save at most
        if (problem.waits) {
            gain = most_saved(v, c, pa, pv, pb);
            if (raw.weight_idle) cost += raw.weight_idle * (least_idle(v, c, a) - idle_first);
        }
        if (cost - gain >= bound()) return;

        // Late for a hard window on this route alone: nothing can mend it.
        int32_t leave = plan.leaves(a);
        int32_t t;
        if (lunch_first) {
            t = arrival_after_lunch(c, pa, pv, leave);
        } else {
            t = leave + problem.time(c, pa, pv);
        }
        for (const Arc &arc : problem.in[v])
            if (plan.route[arc.other] >= 0) t = std::max(t, plan.start[arc.other] + arc.lag);
        t = problem.fit(v, t);
        if (t >= NEVER) return;
        const int32_t reaches = t + problem.duration[v] + problem.time(c, pv, pb);
        if (reaches > plan.latest[b]) return;
        if (problem.soft || problem.has_arcs) {
            const int64_t late = late_cost(v, t) + later_cost(b, reaches);
            if (cost + late - gain >= bound()) return;
            if (problem.waits || reaches > plan.start[b] || pulls(v, t)) {
                maybe.push_back({cost + late - gain, cost, gain, {FORBIDDEN, c, a, lunch_first}});
                return;
            }
            cost += late;
        }
        keep(Place{cost, c, a, lunch_first});
    }

    // A place whose exact price takes work: it is worked out only while it may still be among the best.
    struct Maybe {
        int64_t least, fixed, gain;
        Place place;
        bool operator<(const Maybe &other) const { return least > other.least; }  // std's heaps keep the greatest first
    };
    std::vector<Maybe> maybe;

    void price_the_rest(int v) {
        std::make_heap(maybe.begin(), maybe.end());
        while (!maybe.empty() && maybe.front().least < bound()) {
            std::pop_heap(maybe.begin(), maybe.end());
            Maybe next = maybe.back();
            maybe.pop_back();
            const Place &place = next.place;
            const int64_t more =
                timed_cost_of(v, place.carer, place.after, place.lunch_first, bound() - next.fixed + next.gain);
            if (more == FORBIDDEN) continue;
            next.place.cost = next.fixed + more;
            keep(next.place);
        }
    }

    // What the visit can save of waiting, which it fills, and of a missed lunch.
    int64_t most_saved(int v, int c, int pa, int pv, int pb) const {
        const RawProblem &raw = problem.raw;
        const RouteCost &route = plan.costs[c];
        if (route.size == 0) return 0;
        const int32_t more = problem.time(c, pa, pv) + problem.time(c, pv, pb) - problem.time(c, pa, pb);
        const int32_t filled = problem.duration[v] + std::max(0, more) + (route.lunchless ? raw.lunch_length[c] : 0);
        return raw.weight_waiting * std::min(route.waited, filled) + (route.lunchless ? raw.lunch_missed_cost[c] : 0);
    }
    // The idlest carer's idle time with `v` after `a`, where that makes no overtime.
    int32_t least_idle(int v, int c, int a) const {
        return std::max(c == idle_carer ? idle_second : idle_first, idle_without_overtime(v, c, a));
    }
    int32_t idle_without_overtime(int v, int c, int a) const {
        const RawProblem &raw = problem.raw;
        const bool empty = plan.costs[c].size == 0;
        const int pa = plan.place(a), pv = problem.place[v], pb = plan.place(plan.next[a] == v ? plan.next[v] : plan.next[a]);
        int32_t work = problem.duration[v] + problem.time(c, pa, pv) + problem.time(c, pv, pb);
        if (!empty) work -= problem.time(c, pa, pb);
        else if (plan.lunch_after[c] >= 0) work += raw.lunch_length[c];
        return raw.shift_length[c] - plan.costs[c].work - work;
    }

    int32_t arrival_after_lunch(int c, int pa, int pb, int32_t leave) const {
        const RawProblem &raw = problem.raw;
        const int32_t drive = problem.time(c, pa, pb), from = raw.lunch_from[c], length = raw.lunch_length[c];
        switch (plan.lunch_fits(c, leave, drive)) {
        case 1: return std::max(leave + drive, from) + length;
        case 2: return std::max(leave, from) + length + drive;
        default: return leave + drive;
        }
    }

    // Whether a visit starting at `t` would push one that it hangs together with.
    bool pulls(int v, int32_t t) const {
        for (const Arc &arc : problem.out[v])
            if (plan.route[arc.other] >= 0 && t + arc.lag > plan.start[arc.other]) return true;
        return false;
    }
    int64_t late_cost(int v, int32_t t) const {
        const int32_t late = problem.tardiness(v, t);
        return problem.late_price(v, t)
            + problem.raw.weight_highest_tardiness * std::max(0, late - highest);
    }

    // What it costs at least that `b`, the next in the route, cannot start before `t`.
    int64_t later_cost(int b, int32_t t) const {
        if (t <= plan.start[b]) return 0;
        const RawProblem &raw = problem.raw;
        if (plan.is_visit(b))
            return problem.late_price(b, t) - problem.late_price(b, plan.start[b]);
        const int32_t end = raw.shift_to[plan.carer_of(b)];
        return raw.weight_overtime * (std::max(0, t - end) - std::max(0, plan.start[b] - end));
    }

    // Link the visit and push everything that it makes later; false where something cannot be.
    bool push_from(int v, int c, int a, int64_t budget = FORBIDDEN) {
        int32_t t = plan.arrival(c, a, v);
        for (const Arc &arc : problem.in[v])
            if (plan.route[arc.other] >= 0) t = std::max(t, plan.start[arc.other] + arc.lag);
        plan.start[v] = problem.fit(v, t);
        plan.latest[v] = problem.hard_end[v];
        if (plan.start[v] >= NEVER) return false;
        plan.queue.assign(1, v);
        return plan.relax(true, budget);
    }

    // What the insertion adds to everything timed; FORBIDDEN where a hard rule breaks. The plan comes back unchanged.
    int64_t timed_cost_of(int v, int c, int a, bool lunch_first, int64_t budget) {
        const RawProblem &raw = problem.raw;
        const int lunch = plan.lunch_after[c];
        plan.link(v, c, a);
        if (lunch == a && !lunch_first) plan.lunch_after[c] = v;
        plan.begin_notes();
        int64_t cost = FORBIDDEN;
        if (push_from(v, c, a, budget)) {
            cost = 0;
            if (problem.waits) {
                touched.assign(1, c);
                for (const auto &[node, old] : plan.changed) {
                    const int other = plan.carer_of(node);
                    if (std::find(touched.begin(), touched.end(), other) == touched.end()) touched.push_back(other);
                }
                int32_t now_highest = highest;
                int32_t idlest = 0;
                for (int other : touched) {
                    int32_t h;
                    cost += plan.timed_cost(other, h) - plan.costs[other].timed;
                    now_highest = std::max(now_highest, h);
                    if (raw.weight_idle) {
                        const int32_t before = other == c ? idle_without_overtime(v, c, a)
                                                          : plan.idle(other) - plan.costs[other].over;
                        idlest = std::max(idlest, before + plan.overtime(other));
                    }
                }
                if (raw.weight_idle) cost += raw.weight_idle * std::max(0, idlest - least_idle(v, c, a));
                cost += raw.weight_highest_tardiness * (now_highest - highest);
            } else {
                int32_t now_highest = std::max(highest, problem.tardiness(v, plan.start[v]));
                cost += problem.late_price(v, plan.start[v]);
                for (const auto &[node, old] : plan.changed) {
                    if (plan.is_visit(node)) {
                        if (node == v) continue;
                        const int32_t late = problem.tardiness(node, plan.start[node]);
                        cost += problem.late_price(node, plan.start[node]) - problem.late_price(node, old);
                        now_highest = std::max(now_highest, late);
                    } else if (raw.weight_overtime) {
                        const int32_t end = raw.shift_to[plan.carer_of(node)];
                        cost += raw.weight_overtime * (std::max(0, plan.start[node] - end) - std::max(0, old - end));
                    }
                }
                cost += raw.weight_highest_tardiness * (now_highest - highest);
            }
        }
        plan.take_back();
        plan.unlink(v);
        plan.lunch_after[c] = lunch;
        return cost;
    }

    void keep(const Place &place) {
        if (place.cost >= bound()) return;
        if (static_cast<int>(best.size()) == wanted) best.pop_back();
        best.insert(std::upper_bound(best.begin(), best.end(), place,
                        [](const Place &x, const Place &y) { return x.cost < y.cost; }), place);
    }
};

}  // namespace careroutes
