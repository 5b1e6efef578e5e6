// SPDX-License-Identifier: MPL-2.0
// The problem as flat arrays, and what is worked out from it once.
#pragma once

#include <algorithm>
#include <cstdint>
#include <limits>
#include <numeric>
#include <vector>

namespace careroutes {

constexpr int32_t NEVER = std::numeric_limits<int32_t>::max() / 4;
constexpr int64_t FORBIDDEN = std::numeric_limits<int64_t>::max() / 4;

// What the caller hands over; mirrored field by field in `core.py`. Times and distances are whole numbers.
extern "C" struct RawProblem {
    int32_t visits, carers, places, modes, groups, arcs, relations;
    // per visit
    const int32_t *place, *duration, *load, *group, *tardiness_weight;
    const int32_t *earliest;  // no start before it, whatever the windows
    const int32_t *announced_until, *moved_weight;  // a start after what was announced costs `moved_weight` a unit
    const uint8_t *window_at_end, *window_is_hard;
    const int32_t *window_begin;  // visits + 1: where a visit's windows stand in the two arrays below
    const int32_t *window_from, *window_to;
    const uint8_t *allowed;      // visits x carers
    const int32_t *preference;   // visits x carers: cost
    // per group: visits that are planned together or not at all
    const int64_t *unserved_cost;
    // start of `arc_to` >= start of `arc_from` + `arc_lag`
    const int32_t *arc_from, *arc_to, *arc_lag;
    // two visits that need different (0) or the same (1) carer
    const int32_t *relation_a, *relation_b, *relation_kind;
    // per carer
    const int32_t *from_place, *to_place, *shift_from, *shift_to, *mode, *capacity;
    const uint8_t *shift_end_is_hard;
    const int32_t *lunch_from, *lunch_to, *lunch_length;  // earliest start, latest start; length 0: none
    const int64_t *lunch_missed_cost, *use_cost;
    const int32_t *shift_length;
    // per mode: places x places
    const int32_t *travel_time, *travel_cost;
    int64_t mandatory_cost;  // from this cost on, leaving a group out is a failure
    int64_t weight_travel, weight_highest_tardiness, weight_waiting, weight_overtime, weight_idle;
};

struct Arc {
    int other;
    int32_t lag;
};

class Problem {
public:
    const RawProblem &raw;
    const int n, m;
    bool has_arcs, soft, waits;  // soft: something timed costs; waits: waiting, lunch or idle time costs
    bool all_mandatory;  // every group costs so much to leave out that an absence is a failure
    std::vector<std::vector<Arc>> out, in;          // temporal arcs from and to a visit
    std::vector<std::vector<int>> apart, together;  // visits with another, or the same, carer
    std::vector<std::vector<int>> members;          // of a group
    std::vector<std::vector<int>> near;             // other visits, nearest first
    std::vector<std::vector<int>> carers_for;       // carers that may do a visit
    std::vector<int32_t> hard_end;                  // latest start of a visit, NEVER where late is only dear
    std::vector<int32_t> window_to, due;            // windows' ends, and the last of them, as latest starts
    std::vector<int32_t> duration;                  // per node, 0 at a route's two ends
    std::vector<int> place;                         // per node; the last place of the padded matrices is nowhere

    std::vector<int> kind;                          // per carer: the first carer that is just the same

    // `to_search`: whether neighbours are asked for.
    explicit Problem(const RawProblem &given, bool to_search = true) : raw(given), n(given.visits), m(given.carers) {
        out.resize(n), in.resize(n), apart.resize(n), together.resize(n), members.resize(raw.groups);
        carers_for.resize(n), hard_end.assign(n, NEVER);
        lay_out();
        for (int k = 0; k < raw.arcs; ++k) {
            out[raw.arc_from[k]].push_back({raw.arc_to[k], raw.arc_lag[k]});
            in[raw.arc_to[k]].push_back({raw.arc_from[k], raw.arc_lag[k]});
        }
        for (int k = 0; k < raw.relations; ++k) {
            auto &list = raw.relation_kind[k] ? together : apart;
            list[raw.relation_a[k]].push_back(raw.relation_b[k]);
            list[raw.relation_b[k]].push_back(raw.relation_a[k]);
        }
        all_mandatory = true;
        for (int g = 0; g < raw.groups; ++g) all_mandatory &= raw.unserved_cost[g] >= raw.mandatory_cost;
        bool late_costs = false;
        for (int v = 0; v < n; ++v) {
            members[raw.group[v]].push_back(v);
            for (int c = 0; c < m; ++c)
                if (raw.allowed[v * m + c]) carers_for[v].push_back(c);
            if (raw.window_is_hard[v]) hard_end[v] = due[v];
            late_costs |= !raw.window_is_hard[v] || raw.moved_weight[v] > 0;
        }
        bool lunch = false, overtime = false;
        for (int c = 0; c < m; ++c) {
            lunch |= raw.lunch_length[c] > 0;
            overtime |= !raw.shift_end_is_hard[c];
        }
        has_arcs = raw.arcs > 0;
        waits = raw.weight_waiting > 0 || lunch || raw.weight_idle > 0;
        soft = late_costs || waits || (overtime && raw.weight_overtime > 0);
        near.resize(n);
        if (to_search) find_neighbours();
        find_kinds();
    }

