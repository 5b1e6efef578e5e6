// SPDX-License-Identifier: MPL-2.0
// A plan: who makes which visit when, its earliest times, and what it costs.
#pragma once

#include "problem.hpp"

namespace careroutes {

struct RouteCost {
    int64_t travel = 0, preference = 0, timed = 0;  // timed: tardiness, overtime, waiting, missed lunch (weighted)
    int32_t highest = 0, work = 0, load = 0, size = 0;  // highest tardiness; service + travel + lunch
    int32_t over = 0, waited = 0;  // time beyond the shift's end, and between visits without anything to do
    bool lunchless = false;        // lunch is asked for and missed
};

// Nodes: visits 0..n-1, then each carer's beginning n+c and end n+m+c.
class Plan {
public:
    const Problem &problem;
    std::vector<int> next, prev, route, lunch_after;
    std::vector<int32_t> start, latest;
    std::vector<RouteCost> costs;
    std::vector<uint8_t> planned;  // per group
    int64_t travel = 0, preference = 0, timed = 0, unserved = 0, use = 0;
    int absent = 0;

    explicit Plan(const Problem &p)
        : problem(p), next(p.n + 2 * p.m, -1), prev(p.n + 2 * p.m, -1), route(p.n + 2 * p.m, -1), lunch_after(p.m, -1),
          start(p.n + 2 * p.m, 0), latest(p.n + 2 * p.m, NEVER), costs(p.m), planned(p.raw.groups, 0) {
        for (int c = 0; c < p.m; ++c) {
            next[head(c)] = tail(c), prev[tail(c)] = head(c);
            route[head(c)] = route[tail(c)] = c;
            start[head(c)] = start[tail(c)] = p.raw.shift_from[c];
            latest[tail(c)] = p.raw.shift_end_is_hard[c] ? p.raw.shift_to[c] : NEVER;
            if (has_lunch(c)) lunch_after[c] = head(c);
        }
        for (int g = 0; g < p.raw.groups; ++g) unserved += p.raw.unserved_cost[g];
        absent = p.raw.groups;
    }
    Plan &operator=(const Plan &other) {
        next = other.next, prev = other.prev, route = other.route, lunch_after = other.lunch_after;
        start = other.start, latest = other.latest, costs = other.costs, planned = other.planned;
        travel = other.travel, preference = other.preference, timed = other.timed, unserved = other.unserved;
        use = other.use, absent = other.absent;
        return *this;
    }
    Plan(const Plan &) = default;

    int head(int c) const { return problem.n + c; }
    int tail(int c) const { return problem.n + problem.m + c; }
    bool is_visit(int node) const { return node < problem.n; }
    int carer_of(int node) const { return route[node]; }
    int place(int node) const { return problem.place[node]; }
    int32_t leaves(int node) const { return start[node] + problem.duration[node]; }

    // Whether the shift leaves room for lunch at all.
    bool has_lunch(int c) const {
        const RawProblem &raw = problem.raw;
        const bool ends = raw.shift_end_is_hard[c] && raw.lunch_from[c] + raw.lunch_length[c] > raw.shift_to[c];
        return raw.lunch_length[c] > 0 && !ends && raw.shift_from[c] <= raw.lunch_to[c];
    }
    // Whether, and where, lunch fits between leaving `a` and being at `b`: 1 after the drive, 2 before it, 0 not at all.
    int lunch_fits(int c, int32_t leave, int32_t drive) const {
        if (leave + drive <= problem.raw.lunch_to[c]) return 1;
        return leave <= problem.raw.lunch_to[c] ? 2 : 0;
    }
    // Earliest arrival of carer `c` at `b`, coming from `a`.
    int32_t arrival(int c, int a, int b) const {
        const int32_t drive = problem.time(c, place(a), place(b)), leave = leaves(a);
        if (lunch_after[c] != a || !is_visit(b)) return leave + drive;  // after the last visit it is no break
        const int32_t from = problem.raw.lunch_from[c], length = problem.raw.lunch_length[c];
        switch (lunch_fits(c, leave, drive)) {
        case 1: return std::max(leave + drive, from) + length;
        case 2: return std::max(leave, from) + length + drive;
        default: return leave + drive;
        }
    }
    // The carer's lunch as it falls in the earliest times: its length, 0 where it is missed or nobody asks for it.
    int32_t lunch_taken(int c) const {
        const int a = lunch_after[c];
        if (a < 0) return 0;
        if (!is_visit(next[a])) return 0;
        return lunch_fits(c, leaves(a), problem.time(c, place(a), place(next[a]))) ? problem.raw.lunch_length[c] : 0;
    }

    void link(int v, int c, int a) {
        const int b = next[a];
        next[a] = v, prev[v] = a, next[v] = b, prev[b] = v, route[v] = c;
    }
    void unlink(int v) {
        const int c = route[v], a = prev[v], b = next[v];
        next[a] = b, prev[b] = a, route[v] = -1;
        if (lunch_after[c] == v) lunch_after[c] = a;
    }

    // --- Times ---------------------------------------------------------------------------------------------------

