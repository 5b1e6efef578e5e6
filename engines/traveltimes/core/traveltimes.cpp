// SPDX-License-Identifier: MPL-2.0
// The way in from `core.py`. Nothing is thrown across it: whatever fails gives NULL or -1.
#include "line.hpp"

using namespace traveltimes;

namespace {

struct Core {
    Roads roads;
    Hierarchy hierarchy;

    explicit Core(Network net) : roads(std::move(net)) { hierarchy = std::move(Contraction(roads).hierarchy); }
    Core(Network net, Hierarchy ready) : roads(std::move(net)), hierarchy(std::move(ready)) {}
};

std::vector<Access> accesses(const Roads &roads, const RawSnapped &snapped, int32_t count) {
    std::vector<Access> made;
    made.reserve(count);
    for (int32_t i = 0; i < count; ++i)
        made.emplace_back(roads, snapped.chain[i], snapped.segment[i], snapped.share[i]);
    return made;
}

template <typename Work> auto guarded(Work work, decltype(work()) otherwise) noexcept {
    try {
        return work();
    } catch (...) {
        return otherwise;
    }
}

// Every array of a core, in the order of ARRAYS in `core.py`.
template <typename Visit> void each_array(Network &net, Hierarchy &hierarchy, Visit visit) {
    visit(net.begin), visit(net.from), visit(net.to), visit(net.lon), visit(net.lat);
    visit(net.forward), visit(net.backward), visit(net.wait);
    visit(hierarchy.up.begin), visit(hierarchy.up.entries), visit(hierarchy.down.begin), visit(hierarchy.down.entries);
}

}  // namespace

extern "C" {

struct RawArray {
    const void *data;
    int64_t bytes;
};

void *traveltimes_build(const RawWays *ways) {
    return guarded([&]() -> void * { return new Core(Chaining(*ways).network); }, nullptr);
}

void *traveltimes_load(const RawArray *arrays) {
    return guarded(
        [&]() -> void * {
            Network net;
            Hierarchy hierarchy;
            each_array(net, hierarchy, [&](auto &array) {
                using Item = typename std::decay_t<decltype(array)>::value_type;
                const auto *first = static_cast<const Item *>(arrays->data);
                array.assign(first, first + arrays->bytes / sizeof(Item));
                ++arrays;
            });
            net.junctions = static_cast<int32_t>(hierarchy.up.begin.size()) - 1;
            return new Core(std::move(net), std::move(hierarchy));
        },
        nullptr);
}

void traveltimes_arrays(void *core, RawArray *arrays) {
    auto *whole = static_cast<Core *>(core);
    each_array(whole->roads.net, whole->hierarchy, [&](auto &array) {
        using Item = typename std::decay_t<decltype(array)>::value_type;
        *arrays++ = {array.data(), static_cast<int64_t>(array.size() * sizeof(Item))};
    });
}

void traveltimes_free(void *core) { delete static_cast<Core *>(core); }

void traveltimes_snap(void *core, int32_t count, const double *lon, const double *lat, double within_m, RawSnapped *out) {
    const Roads &roads = static_cast<Core *>(core)->roads;
    for (int32_t i = 0; i < count; ++i) roads.snap(lon[i], lat[i], within_m, i, *out);
}

// weights: sources x targets, NO_WAY where there is none (see weight.hpp).
int32_t traveltimes_table(void *core, int32_t sources, const RawSnapped *from, int32_t targets, const RawSnapped *to,
                          uint64_t *weights) {
    return guarded(
        [&] {
            const auto *whole = static_cast<Core *>(core);
            Tables(whole->roads, whole->hierarchy)
                .fill(accesses(whole->roads, *from, sources), accesses(whole->roads, *to, targets), weights);
            return 0;
        },
        -1);
}

// The weight of the way from point 0 to point 1, and a line of at most `room` points; gives how many it has.
int64_t traveltimes_line(void *core, const RawSnapped *ends, int64_t room, double *lon, double *lat, uint64_t *weight) {
    return guarded(
        [&]() -> int64_t {
            const Roads &roads = static_cast<Core *>(core)->roads;
            const auto both = accesses(roads, *ends, 2);
            const Line line = LineSearch(roads, both[0], both[1]).find();
            *weight = line.weight;
            for (int64_t i = 0; i < std::min<int64_t>(room, line.points.size()); ++i)
                lon[i] = roads.net.lon[line.points[i]] * UNIT, lat[i] = roads.net.lat[line.points[i]] * UNIT;
            return static_cast<int64_t>(line.points.size());
        },
        -1);
}
}
