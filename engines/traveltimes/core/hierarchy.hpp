// SPDX-License-Identifier: MPL-2.0
// A contraction hierarchy (Geisberger, Sanders, Schultes, Delling: WEA 2008): junctions are taken out one by one, the
// least important first, with shortcuts where the quickest way led through them. Searches then only go upwards. Tables
// are made with buckets (Knopp, Sanders, Schultes, Schulz, Wagner: ALENEX 2007).
#pragma once

#include <functional>
#include <queue>

#include "roads.hpp"

namespace traveltimes {

struct Link {
    Weight weight;
    int32_t other, filling = 0;  // filled, so that the same roads give the same file
};

// Per junction: links to more important junctions, and links from them.
struct Hierarchy {
    Rows<Link> up, down;
};

using Entry = std::pair<Weight, int32_t>;
using Queue = std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>>;

// Weights of junctions in a search that begins anew without clearing everything.
class Labels {
public:
    explicit Labels(int n) : weights(n, NO_WAY) {}
    Weight operator[](int32_t v) const { return weights[v]; }
    bool lower(int32_t v, Weight w) {
        if (w >= weights[v]) return false;
        if (weights[v] == NO_WAY) touched.push_back(v);
        weights[v] = w;
        return true;
    }
    void clear() {
        for (int32_t v : touched) weights[v] = NO_WAY;
        touched.clear();
    }

private:
    std::vector<Weight> weights;
    std::vector<int32_t> touched;
};

class Contraction {
public:
    explicit Contraction(const Roads &roads)
        : n(roads.net.junctions), out(n), in(n), depth(n, 0), is_gone(n, false), found(n), is_target(n, false) {
        for (int v = 0; v < n; ++v)
            for (int e = roads.arcs.begin[v]; e < roads.arcs.begin[v + 1]; ++e) {
                const Arc &arc = roads.arcs.entries[e];
                if (arc.other != v) connect(v, arc.other, arc.weight);
            }
        std::priority_queue<Entry, std::vector<Entry>, std::greater<Entry>> waiting;
        for (int v = 0; v < n; ++v) waiting.push({importance(v), v});
        while (!waiting.empty()) {
            const int v = waiting.top().second;
            waiting.pop();
            const Weight now = importance(v);
            if (!waiting.empty() && Entry{now, v} > waiting.top()) waiting.push({now, v});
            else take_out(v);
        }
        write(hierarchy.up, out), write(hierarchy.down, in);
    }
    Hierarchy hierarchy;

private:
    static constexpr int SETTLED = 60;  // how far to look for a way around; less only means more shortcuts
    static constexpr int BIAS = 1 << 20;

    struct Shortcut {
        int32_t from, to;
        Weight weight;
    };
    int n;
    std::vector<std::vector<Link>> out, in;  // of junctions still there; afterwards of all, upwards
    std::vector<int32_t> depth;
    std::vector<bool> is_gone;
    Labels found;
    std::vector<bool> is_target;
    std::vector<Shortcut> shortcuts;

    void connect(int32_t a, int32_t b, Weight weight) { better(out[a], b, weight), better(in[b], a, weight); }
    static void better(std::vector<Link> &links, int32_t other, Weight weight) {
        for (Link &link : links)
            if (link.other == other) {
                link.weight = std::min(link.weight, weight);
                return;
            }
        links.push_back({weight, other});
    }

    Weight importance(int v) {
        find_shortcuts(v);
        const int removed = static_cast<int>(out[v].size() + in[v].size());
        return static_cast<Weight>(BIAS + 2 * static_cast<int>(shortcuts.size()) - removed + 2 * depth[v]);
    }

    void take_out(int v) {
        find_shortcuts(v);
        for (const Shortcut &s : shortcuts) connect(s.from, s.to, s.weight);
        is_gone[v] = true;
        for (const Link &link : out[v]) forget(in[link.other], v), depth[link.other] = std::max(depth[link.other], depth[v] + 1);
        for (const Link &link : in[v]) forget(out[link.other], v), depth[link.other] = std::max(depth[link.other], depth[v] + 1);
    }
    static void forget(std::vector<Link> &links, int32_t other) {
        links.erase(std::find_if(links.begin(), links.end(), [&](const Link &link) { return link.other == other; }));
    }

    // The ways through v that nothing around it beats.
    void find_shortcuts(int v) {
        shortcuts.clear();
        for (const Link &enter : in[v]) {
            Weight farthest = 0;
            int targets = 0;
            for (const Link &leave : out[v]) {
                if (leave.other == enter.other) continue;
                farthest = std::max(farthest, enter.weight + leave.weight);
                is_target[leave.other] = true, ++targets;
            }
            if (!targets) continue;
            look_around(enter.other, v, farthest, targets);
            for (const Link &leave : out[v]) {
                if (leave.other == enter.other) continue;
                const Weight through = enter.weight + leave.weight;
                if (found[leave.other] > through) shortcuts.push_back({enter.other, leave.other, through});
                is_target[leave.other] = false;
            }
            found.clear();
        }
    }