    // Between two places, by the carer's way of moving; a route's open end is nowhere, from where all is near.
    int32_t time(int carer, int a, int b) const { return time_of[carer][static_cast<size_t>(a) * width + b]; }
    int64_t cost(int carer, int a, int b) const { return cost_of[carer][static_cast<size_t>(a) * width + b]; }

    // The earliest start at or after `t` that a window of `v` lets; NEVER where that is too late for a hard one.
    int32_t fit(int v, int32_t t) const {
        t = std::max(t, raw.earliest[v]);
        const int last = raw.window_begin[v + 1];
        for (int k = raw.window_begin[v]; k < last; ++k) {
            const int32_t start = std::max(t, raw.window_from[k]);
            if (start <= window_to[k]) return start;
        }
        return raw.window_is_hard[v] ? NEVER : std::max(t, raw.window_from[last - 1]);
    }
    int32_t tardiness(int v, int32_t start) const { return std::max(0, start - due[v]); }
    // What a start at `t` costs, of itself: lateness, and being moved from what was announced.
    int64_t late_price(int v, int32_t t) const {
        return static_cast<int64_t>(raw.tardiness_weight[v]) * tardiness(v, t)
            + static_cast<int64_t>(raw.moved_weight[v]) * std::max(0, t - raw.announced_until[v]);
    }
    // The latest start that is not later than what `start` already costs.
    int32_t latest_without_more_cost(int v, int32_t start) const {
        for (int k = raw.window_begin[v]; k < raw.window_begin[v + 1]; ++k)
            if (start <= window_to[k])
                return start <= raw.announced_until[v] ? std::min(window_to[k], raw.announced_until[v]) : start;
        return start;
    }

private:
    size_t width;
    std::vector<std::vector<int32_t>> times, travel_costs;  // per mode, padded by the place that is nowhere
    std::vector<const int32_t *> time_of, cost_of;          // per carer

    void lay_out() {
        const int nowhere = raw.places;
        width = static_cast<size_t>(raw.places) + 1;
        const auto padded = [&](const int32_t *matrix) {
            std::vector<int32_t> result(width * width, 0);
            for (int a = 0; a < raw.places; ++a)
                std::copy_n(matrix + static_cast<size_t>(a) * raw.places, raw.places, result.begin() + a * width);
            return result;
        };
        const size_t area = static_cast<size_t>(raw.places) * raw.places;
        for (int k = 0; k < raw.modes; ++k) {
            times.push_back(padded(raw.travel_time + k * area));
            travel_costs.push_back(padded(raw.travel_cost + k * area));
        }
        place.resize(n + 2 * m), duration.assign(n + 2 * m, 0);
        for (int v = 0; v < n; ++v) place[v] = raw.place[v], duration[v] = raw.duration[v];
        for (int c = 0; c < m; ++c) {
            place[n + c] = raw.from_place[c] < 0 ? nowhere : raw.from_place[c];
            place[n + m + c] = raw.to_place[c] < 0 ? nowhere : raw.to_place[c];
            time_of.push_back(times[raw.mode[c]].data());
            cost_of.push_back(travel_costs[raw.mode[c]].data());
        }
        window_to.assign(raw.window_to, raw.window_to + raw.window_begin[n]);
        due.resize(n);
        for (int v = 0; v < n; ++v) {
            if (raw.window_at_end[v])
                for (int k = raw.window_begin[v]; k < raw.window_begin[v + 1]; ++k) window_to[k] -= raw.duration[v];
            due[v] = window_to[raw.window_begin[v + 1] - 1];
        }
    }

    // Of carers that differ in nothing, only one that is unused needs to be tried.
    void find_kinds() {
        kind.resize(m);
        const auto same = [&](int c, int d) {
            const auto equal = [&](const auto *values) { return values[c] == values[d]; };
            if (!(equal(raw.from_place) && equal(raw.to_place) && equal(raw.shift_from) && equal(raw.shift_to)
                  && equal(raw.mode) && equal(raw.capacity) && equal(raw.shift_end_is_hard) && equal(raw.lunch_from)
                  && equal(raw.lunch_to) && equal(raw.lunch_length) && equal(raw.lunch_missed_cost)
                  && equal(raw.use_cost)))
                return false;
            for (int v = 0; v < n; ++v) {
                const size_t row = static_cast<size_t>(v) * m;
                if (raw.allowed[row + c] != raw.allowed[row + d] || raw.preference[row + c] != raw.preference[row + d])
                    return false;
            }
            return true;
        };
        for (int c = 0; c < m; ++c) {
            kind[c] = c;
            for (int d = 0; d < c; ++d)
                if (kind[d] == d && same(c, d)) {
                    kind[c] = d;
                    break;
                }
        }
    }

    void find_neighbours() {
        const int keep = std::min(n - 1, 200);
        std::vector<std::pair<double, int>> distance;
        for (int v = 0; v < n; ++v) {
            distance.clear();
            for (int w = 0; w < n; ++w)
                if (w != v) {
                    const int a = place[v], b = place[w];
                    distance.push_back({static_cast<double>(cost(0, a, b)) + cost(0, b, a), w});
                }
            std::partial_sort(distance.begin(), distance.begin() + keep, distance.end());
            for (int k = 0; k < keep; ++k) near[v].push_back(distance[k].second);
        }
    }
};

}  // namespace careroutes