    // Earliest times of one route on its own; false where a hard window or the end of the shift is missed.
    bool forward(int c) {
        if (!is_visit(next[head(c)])) return true;
        for (int a = head(c), b = next[a];; a = b, b = next[b]) {
            const int32_t t = arrival(c, a, b);
            if (!is_visit(b)) {
                start[b] = t;
                return !problem.raw.shift_end_is_hard[c] || t <= problem.raw.shift_to[c];
            }
            start[b] = problem.fit(b, t);
            if (start[b] >= NEVER) return false;
        }
    }
    // Latest times that hard windows let, each route on its own: beyond them an insertion cannot be.
    void backward(int c) {
        for (int b = tail(c), a = prev[b]; is_visit(a); b = a, a = prev[a]) {
            const int32_t until = latest[b] >= NEVER
                ? NEVER : latest[b] - problem.time(c, place(a), place(b)) - problem.duration[a];
            latest[a] = std::min(problem.hard_end[a], until);
        }
    }
    // Earliest times of everything, where routes hang together; `changed` starts as the routes that were touched.
    bool settle_all() {
        for (int c = 0; c < problem.m; ++c)
            if (!forward(c)) return false;
        queue.clear();
        for (int v = 0; v < problem.n; ++v)
            if (route[v] >= 0 && !problem.out[v].empty()) queue.push_back(v);
        return relax(false);
    }

    // Push what is in `queue` until nothing is too early any more. Where `note`, earlier times are kept for `take_back`.
    // False where a hard rule breaks, where it goes round in circles, or where the lateness costs more than `budget`.
    bool relax(bool note, int64_t budget = FORBIDDEN) {
        const int limit = 4 * problem.n + 200;
        left = budget;
        size_t at = 0;
        for (int steps = 0; at < queue.size(); ++at) {
            if (++steps > limit) return false;
            const int u = queue[at];
            const int c = route[u], w = next[u];
            const int32_t t = arrival(c, u, w);
            if (t > start[w]) {
                if (!raise(w, is_visit(w) ? problem.fit(w, t) : t, note)) return false;
                if (!is_visit(w) && problem.raw.shift_end_is_hard[c] && start[w] > problem.raw.shift_to[c]) return false;
            }
            for (const Arc &arc : problem.out[u])
                if (route[arc.other] >= 0 && start[u] + arc.lag > start[arc.other])
                    if (!raise(arc.other, problem.fit(arc.other, start[u] + arc.lag), note)) return false;
        }
        return true;
    }
    // False where the same node is raised again and again: visits wait for each other in a circle.
    bool note_start(int node) {
        if (stamp.empty()) stamp.assign(start.size(), 0), raised.assign(start.size(), 0);
        if (stamp[node] == mark) return ++raised[node] <= OFTEN;
        stamp[node] = mark;
        raised[node] = 1;
        changed.push_back({node, start[node]});
        return true;
    }
    void begin_notes() {
        ++mark;
        changed.clear();
    }
    void take_back() {
        for (const auto &[node, old] : changed) start[node] = old;
    }

    // --- Cost ----------------------------------------------------------------------------------------------------