    void look_around(int32_t from, int32_t without, Weight farthest, int targets) {
        Queue queue;
        found.lower(from, 0), queue.push({0, from});
        for (int settled = 0; !queue.empty() && settled < SETTLED; ++settled) {
            const auto [weight, v] = queue.top();
            queue.pop();
            if (weight > found[v]) continue;
            if (weight > farthest || (is_target[v] && --targets == 0)) return;
            for (const Link &link : out[v])
                if (link.other != without && found.lower(link.other, weight + link.weight))
                    queue.push({weight + link.weight, link.other});
        }
    }

    void write(Rows<Link> &rows, const std::vector<std::vector<Link>> &links) const {
        rows.fill(n, [&](auto put) {
            for (int v = 0; v < n; ++v)
                for (const Link &link : links[v]) put(v, link);
        });
    }
};

// A point on a road, as the weights to the junctions it can leave for and those it can be reached from.
struct Access {
    int32_t chain = -1, point = 0;
    double share = 0;
    Weight ahead = 0, back = 0;  // from the chain's first point to here, and from here back to the first

    Access() = default;
    Access(const Roads &roads, int32_t c, int32_t k, double along) : chain(c), point(k), share(along) {
        if (c < 0) return;
        ahead = roads.ahead[k] + part(roads.ahead[k + 1] - roads.ahead[k], along);
        back = roads.back[k] + part(roads.back[k + 1] - roads.back[k], along);
    }
    bool is_before(const Access &other) const {
        return point < other.point || (point == other.point && share <= other.share);
    }
    template <typename Put> void leave(const Roads &roads, Put put) const {
        if (roads.can_ahead(chain)) put(roads.net.to[chain], roads.ahead[roads.last(chain)] - ahead);
        if (roads.can_back(chain)) put(roads.net.from[chain], back);
    }
    template <typename Put> void arrive(const Roads &roads, Put put) const {
        if (roads.can_ahead(chain)) put(roads.net.from[chain], ahead);
        if (roads.can_back(chain)) put(roads.net.to[chain], roads.back[roads.last(chain)] - back);
    }
    // Straight along the chain, without meeting a junction.
    Weight directly(const Roads &roads, const Access &other) const {
        if (chain != other.chain) return NO_WAY;
        if (is_before(other) && roads.can_ahead(chain)) return other.ahead - ahead;
        if (other.is_before(*this) && roads.can_back(chain)) return back - other.back;
        return NO_WAY;
    }
};

class Tables {
public:
    Tables(const Roads &r, const Hierarchy &h) : roads(r), hierarchy(h), labels(r.net.junctions) {}

    // out: sources x targets, NO_WAY where there is none.
    void fill(const std::vector<Access> &sources, const std::vector<Access> &targets, Weight *out) {
        std::vector<std::pair<int32_t, Link>> reached;
        for (int32_t t = 0; t < static_cast<int32_t>(targets.size()); ++t) {
            if (targets[t].chain < 0) continue;
            targets[t].arrive(roads, [&](int32_t v, Weight w) { start(v, w); });
            climb(hierarchy.down, hierarchy.up, [&](int32_t v, Weight w) { reached.push_back({v, {w, t}}); });
        }
        Rows<Link> buckets;
        buckets.fill(roads.net.junctions, [&](auto put) {
            for (const auto &[v, link] : reached) put(v, link);
        });
        std::fill(out, out + sources.size() * targets.size(), NO_WAY);
        for (size_t s = 0; s < sources.size(); ++s) {
            if (sources[s].chain < 0) continue;
            Weight *row = out + s * targets.size();
            for (size_t t = 0; t < targets.size(); ++t) row[t] = sources[s].directly(roads, targets[t]);
            sources[s].leave(roads, [&](int32_t v, Weight w) { start(v, w); });
            climb(hierarchy.up, hierarchy.down, [&](int32_t v, Weight w) {
                for (int e = buckets.begin[v]; e < buckets.begin[v + 1]; ++e) {
                    const Link &link = buckets.entries[e];
                    row[link.other] = std::min(row[link.other], w + link.weight);
                }
            });
        }
    }

private:
    const Roads &roads;
    const Hierarchy &hierarchy;
    Labels labels;
    Queue queue;

    void start(int32_t v, Weight w) {
        if (labels.lower(v, w)) queue.push({w, v});
    }

    // Visits all that can be reached upwards, except where a way from above is quicker: then this one is none of the best.
    template <typename Visit> void climb(const Rows<Link> &links, const Rows<Link> &opposite, Visit visit) {
        while (!queue.empty()) {
            const auto [weight, v] = queue.top();
            queue.pop();
            if (weight > labels[v]) continue;
            bool is_beaten = false;
            for (int e = opposite.begin[v]; e < opposite.begin[v + 1] && !is_beaten; ++e)
                is_beaten = labels[opposite.entries[e].other] + opposite.entries[e].weight < weight;
            if (is_beaten) continue;
            visit(v, weight);
            for (int e = links.begin[v]; e < links.begin[v + 1]; ++e)
                start(links.entries[e].other, weight + links.entries[e].weight);
        }
        labels.clear();
    }
};

}  // namespace traveltimes
