// SPDX-License-Identifier: MPL-2.0
// What is worked out of a network once: weights along chains, which roads hang together, and what lies near a point.
#pragma once

#include "network.hpp"

namespace traveltimes {

// Points put on the nearest road; mirrored in `core.py`. chain -1: no road within reach.
extern "C" struct RawSnapped {
    int32_t *chain, *segment;  // segment: its first point, among all points
    double *share, *off;       // share of the segment before it; metres to the road
    double *lon, *lat;         // where on the road, in degrees
};

struct Arc {
    int32_t other, chain;  // chain c is travelled forward as 2c, backward as 2c + 1
    Weight weight;
};

class Roads {
public:
    Network net;
    std::vector<Weight> ahead, back;  // per point: from the chain's first point to it, and from it back to the first
    Rows<Arc> arcs;                   // per junction: chains that lead away
    std::vector<bool> is_main;        // per chain: belongs to a part of the network that one can drive about in

    explicit Roads(Network given) : net(std::move(given)) {
        weigh();
        arcs.fill(net.junctions, [&](auto put) {
            for (int c = 0; c < net.chains(); ++c) {
                if (can_ahead(c)) put(net.from[c], Arc{net.to[c], 2 * c, ahead[last(c)]});
                if (can_back(c)) put(net.to[c], Arc{net.from[c], 2 * c + 1, back[last(c)]});
            }
        });
        find_main();
        make_grid();
    }

    int last(int c) const { return net.begin[c + 1] - 1; }
    bool can_ahead(int c) const { return net.forward[net.begin[c]] > 0; }
    bool can_back(int c) const { return net.backward[net.begin[c]] > 0; }

    void snap(double lon, double lat, double within_m, int i, const RawSnapped &out) const {
        Near any, main;
        const double high = DEGREE * EARTH_RADIUS_M, wide = high * std::max(0.01, std::cos(lat * DEGREE));
        const double step_m = std::min(cell_lon * wide, cell_lat * high);
        const int x = static_cast<int>(std::floor((lon - west) / cell_lon));
        const int y = static_cast<int>(std::floor((lat - south) / cell_lat));
        for (int ring = 0; (ring - 1) * step_m <= within_m; ++ring) {
            // Nothing in this ring or beyond is nearer than (ring - 1) cells.
            if ((ring - 1) * step_m > std::min(main.off, any.off + MAIN_DETOUR_M)) break;
            for (int v = std::max(0, y - ring); v <= std::min(rows - 1, y + ring); ++v) {
                const bool is_edge = v == y - ring || v == y + ring;
                for (int u = x - ring; u <= x + ring; u += is_edge || ring == 0 ? 1 : 2 * ring) {
                    if (u < 0 || u >= columns) continue;
                    const int cell = v * columns + u;
                    for (int e = grid.begin[cell]; e < grid.begin[cell + 1]; ++e) {
                        const Near near = nearest(grid.entries[e], lon, lat, wide, high);
                        if (near < any) any = near;
                        if (is_main[chain_of[near.segment]] && near < main) main = near;
                    }
                }
            }
        }
        const Near &best = main.off <= any.off + MAIN_DETOUR_M ? main : any;
        out.chain[i] = best.off <= within_m ? chain_of[best.segment] : -1;
        out.segment[i] = best.segment, out.share[i] = best.share, out.off[i] = best.off;
        if (out.chain[i] >= 0) out.lon[i] = across(net.lon, best), out.lat[i] = across(net.lat, best);
    }

private:
    // A road that leads nowhere is only used by who is this much nearer to it than to one that does.
    static constexpr double MAIN_DETOUR_M = 100, MAIN_LENGTH_M = 2000, MAIN_SHARE = 0.1;

    struct Near {
        int32_t segment = -1;
        double off = std::numeric_limits<double>::infinity(), share = 0;
        bool operator<(const Near &other) const {
            return off < other.off || (off == other.off && segment < other.segment);
        }
    };
    std::vector<int32_t> chain_of;  // per point
    Rows<int32_t> grid;             // per cell: segments that may touch it
    double west = 0, south = 0, cell_lon = 1, cell_lat = 1;
    int columns = 1, rows = 1;

    void weigh() {
        ahead.resize(net.lon.size()), back.resize(net.lon.size()), chain_of.resize(net.lon.size());
        for (int c = 0; c < net.chains(); ++c) {
            ahead[net.begin[c]] = back[net.begin[c]] = 0;
            for (int k = net.begin[c]; k <= last(c); ++k) {
                chain_of[k] = c;
                if (k == last(c)) break;
                const double length = metres(net.lon[k], net.lat[k], net.lon[k + 1], net.lat[k + 1]);
                const double waiting = (net.wait[k] + net.wait[k + 1]) * 500.0;  // half here, half in the next segment
                ahead[k + 1] = ahead[k] + step(length, net.forward[k], waiting);
                back[k + 1] = back[k] + step(length, net.backward[k], waiting);
            }
        }
    }
    static Weight step(double length, uint16_t tenths_km_h, double waiting) {
        return tenths_km_h ? weight(std::ceil(length * 36000 / tenths_km_h + waiting), length * 10) : 0;
    }