    // Cost of the route's times as they stand, weighted; `highest` gets its highest tardiness.
    int64_t timed_cost(int c, int32_t &highest) const {
        const RawProblem &raw = problem.raw;
        int64_t cost = 0;
        highest = 0;
        int first = next[head(c)], last = prev[tail(c)];
        if (!is_visit(first)) return 0;
        for (int v = first; is_visit(v); v = next[v]) {
            const int32_t late = problem.tardiness(v, start[v]);
            cost += problem.late_price(v, start[v]);
            highest = std::max(highest, late);
        }
        cost += raw.weight_overtime * overtime(c);
        const int32_t lunch = lunch_taken(c);
        if (raw.lunch_length[c] > 0 && lunch == 0) cost += raw.lunch_missed_cost[c];
        if (raw.weight_waiting > 0) cost += raw.weight_waiting * waiting(c, first, last, lunch);
        return cost;
    }
    int32_t overtime(int c) const { return std::max(0, start[tail(c)] - problem.raw.shift_to[c]); }
    // Waiting between the first and the last visit, once all but the last have been moved as late as costs nothing.
    int32_t waiting(int c, int first, int last, int32_t lunch) const {
        int32_t busy = 0, at = start[last];
        for (int b = last; b != first;) {
            const int a = prev[b];
            const int32_t drive = problem.time(c, place(a), place(b));
            busy += drive + problem.duration[a];
            int32_t leave = at - drive;
            if (lunch_after[c] == a && lunch > 0) {
                leave = latest_leave_with_lunch(c, a, at, drive);
                busy += lunch;
            }
            at = latest_start(a, leave - problem.duration[a]);
            b = a;
        }
        return start[last] - at - busy;
    }
    // The route's starts, each as late as costs nothing, so that nobody waits longer than needed; and lunch's own start.
    void late_starts(int c, int32_t *starts, int32_t &lunch_start) const {
        const int first = next[head(c)], last = prev[tail(c)], after = lunch_after[c];
        lunch_start = -1;
        if (!is_visit(first)) return;
        const int32_t lunch = lunch_taken(c), length = problem.raw.lunch_length[c];
        starts[last] = start[last];
        for (int b = last; b != first; b = prev[b]) {
            const int a = prev[b];
            const int32_t drive = problem.time(c, place(a), place(b));
            const bool with_lunch = after == a && lunch > 0;
            const int32_t leave = with_lunch ? latest_leave_with_lunch(c, a, starts[b], drive) : starts[b] - drive;
            starts[a] = problem.raw.weight_waiting > 0 ? latest_start(a, leave - problem.duration[a]) : start[a];
        }
        if (lunch == 0) return;
        const int b = next[after];
        const int32_t drive = problem.time(c, place(after), place(b));
        const int32_t leave = is_visit(after) ? starts[after] + problem.duration[after] : start[after];
        if (lunch_fits(c, leave, drive) == 1 && std::max(leave + drive, problem.raw.lunch_from[c]) + length <= starts[b])
            lunch_start = std::max(leave + drive, problem.raw.lunch_from[c]);
        else
            lunch_start = std::max(leave, problem.raw.lunch_from[c]);
    }
    int32_t latest_leave_with_lunch(int c, int a, int32_t at, int32_t drive) const {
        const int32_t until = problem.raw.lunch_to[c], length = problem.raw.lunch_length[c];
        if (lunch_fits(c, leaves(a), drive) == 1) return std::min(at - length, until) - drive;
        return std::min(at - drive - length, until);
    }
    int32_t latest_start(int v, int32_t until) const {
        if (problem.has_arcs && (is_tied(v))) return start[v];
        return std::max(start[v], std::min(until, problem.latest_without_more_cost(v, start[v])));
    }
    bool is_tied(int v) const {
        for (const Arc &arc : problem.out[v])
            if (route[arc.other] >= 0) return true;
        for (const Arc &arc : problem.in[v])
            if (route[arc.other] >= 0) return true;
        return false;
    }
    // Work out the cost of one route anew.
    void reckon(int c) {
        RouteCost &cost = costs[c];
        travel -= cost.travel, preference -= cost.preference, timed -= cost.timed;
        use -= cost.size ? problem.raw.use_cost[c] : 0;
        cost = RouteCost{};
        int32_t service = 0, drive = 0;
        for (int a = head(c), b = next[a];; a = b, b = next[b]) {
            if (is_visit(b) || a != head(c)) {
                cost.travel += problem.raw.weight_travel * problem.cost(c, place(a), place(b));
                drive += problem.time(c, place(a), place(b));
            }
            if (!is_visit(b)) break;
            cost.preference += problem.raw.preference[static_cast<int64_t>(b) * problem.m + c];
            cost.load += problem.raw.load[b];
            service += problem.duration[b];
            ++cost.size;
        }
        cost.timed = timed_cost(c, cost.highest);
        cost.work = service + drive + (cost.size ? lunch_taken(c) : 0);
        if (cost.size) {
            const int32_t lunch = lunch_taken(c);
            cost.over = overtime(c);
            cost.lunchless = problem.raw.lunch_length[c] > 0 && lunch == 0;
            if (problem.raw.weight_waiting > 0) cost.waited = waiting(c, next[head(c)], prev[tail(c)], lunch);
        }
        travel += cost.travel, preference += cost.preference, timed += cost.timed;
        use += cost.size ? problem.raw.use_cost[c] : 0;
    }
    // Time at work, overtime too, in which nothing is done.
    int32_t idle(int c) const { return problem.raw.shift_length[c] + costs[c].over - costs[c].work; }
    int32_t highest_tardiness() const {
        int32_t highest = 0;
        for (const RouteCost &cost : costs) highest = std::max(highest, cost.highest);
        return highest;
    }
    int32_t highest_idle() const {
        int32_t highest = 0;
        for (int c = 0; c < problem.m; ++c) highest = std::max(highest, idle(c));
        return highest;
    }
    int64_t cost() const {
        int64_t total = travel + preference + timed + unserved + use;
        if (problem.raw.weight_highest_tardiness) total += problem.raw.weight_highest_tardiness * highest_tardiness();
        if (problem.raw.weight_idle) total += problem.raw.weight_idle * highest_idle();
        return total;
    }

    std::vector<int> queue;
    std::vector<std::pair<int, int32_t>> changed;

private:
    static constexpr uint8_t OFTEN = 5;
    std::vector<uint32_t> stamp;
    std::vector<uint8_t> raised;
    uint32_t mark = 0;
    int64_t left = FORBIDDEN;

    bool raise(int node, int32_t t, bool note) {
        if (note && !note_start(node)) return false;
        if (t >= NEVER || (note && t > latest[node])) return start[node] = t, false;
        if (is_visit(node)) {
            queue.push_back(node);
            if (problem.soft)
                left -= problem.late_price(node, t) - problem.late_price(node, start[node]);
        }
        start[node] = t;
        return left > 0;
    }
};

}  // namespace careroutes
