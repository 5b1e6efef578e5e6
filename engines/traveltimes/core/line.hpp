// SPDX-License-Identifier: MPL-2.0
// The quickest way between two points on roads, with every point of it: Dijkstra's search over junctions and chains.
#pragma once

#include "hierarchy.hpp"

namespace traveltimes {

struct Line {
    Weight weight = NO_WAY;
    std::vector<int32_t> points;  // numbers of the network's points between the two ends
};

class LineSearch {
public:
    LineSearch(const Roads &r, const Access &s, const Access &t)
        : roads(r), source(s), target(t), labels(r.net.junctions), via(r.net.junctions, NOBODY) {}

    Line find() {
        Line line;
        if (source.chain < 0 || target.chain < 0) return line;
        Queue queue;
        source.leave(roads, [&](int32_t v, Weight w) {
            if (labels.lower(v, w)) via[v] = START, queue.push({w, v});
        });
        Weight best = source.directly(roads, target);
        int32_t end = NOBODY;
        while (!queue.empty() && queue.top().first < best) {
            const auto [weight, v] = queue.top();
            queue.pop();
            if (weight > labels[v]) continue;
            target.arrive(roads, [&, reached = weight, node = v](int32_t w, Weight rest) {
                if (w == node && reached + rest < best) best = reached + rest, end = node;
            });
            for (int e = roads.arcs.begin[v]; e < roads.arcs.begin[v + 1]; ++e) {
                const Arc &arc = roads.arcs.entries[e];
                if (labels.lower(arc.other, weight + arc.weight))
                    via[arc.other] = arc.chain, queue.push({weight + arc.weight, arc.other});
            }
        }
        line.weight = best;
        if (best != NO_WAY) trace(end, line.points);
        return line;
    }

private:
    static constexpr int32_t NOBODY = -1, START = -2;
    const Roads &roads;
    const Access &source, &target;
    Labels labels;
    std::vector<int32_t> via;  // per junction: the chain (see Arc) it was reached by

    void trace(int32_t end, std::vector<int32_t> &points) const {
        const Network &net = roads.net;
        if (end == NOBODY) {  // along one chain
            if (source.is_before(target) && roads.can_ahead(source.chain)) forwards(source.point + 1, target.point, points);
            else backwards(source.point, target.point + 1, points);
            return;
        }
        std::vector<int32_t> chains;
        int32_t v = end;
        for (; via[v] >= 0; v = via[v] % 2 ? net.to[via[v] / 2] : net.from[via[v] / 2]) chains.push_back(via[v]);
        if (leaves_by(source, v)) forwards(source.point + 1, roads.last(source.chain), points);
        else backwards(source.point, net.begin[source.chain], points);
        for (auto chain = chains.rbegin(); chain != chains.rend(); ++chain) {
            const int c = *chain / 2;
            if (*chain % 2) backwards(roads.last(c), net.begin[c], points);
            else forwards(net.begin[c], roads.last(c), points);
        }
        if (arrives_by(target, end)) forwards(net.begin[target.chain], target.point, points);
        else backwards(roads.last(target.chain), target.point + 1, points);
    }
    // Whether a chain is left, or entered, forwards; both may be possible where it is a ring, and the quicker is taken.
    bool leaves_by(const Access &a, int32_t v) const {
        const bool ahead = roads.can_ahead(a.chain) && roads.net.to[a.chain] == v;
        const bool back = roads.can_back(a.chain) && roads.net.from[a.chain] == v;
        return ahead && !(back && a.back < roads.ahead[roads.last(a.chain)] - a.ahead);
    }
    bool arrives_by(const Access &a, int32_t v) const {
        const bool ahead = roads.can_ahead(a.chain) && roads.net.from[a.chain] == v;
        const bool back = roads.can_back(a.chain) && roads.net.to[a.chain] == v;
        return ahead && !(back && roads.back[roads.last(a.chain)] - a.back < a.ahead);
    }
    static void forwards(int32_t from, int32_t to, std::vector<int32_t> &points) {
        for (int32_t k = from; k <= to; ++k) points.push_back(k);
    }
    static void backwards(int32_t from, int32_t to, std::vector<int32_t> &points) {
        for (int32_t k = from; k >= to; --k) points.push_back(k);
    }
};

}  // namespace traveltimes
