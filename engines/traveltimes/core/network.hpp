// SPDX-License-Identifier: MPL-2.0
// The roads of one way of travelling as chains between junctions, made of the ways of a map.
#pragma once

#include "weight.hpp"

namespace traveltimes {

constexpr uint8_t CLOSED = 255;  // as a wait: nobody passes

// What the reader hands over; mirrored field by field in `core.py`.
extern "C" struct RawWays {
    int32_t ways, stops;
    const int32_t *begin;  // ways + 1: where a way's nodes stand in the three arrays below
    const int64_t *node;
    const int32_t *lon, *lat;           // 1e-7 degrees
    const uint16_t *forward, *backward;  // per way: tenths of km/h, 0 where one may not go
    const int64_t *stop_node;           // nodes that hold one up, ascending
    const uint8_t *stop_wait;           // seconds, or CLOSED
};

// All that is kept in a file. A chain is a row of points from one junction to another; segment k of it runs from point k
// to the next and has its speeds at k.
struct Network {
    std::vector<int32_t> begin, from, to;  // per chain: first point (one more at the end), junctions at its ends
    std::vector<int32_t> lon, lat;         // per point
    std::vector<uint16_t> forward, backward;
    std::vector<uint8_t> wait;
    int32_t junctions = 0;

    int chains() const { return static_cast<int>(from.size()); }
};

class Chaining {
public:
    explicit Chaining(const RawWays &raw) : ways(raw) {
        number_nodes();
        make_segments();
        ends.fill(static_cast<int>(lon.size()), [&](auto put) {
            for (int s = 0; s < static_cast<int>(segments.size()); ++s) put(segments[s].a, s), put(segments[s].b, s);
        });
        used.assign(segments.size(), false);
        junction_of.assign(lon.size(), -1);
        for (int node = 0; node < static_cast<int>(lon.size()); ++node)
            if (ends.begin[node] < ends.begin[node + 1] && !is_passed_through(node)) start_from(node);
        for (const Segment &segment : segments)  // what is left are rings without a junction
            if (!used[&segment - segments.data()]) start_from(segment.a);
        network.begin.push_back(static_cast<int32_t>(network.lon.size()));
    }
    Network network;

private:
    struct Segment {
        int a, b;
        uint16_t forward, backward;
    };
    const RawWays &ways;
    std::vector<int64_t> ids;
    std::vector<int32_t> lon, lat;
    std::vector<uint8_t> wait;
    std::vector<Segment> segments;
    Rows<int> ends;  // per node: segments that begin or end there
    std::vector<bool> used;
    std::vector<int32_t> junction_of;

    bool is_open(int way) const { return ways.forward[way] || ways.backward[way]; }

    void number_nodes() {
        for (int w = 0; w < ways.ways; ++w)
            if (is_open(w)) ids.insert(ids.end(), ways.node + ways.begin[w], ways.node + ways.begin[w + 1]);
        std::sort(ids.begin(), ids.end());
        ids.erase(std::unique(ids.begin(), ids.end()), ids.end());
        lon.resize(ids.size()), lat.resize(ids.size()), wait.assign(ids.size(), 0);
        for (int s = 0; s < ways.stops; ++s) {
            const auto found = std::lower_bound(ids.begin(), ids.end(), ways.stop_node[s]);
            if (found != ids.end() && *found == ways.stop_node[s]) wait[found - ids.begin()] = ways.stop_wait[s];
        }
    }

    void make_segments() {
        for (int w = 0; w < ways.ways; ++w) {
            if (!is_open(w)) continue;
            int last = -1;
            for (int k = ways.begin[w]; k < ways.begin[w + 1]; ++k) {
                int node = static_cast<int>(std::lower_bound(ids.begin(), ids.end(), ways.node[k]) - ids.begin());
                lon[node] = ways.lon[k], lat[node] = ways.lat[k];
                const bool is_closed = wait[node] == CLOSED;
                if (is_closed) node = dead_end(node);
                if (last >= 0 && last != node) segments.push_back({last, node, ways.forward[w], ways.backward[w]});
                last = is_closed && k + 1 < ways.begin[w + 1] ? dead_end(node) : node;
            }
        }
    }

    // A node of its own in the same place: whoever comes here gets no further.
    int dead_end(int node) {
        lon.push_back(int32_t(lon[node])), lat.push_back(int32_t(lat[node])), wait.push_back(0);
        return static_cast<int>(lon.size()) - 1;
    }

    // Whether a node lies within a chain: two segments meet there, and both allow the same.
    bool is_passed_through(int node) const {
        if (ends.begin[node + 1] - ends.begin[node] != 2) return false;
        const Segment &one = segments[ends.entries[ends.begin[node]]];
        const Segment &other = segments[ends.entries[ends.begin[node] + 1]];
        if (&one == &other) return false;
        const bool in_one = one.b == node ? one.forward : one.backward;
        const bool out_one = one.b == node ? one.backward : one.forward;
        const bool out_other = other.a == node ? other.forward : other.backward;
        const bool in_other = other.a == node ? other.backward : other.forward;
        return in_one == out_other && in_other == out_one;
    }

    void start_from(int node) {
        junction(node);
        for (int e = ends.begin[node]; e < ends.begin[node + 1]; ++e)
            if (!used[ends.entries[e]]) follow(node, ends.entries[e]);
    }

    int junction(int node) {
        if (junction_of[node] < 0) junction_of[node] = network.junctions++;
        return junction_of[node];
    }

    void follow(int first, int segment) {
        network.begin.push_back(static_cast<int32_t>(network.lon.size()));
        int node = first;
        while (true) {
            const Segment &walked = segments[segment];
            used[segment] = true;
            const bool along = walked.a == node;
            add_point(node, along ? walked.forward : walked.backward, along ? walked.backward : walked.forward);
            node = along ? walked.b : walked.a;
            if (node == first || junction_of[node] >= 0 || !is_passed_through(node)) break;
            const int e = ends.begin[node];
            segment = ends.entries[e] == segment ? ends.entries[e + 1] : ends.entries[e];
        }
        add_point(node, 0, 0);
        network.from.push_back(junction(first)), network.to.push_back(junction(node));
    }

    void add_point(int node, uint16_t forward, uint16_t backward) {
        network.lon.push_back(lon[node]), network.lat.push_back(lat[node]), network.wait.push_back(wait[node]);
        network.forward.push_back(forward), network.backward.push_back(backward);
    }
};

}  // namespace traveltimes
