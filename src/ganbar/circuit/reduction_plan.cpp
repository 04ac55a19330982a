#include "ganbar/circuit/reduction_plan.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <optional>

namespace ganbar::reduction {
namespace {

using Terminal = Segment::Terminal;

/// First-fit allocation, simulated while planning.
class Arena {
public:
    std::size_t take(std::size_t n) {
        for (auto it = holes_.begin(); it != holes_.end(); ++it)
            if (it->second >= n) {
                const std::size_t at = it->first, left = it->second - n;
                holes_.erase(it);
                if (left > 0) holes_[at + n] = left;
                return at;
            }
        const std::size_t at = end_;
        end_ += n;
        return at;
    }
    void give(std::size_t at, std::size_t n) {
        if (n == 0) return;
        auto next = holes_.lower_bound(at);
        if (next != holes_.end() && at + n == next->first) n += next->second, next = holes_.erase(next);
        if (next != holes_.begin()) {
            const auto before = std::prev(next);
            if (before->first + before->second == at) {
                before->second += n;
                return;
            }
        }
        holes_[at] = n;
    }
    std::size_t size() const { return end_; }

private:
    std::map<std::size_t, std::size_t> holes_;
    std::size_t end_ = 0;
};

struct Group {
    std::size_t length = 0;
    int key = 0;  ///< groups are eliminated in ascending order
    Terminal terminal = Terminal::no;
};
using Groups = std::array<Group, 4>;

/// A reduced block: its groups and where its matrix lies.
struct Block {
    Groups groups;
    std::array<std::size_t, 4> offset{};
    std::size_t p = 0, out = 0, stride = 0, size = 0;
};

std::array<std::uint8_t, 4> by_key(const Groups& groups) {
    std::array<std::uint8_t, 4> order{left, right, top, down};
    std::stable_sort(order.begin(), order.end(), [&](auto a, auto b) { return groups[a].key < groups[b].key; });
    return order;
}

/// Offsets and memory of a block with these groups. Outside of leaves every group begins at a multiple of 8.
Block lay_out(const Groups& groups, bool lanes, Arena& arena) {
    Block b{groups, {}, 0, 0, 0, 0};
    for (const auto s : by_key(groups)) b.offset[s] = b.p, b.p += lanes ? groups[s].length : rounded_up(groups[s].length);
    b.stride = lanes ? lane_stride(b.p) : dense_stride(b.p);
    b.size = (lanes ? b.stride : dense_rows(b.p)) * b.stride;
    b.out = arena.take(b.size);
    return b;
}

/// What merging x and y (side by side, or x above y) does; frees both.
Merge merge_blocks(const Block& x, const Block& y, bool side_by_side, const Block& parent, double& flops) {
    Merge m;
    m.e = side_by_side ? x.groups[right].length : x.groups[down].length;
    m.p = parent.p, m.out = parent.out, m.stride = parent.stride;
    m.child[0] = x.out, m.child[1] = y.out, m.child_stride[0] = x.stride, m.child_stride[1] = y.stride;
    const Block* child[2] = {&x, &y};
    for (const auto s : by_key(parent.groups)) {
        std::size_t to = parent.offset[s];
        for (std::uint8_t k = 0; k < 2; ++k) {
            const bool gone = side_by_side ? (k == 0 ? s == right : s == left) : (k == 0 ? s == down : s == top);
            const std::size_t length = gone ? 0 : child[k]->groups[s].length;
            if (length == 0) continue;
            m.segments.push_back({k, parent.groups[s].terminal, child[k]->offset[s], to, length});
            to += length;
        }
        GANBAR_ASSERT(to == parent.offset[s] + parent.groups[s].length);
    }
    const double e = static_cast<double>(m.e);
    flops += e * e * e / 3;
    for (const auto& a : m.segments) flops += e * e * static_cast<double>(a.length);
    for (const auto& a : m.segments)
        for (const auto& b : m.segments)
            if (&a <= &b && (a.terminal == Terminal::no || a.terminal != b.terminal))
                flops += e * static_cast<double>(a.length) * static_cast<double>(b.length) * (&a == &b ? 1 : 2);
    return m;
}

std::size_t halve(std::size_t n, std::size_t unit) {  // the first half, a whole number of units
    const std::size_t n_units = (n + unit - 1) / unit;
    return (n_units + 1) / 2 * unit;
}

/// Keys of the two halves of a block that is cut at this depth: later cuts are eliminated earlier.
void cut_keys(const Groups& parent, int depth, bool side_by_side, Groups& x, Groups& y) {
    x = y = parent;
    (side_by_side ? x[right] : x[down]) = {0, -1 - depth, Terminal::no};
    (side_by_side ? y[left] : y[top]) = {0, -1 - depth, Terminal::no};
}

void set_lengths(Groups& g, std::size_t m, std::size_t n) {
    g[left].length = g[right].length = m;
    g[top].length = g[down].length = n;
}

// ---- inside a leaf ----

class LeafBuilder {
public:
    LeafBuilder(std::size_t m, std::size_t n) {
        p_.m = m, p_.n = n;
        arena_.take(1);  // a vector of zeros
        Groups groups;
        for (int s = 0; s < 4; ++s) groups[s].key = 1000 + s;
        set_lengths(groups, m, n);
        const Block b = build(0, m, 0, n, groups, 0);
        p_.p = b.p, p_.out = b.out, p_.stride = b.stride, p_.storage = arena_.size();
    }
    LeafProgram take(double& flops) {
        flops = flops_;
        return std::move(p_);
    }

private:
    Block build(std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1, Groups groups, int depth) {
        const std::size_t m = r1 - r0, n = c1 - c0;
        set_lengths(groups, m, n);
        if (m <= 2 && n <= 2) return base(r0, r1, c0, c1, groups);
        const bool side_by_side = n >= m;
        Groups gx, gy;
        cut_keys(groups, depth, side_by_side, gx, gy);
        const std::size_t cut = side_by_side ? c0 + halve(n, 2) : r0 + halve(m, 2);
        const Block x = side_by_side ? build(r0, r1, c0, cut, gx, depth + 1) : build(r0, cut, c0, c1, gx, depth + 1);
        const Block y = side_by_side ? build(r0, r1, cut, c1, gy, depth + 1) : build(cut, r1, c0, c1, gy, depth + 1);
        const Block parent = lay_out(groups, true, arena_);
        p_.merges.push_back(merge_blocks(x, y, side_by_side, parent, flops_));
        find_sources(p_.merges.back());
        p_.order.push_back(1);
        p_.panel = std::max(p_.panel, p_.merges.back().e * (p_.merges.back().e + lane_stride(parent.p)));
        arena_.give(x.out, x.size), arena_.give(y.out, y.size);
        return parent;
    }