    // Kosaraju's two walks: junctions that can all reach each other form a part; long parts are main.
    void find_main() {
        const int n = net.junctions;
        Rows<int32_t> reversed;
        reversed.fill(n, [&](auto put) {
            for (int v = 0; v < n; ++v)
                for (int e = arcs.begin[v]; e < arcs.begin[v + 1]; ++e) put(arcs.entries[e].other, v);
        });
        std::vector<int32_t> order, part(n, -1), next(arcs.begin.begin(), arcs.begin.begin() + n), stack;
        std::vector<bool> seen(n, false);
        for (int root = 0; root < n; ++root) {
            if (seen[root]) continue;
            seen[root] = true, stack.push_back(root);
            while (!stack.empty()) {
                const int v = stack.back();
                if (next[v] == arcs.begin[v + 1]) {
                    order.push_back(v), stack.pop_back();
                    continue;
                }
                const int w = arcs.entries[next[v]++].other;
                if (!seen[w]) seen[w] = true, stack.push_back(w);
            }
        }
        int parts = 0;
        for (int k = n - 1; k >= 0; --k) {
            if (part[order[k]] >= 0) continue;
            part[order[k]] = parts, stack.push_back(order[k]);
            while (!stack.empty()) {
                const int v = stack.back();
                stack.pop_back();
                for (int e = reversed.begin[v]; e < reversed.begin[v + 1]; ++e)
                    if (part[reversed.entries[e]] < 0) part[reversed.entries[e]] = parts, stack.push_back(reversed.entries[e]);
            }
            ++parts;
        }
        std::vector<double> length(parts, 0.0);
        for (int c = 0; c < net.chains(); ++c)
            if (part[net.from[c]] == part[net.to[c]])
                length[part[net.from[c]]] += decimetres(std::max(ahead[last(c)], back[last(c)])) / 10;
        const double longest = parts ? *std::max_element(length.begin(), length.end()) : 0;
        const double enough = std::min(MAIN_LENGTH_M, longest * MAIN_SHARE);
        is_main.resize(net.chains());
        for (int c = 0; c < net.chains(); ++c)
            is_main[c] = longest > 0 && part[net.from[c]] == part[net.to[c]] && length[part[net.from[c]]] >= enough;
    }

    void make_grid() {
        if (net.lon.empty()) return;
        const auto [west_most, east_most] = std::minmax_element(net.lon.begin(), net.lon.end());
        const auto [south_most, north_most] = std::minmax_element(net.lat.begin(), net.lat.end());
        west = *west_most * UNIT, south = *south_most * UNIT;
        const double width = *east_most * UNIT - west, height = *north_most * UNIT - south;
        cell_lat = std::max(0.002, height / 2000), cell_lon = std::max(0.004, width / 2000);  // 220 x 250 m in Denmark
        columns = static_cast<int>(width / cell_lon) + 1, rows = static_cast<int>(height / cell_lat) + 1;
        grid.fill(columns * rows, [&](auto put) {
            for (int32_t k = 0; k + 1 < static_cast<int>(net.lon.size()); ++k) {
                if (chain_of[k] != chain_of[k + 1]) continue;
                const auto [left, right] = std::minmax(net.lon[k], net.lon[k + 1]);
                const auto [low, high] = std::minmax(net.lat[k], net.lat[k + 1]);
                for (int v = row(low); v <= row(high); ++v)
                    for (int u = column(left); u <= column(right); ++u) put(v * columns + u, k);
            }
        });
    }
    int column(int32_t lon) const { return std::clamp(static_cast<int>((lon * UNIT - west) / cell_lon), 0, columns - 1); }
    int row(int32_t lat) const { return std::clamp(static_cast<int>((lat * UNIT - south) / cell_lat), 0, rows - 1); }

    // The foot of the perpendicular, on a plane that touches the Earth at the point.
    Near nearest(int32_t k, double lon, double lat, double wide, double high) const {
        const double ax = (net.lon[k] * UNIT - lon) * wide, ay = (net.lat[k] * UNIT - lat) * high;
        const double bx = (net.lon[k + 1] * UNIT - lon) * wide, by = (net.lat[k + 1] * UNIT - lat) * high;
        const double dx = bx - ax, dy = by - ay, length = dx * dx + dy * dy;
        Near near;
        near.segment = k;
        near.share = length > 0 ? std::clamp(-(ax * dx + ay * dy) / length, 0.0, 1.0) : 0.0;
        near.off = std::hypot(ax + near.share * dx, ay + near.share * dy);
        return near;
    }
    static double across(const std::vector<int32_t> &values, const Near &near) {
        return (values[near.segment] + near.share * (values[near.segment + 1] - values[near.segment])) * UNIT;
    }
};

}  // namespace traveltimes