    /// Symbolic star-mesh elimination of a block of at most 2 x 2 cells.
    Block base(std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1, const Groups& groups) {
        const std::size_t m = r1 - r0, n = c1 - c0, n_nodes = m + 2 * m * n + n;
        const auto outer_left = [&](std::size_t i) { return i; };
        const auto word = [&](std::size_t i, std::size_t j) { return m + i * n + j; };
        const auto bit = [&](std::size_t i, std::size_t j) { return m + m * n + i * n + j; };
        const auto outer_down = [&](std::size_t j) { return m + 2 * m * n + j; };
        Base b;
        std::vector<std::size_t> slot(n_nodes * n_nodes, 0);  // slot + 1
        const auto entry = [&](std::size_t a, std::size_t c) -> std::size_t& { return slot[std::min(a, c) * n_nodes + std::max(a, c)]; };
        const auto join = [&](std::size_t a, std::size_t c, std::size_t source) {
            entry(a, c) = ++b.n_slots;
            b.loads.push_back({b.n_slots - 1, source});
        };
        const std::size_t left_wires = p_.m * p_.n, down_wires = left_wires + p_.m, word_wire = down_wires + p_.n, bit_wire = word_wire + 1;
        for (std::size_t i = 0; i < m; ++i)
            for (std::size_t j = 0; j < n; ++j) {
                join(word(i, j), bit(i, j), (r0 + i) * p_.n + c0 + j);
                join(j > 0 ? word(i, j - 1) : outer_left(i), word(i, j), j > 0 || c0 > 0 ? word_wire : left_wires + r0 + i);
                join(bit(i, j), i + 1 < m ? bit(i + 1, j) : outer_down(j), i + 1 < m || r1 < p_.m ? bit_wire : down_wires + c0 + j);
            }
        const auto eliminate = [&](std::size_t node) {
            Base::Elimination e;
            std::vector<std::size_t> star;
            for (std::size_t k = 0; k < n_nodes; ++k)
                if (k != node && entry(node, k) != 0) star.push_back(k), e.star.push_back(entry(node, k) - 1);
            GANBAR_ASSERT(star.size() <= 8);
            for (std::size_t a = 0; a < star.size(); ++a)
                for (std::size_t c = a + 1; c < star.size(); ++c) {
                    e.mesh_is_new.push_back(entry(star[a], star[c]) == 0);
                    if (e.mesh_is_new.back()) entry(star[a], star[c]) = ++b.n_slots;
                    e.mesh.push_back(entry(star[a], star[c]) - 1);
                }
            for (std::size_t k = 0; k < n_nodes; ++k) entry(node, k) = 0;
            flops_ += static_cast<double>(2 * e.mesh.size() + 2 * star.size());
            b.eliminations.push_back(std::move(e));
        };
        for (std::size_t i = 0; i < m; ++i)
            if (n == 2) eliminate(word(i, 0));
        for (std::size_t j = 0; j < n; ++j)
            if (m == 2) eliminate(bit(1, j));
        const Block out = lay_out(groups, true, arena_);
        std::vector<std::size_t> port(out.p);
        for (std::size_t i = 0; i < m; ++i) port[out.offset[left] + i] = outer_left(i), port[out.offset[right] + i] = word(i, n - 1);
        for (std::size_t j = 0; j < n; ++j) port[out.offset[top] + j] = bit(0, j), port[out.offset[down] + j] = outer_down(j);
        b.p = out.p, b.out = out.out, b.stride = out.stride;
        b.ports.assign(b.p * b.p, 0);
        for (std::size_t r = 0; r < b.p; ++r)
            for (std::size_t c = r + 1; c < b.p; ++c) b.ports[r * b.p + c] = entry(port[r], port[c]);
        p_.slots = std::max(p_.slots, b.n_slots);
        p_.bases.push_back(std::move(b));
        p_.order.push_back(0);
        return out;
    }

    LeafProgram p_;
    Arena arena_;
    double flops_ = 0;
};

// ---- the array ----

class ArrayBuilder {
public:
    ArrayBuilder(std::size_t rows, std::size_t cols, Ends ends) : n_lanes_(lanes()) {
        plan_.rows = rows, plan_.cols = cols, plan_.ends = ends;
        find_leaves(0, rows, 0, cols);
        const bool both = ends == Ends::both;
        Groups groups;
        groups[left] = {rows, 1000, Terminal::word};
        groups[down] = {cols, 2000, Terminal::bit};
        if (both) groups[right] = {rows, 1001, Terminal::word}, groups[top] = {cols, 2001, Terminal::bit};
        const Block b = build(0, rows, 0, cols, groups, 0);
        plan_.storage = arena_.size();
        plan_.out = b.out, plan_.stride = b.stride;
        plan_.word = {b.offset[left]}, plan_.bit = {b.offset[down]};
        if (both) plan_.word.push_back(b.offset[right]), plan_.bit.push_back(b.offset[top]);
        for (const auto& program : plan_.programs) {
            plan_.lane_work = std::max(plan_.lane_work, program.storage + program.panel + program.slots);
            plan_.lane_inputs = std::max(plan_.lane_inputs, program.n_inputs());
        }
    }
    Plan take() { return std::move(plan_); }

private:
    static bool is_leaf(std::size_t m, std::size_t n) { return m <= leaf_side && n <= leaf_side; }
    template <class Half>
    static void cut_in_two(std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1, const Half& half) {
        const bool side_by_side = c1 - c0 >= r1 - r0;
        if (side_by_side) {
            const std::size_t c = c0 + halve(c1 - c0, leaf_side);
            half(r0, r1, c0, c, 0), half(r0, r1, c, c1, 1);
        } else {
            const std::size_t r = r0 + halve(r1 - r0, leaf_side);
            half(r0, r, c0, c1, 0), half(r, r1, c0, c1, 1);
        }
    }

    /// Leaves in the order in which they will be wanted, packed by shape.
    void find_leaves(std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1) {
        if (!is_leaf(r1 - r0, c1 - c0)) {
            cut_in_two(r0, r1, c0, c1, [&](auto a, auto b, auto c, auto d, int) { find_leaves(a, b, c, d); });
            return;
        }
        const std::pair shape{r1 - r0, c1 - c0};
        const auto [it, is_new] = open_group_.try_emplace(shape, groups_.size());
        if (is_new) {
            double flops = 0;
            program_of_[shape] = plan_.programs.size();
            plan_.programs.push_back(LeafBuilder(shape.first, shape.second).take(flops));
            program_flops_.push_back(flops);
        }
        if (is_new || groups_[it->second].leaves.size() == n_lanes_) {
            it->second = groups_.size();
            groups_.push_back({program_of_[shape], {}});
        }
        auto& group = groups_[it->second];
        group_of_[{r0, c0}] = {it->second, group.leaves.size()};
        group.leaves.push_back({r0, c0, 0, 0, {}});
        plan_.flops += program_flops_[group.program];
    }

    /// Ports of the leaf before the far ends of its lines are dealt with.
    Groups leaf_groups(std::size_t r0, std::size_t c0, std::size_t m, std::size_t n, Groups groups) const {
        set_lengths(groups, m, n);
        if (c0 + n == plan_.cols) groups[right] = {m, -2000, Terminal::no};
        if (r0 == 0) groups[top] = {n, -1999, Terminal::no};
        return groups;
    }

    Block leaf(std::size_t r0, std::size_t c0, std::size_t c1, const Groups& groups) {
        const auto [group_index, lane] = group_of_.at({r0, c0});
        if (blocks_.find({r0, c0}) == blocks_.end()) {
            const auto& group = groups_[group_index];
            LeafGroup step = group;
            for (auto& l : step.leaves) {
                const auto& program = plan_.programs[group.program];
                const Groups g = leaf_groups(l.row, l.col, program.m, program.n, groups_at(l.row, l.col));
                const Block b = lay_out(g, false, arena_);
                l.out = b.out, l.stride = b.stride, l.offset = b.offset;
                blocks_[{l.row, l.col}] = b;
            }
            plan_.steps.emplace_back(std::move(step));
        }
        Block b = blocks_.at({r0, c0});
        if (c1 == plan_.cols) b = close(b, right, groups[right], r0);
        if (r0 == 0) b = close(b, top, groups[top], plan_.rows + c0);
        return b;
    }

    /// Groups (keys, terminals) that the leaf at this place will be given by build().
    Groups groups_at(std::size_t row, std::size_t col) const {
        Groups groups = root_;
        std::size_t r0 = 0, r1 = plan_.rows, c0 = 0, c1 = plan_.cols;
        for (int depth = 0; !is_leaf(r1 - r0, c1 - c0); ++depth) {
            Groups gx, gy;
            const bool side_by_side = c1 - c0 >= r1 - r0;
            cut_keys(groups, depth, side_by_side, gx, gy);
            std::array<std::size_t, 4> next{};
            cut_in_two(r0, r1, c0, c1, [&](auto a, auto b, auto c, auto d, int which) {
                if (row >= a && row < b && col >= c && col < d) next = {a, b, c, d}, groups = which == 0 ? gx : gy;
            });
            r0 = next[0], r1 = next[1], c0 = next[2], c1 = next[3];
        }
        return groups;
    }

    /// Eliminates the nodes at the far end of the lines (group `side`), replaced by terminals when lines have them at both ends.
    Block close(const Block& x, Side side, Group terminals, std::size_t coupling) {
        const bool both = plan_.ends == Ends::both;
        Merge m;
        m.e = x.groups[side].length;
        m.single = true;
        m.child[0] = x.out, m.child_stride[0] = x.stride, m.coupling = coupling;
        Groups groups = x.groups;
        terminals.length = both ? m.e : 0;
        groups[side] = terminals;
        const Block parent = lay_out(groups, false, arena_);
        m.p = parent.p, m.out = parent.out, m.stride = parent.stride;
        for (const auto s : by_key(groups))
            if (groups[s].length > 0)
                m.segments.push_back(
                    {static_cast<std::uint8_t>(s == side ? 2 : 0), groups[s].terminal, x.offset[s], parent.offset[s], groups[s].length});
        push(m);
        arena_.give(x.out, x.size);
        return parent;
    }

    Block build(std::size_t r0, std::size_t r1, std::size_t c0, std::size_t c1, const Groups& inherited, int depth) {
        if (depth == 0) root_ = inherited;
        if (is_leaf(r1 - r0, c1 - c0)) return leaf(r0, c0, c1, inherited);
        const bool side_by_side = c1 - c0 >= r1 - r0;
        Groups gx, gy;
        cut_keys(inherited, depth, side_by_side, gx, gy);
        std::optional<Block> x, y;
        cut_in_two(r0, r1, c0, c1, [&](auto a, auto b, auto c, auto d, int which) {
            (which == 0 ? x : y).emplace(build(a, b, c, d, which == 0 ? gx : gy, depth + 1));
        });
        Groups groups = inherited;
        for (const Side s : {left, right, top, down}) {
            const bool along = side_by_side ? s == top || s == down : s == left || s == right;  // this side is made of both halves
            const bool from_y = s == right || s == down;
            groups[s].length = along ? x->groups[s].length + y->groups[s].length : (from_y ? *y : *x).groups[s].length;
        }
        const Block parent = lay_out(groups, false, arena_);
        push(merge_blocks(*x, *y, side_by_side, parent, plan_.flops));
        arena_.give(x->out, x->size), arena_.give(y->out, y->size);
        return parent;
    }

    void push(Merge m) {
        m.slabs = slabs_of(m.segments, m.p);
        plan_.panel = std::max(plan_.panel, panel_size(m.e, m.p));
        plan_.steps.emplace_back(std::move(m));
    }

    using Place = std::pair<std::size_t, std::size_t>;
    Plan plan_;
    Arena arena_;
    std::size_t n_lanes_;
    Groups root_;
    std::vector<LeafGroup> groups_;
    std::vector<double> program_flops_;
    std::map<Place, std::size_t> open_group_, program_of_;
    std::map<Place, std::pair<std::size_t, std::size_t>> group_of_;
    std::map<Place, Block> blocks_;
};

}  // namespace

Plan make_plan(std::size_t rows, std::size_t cols, Ends ends) {
    GANBAR_ASSERT(rows > 0 && cols > 0);
    return ArrayBuilder(rows, cols, ends).take();
}

}  // namespace ganbar::reduction
