#include "ganbar/circuit/driven_cells.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "ganbar/circuit/kernels/cells.h"

namespace ganbar {

SelectorCells::SelectorCells(const StaticCells& memristors, const Selector& selector, std::size_t cols)
    : memristors_(memristors), selector_(selector), cols_(cols) {
    validate(selector);
    GANBAR_ASSERT(cols > 0 && memristors.size() % cols == 0);
}

void SelectorCells::points(std::span<const double> u_V, std::span<const double> gate_V, std::span<const double> bit_V,
                           std::span<CellPoint> out) const {
    const std::size_t n = size();
    std::vector<double> v(u_V.begin(), u_V.end()), i_A(n), slope_S(n);
    memristors_.current(v, i_A, slope_S);
    if (selector_.type == CellType::passive) {
        for (std::size_t k = 0; k < n; ++k) out[k] = {i_A[k], slope_S[k], slope_S[k], 0};
        return;
    }
    const auto gate = [&](std::size_t k) { return gate_V.empty() ? 0.0 : gate_V[k / cols_]; };
    std::vector<SeriesSearch> search;
    search.reserve(n);
    for (std::size_t k = 0; k < n; ++k)
        search.emplace_back(u_V[k], slope_S[k], selector_.point(0, gate(k), bit_V[k]).slope_S, selector_.most_voltage(i_A[k], gate(k)));
    std::vector<std::uint8_t> settled(n, 0);
    std::size_t left = n;
    for (int step = 0; step < most_search_steps && left > 0; ++step) {
        for (std::size_t k = 0; k < n; ++k) v[k] = u_V[k] - search[k].x_V();
        memristors_.current(v, i_A, slope_S);
        for (std::size_t k = 0; k < n; ++k)
            if (settled[k] == 0 && search[k].advance(selector_.point(search[k].x_V(), gate(k), bit_V[k]), i_A[k], slope_S[k]))
                settled[k] = 1, --left;
    }
    for (std::size_t k = 0; k < n; ++k) v[k] = u_V[k] - search[k].x_V();
    memristors_.current(v, i_A, slope_S);
    for (std::size_t k = 0; k < n; ++k)
        out[k] = composed_point(search[k], selector_.point(search[k].x_V(), gate(k), bit_V[k]), i_A[k], slope_S[k]);
}

namespace {

class Driven {
public:
    Driven(const SelectorCells& cells, const Wires& w, const DrivenBias& bias)
        : cells_(cells),
          bias_(bias),
          lines_{bias.vw_V.size(), bias.vb_V.size(), w.rw.si, w.rb.si, w.rdrv.si, w.rsense.si, w.ends == Ends::both},
          n_(cells.size()) {
        GANBAR_ASSERT(lines_.rows * lines_.cols == n_);
        for (auto* v : {&root_, &zw_, &zb_, &drawn_, &f_}) v->resize(n_);
        none_w_.assign(lines_.rows, 0.0), none_b_.assign(lines_.cols, 0.0), iw_.resize(lines_.rows), ib_.resize(lines_.cols);
        out_.cells.resize(n_), out_.i_word_A.resize(lines_.rows), out_.i_bit_A.resize(lines_.cols);
        for (std::size_t k = 0; k < n_; ++k)
            out_.u_V.push_back(bias.vw_V[k / lines_.cols] - bias.vb_V[k % lines_.cols]), out_.b_V.push_back(bias.vb_V[k % lines_.cols]);
    }

    DrivenPoint run(double tolerance_V) {
        constexpr int most_steps = 100;
        constexpr double rounding = 1e3;
        double miss = look(), change_before = std::numeric_limits<double>::infinity();
        for (out_.steps = 1; out_.steps <= most_steps; ++out_.steps) {
            const std::vector<double> d = with_bits() ? newton_step_with_bits() : newton_step();
            double change = 0;
            for (const double x : d) change = std::max(change, std::abs(x));
            for (const double x : db_) change = std::max(change, std::abs(x));
            if (!std::isfinite(change))
                throw NumericError("the currents of cells with selectors left the range of numbers; the cells are too steep at this bias");
            const std::vector<double> start = out_.u_V, start_b = out_.b_V;
            const double before = miss;
            for (double t = 1; t > 1e-4; t *= 0.5) {  // shorter while cells and wires come to disagree more
                for (std::size_t k = 0; k < n_; ++k) out_.u_V[k] = start[k] + t * d[k];
                for (std::size_t k = 0; k < db_.size(); ++k) out_.b_V[k] = start_b[k] + t * db_[k];
                miss = look();
                if (miss <= before || change <= tolerance_V) break;
            }
            // steep cells leave rounding that no step mends: what is a billionth of the voltage and no longer shrinks is that
            if (change <= tolerance_V || (change <= rounding * tolerance_V && change > 0.5 * change_before)) return finish();
            change_before = change;
        }
        throw NumericError(
            fmt::format("the voltages of cells with selectors did not settle in {} steps: cells and wires still disagree by {:.3g} V",
                        most_steps, miss));
    }

private:
    /// Whether a cell's current depends on where its bit line is, beside the voltage over it: a transistor's on its source.
    bool with_bits() const { return cells_.selector().bit_line_counts(); }

    /// Cells at u and b; F, what cells and wires disagree by, and its norm.
    double look() {
        cells_.points(out_.u_V, bias_.gate_V, out_.b_V, out_.cells);
        for (std::size_t k = 0; k < n_; ++k) drawn_[k] = out_.cells[k].i_A;
        cells::line_voltages(lines_, drawn_.data(), bias_.vw_V.data(), bias_.vb_V.data(), zw_.data(), zb_.data(), out_.i_word_A.data(),
                             out_.i_bit_A.data());
        double sum = 0;
        for (std::size_t k = 0; k < n_; ++k) f_[k] = zw_[k] - zb_[k] - out_.u_V[k], sum += f_[k] * f_[k];
        if (!with_bits()) out_.b_V = zb_;
        fb_.resize(with_bits() ? n_ : 0);
        for (std::size_t k = 0; k < fb_.size(); ++k) fb_[k] = zb_[k] - out_.b_V[k], sum += fb_[k] * fb_[k];
        return std::sqrt(sum);
    }

    /// With slopes S over u and T over b, the change j of the currents obeys (1 + S (Zw + Zb) - T Zb) j = S F + T Fb. Two diagonals: not
    /// symmetric, by stabilised bi-conjugate gradients (van der Vorst 1992). Leaves the bit lines' part in db_.
    std::vector<double> newton_step_with_bits() {
        constexpr double nudge_V = 1e-6;
        std::vector<double> moved = out_.b_V, slope(n_), by_bit(n_), right(n_);
        for (double& b : moved) b += nudge_V;
        std::vector<CellPoint> nudged(n_);
        cells_.points(out_.u_V, bias_.gate_V, moved, nudged);
        for (std::size_t k = 0; k < n_; ++k) {
            slope[k] = std::max(0.0, out_.cells[k].slope_S);
            by_bit[k] = std::min(0.0, (nudged[k].i_A - out_.cells[k].i_A) / nudge_V);
            right[k] = slope[k] * f_[k] + by_bit[k] * fb_[k];
        }
        const std::vector<double> j = stabilised(slope, by_bit, right);
        lines_of(j);
        std::vector<double> d(n_);
        db_.resize(n_);
        for (std::size_t k = 0; k < n_; ++k) d[k] = f_[k] + (zw_[k] - zb_[k]), db_[k] = fb_[k] + zb_[k];
        return d;
    }

    void lines_of(const std::vector<double>& j) {
        cells::line_voltages(lines_, j.data(), none_w_.data(), none_b_.data(), zw_.data(), zb_.data(), iw_.data(), ib_.data());
    }

    /// x of (1 + S (Zw + Zb) - T Zb) x = right.
    std::vector<double> stabilised(const std::vector<double>& slope, const std::vector<double>& by_bit, const std::vector<double>& right) {
        const auto dot = [&](const std::vector<double>& a, const std::vector<double>& b) {
            double sum = 0;
            for (std::size_t k = 0; k < n_; ++k) sum += a[k] * b[k];
            return sum;
        };
        const auto times = [&](const std::vector<double>& x, std::vector<double>& out) {
            lines_of(x);
            for (std::size_t k = 0; k < n_; ++k) out[k] = x[k] - slope[k] * (zw_[k] - zb_[k]) - by_bit[k] * zb_[k];
        };
        std::vector<double> x(n_, 0.0), r = right, p(n_, 0.0), v(n_, 0.0), s(n_), t(n_);
        const std::vector<double> shadow = right;
        double rho = 1, alpha = 1, omega = 1;
        const double enough = 1e-16 * dot(right, right);
        for (std::size_t step = 0; step < 4 * n_ && dot(r, r) > enough; ++step) {
            const double next = dot(shadow, r), beta = next / rho * (alpha / omega);
            rho = next;
            for (std::size_t k = 0; k < n_; ++k) p[k] = r[k] + beta * (p[k] - omega * v[k]);
            times(p, v);
            alpha = rho / dot(shadow, v);
            for (std::size_t k = 0; k < n_; ++k) s[k] = r[k] - alpha * v[k];
            times(s, t);
            const double tt = dot(t, t);
            omega = tt > 0 ? dot(t, s) / tt : 0;
            for (std::size_t k = 0; k < n_; ++k) x[k] += alpha * p[k] + omega * s[k], r[k] = s[k] - omega * t[k];
            if (!(std::abs(omega) > 0) || !std::isfinite(alpha)) break;  // as far as it goes: the next step begins anew
        }
        return x;
    }

    /// out <- (1 + sqrt(D) Z sqrt(D)) y
    void apply(const std::vector<double>& y, std::vector<double>& out) {
        for (std::size_t k = 0; k < n_; ++k) drawn_[k] = root_[k] * y[k];
        cells::line_voltages(lines_, drawn_.data(), none_w_.data(), none_b_.data(), zw_.data(), zb_.data(), iw_.data(), ib_.data());
        for (std::size_t k = 0; k < n_; ++k) out[k] = y[k] - root_[k] * (zw_[k] - zb_[k]);
    }

    std::vector<double> newton_step() {
        for (std::size_t k = 0; k < n_; ++k) root_[k] = std::sqrt(std::max(0.0, out_.cells[k].slope_S));
        std::vector<double> y(n_, 0.0), r(n_), p, q(n_);
        double rr = 0;
        for (std::size_t k = 0; k < n_; ++k) r[k] = root_[k] * f_[k], rr += r[k] * r[k];
        p = r;
        const double enough = 1e-16 * rr;  // 1e-8 of the residual a step: Newton repeats itself anyway
        for (std::size_t step = 0; step < n_ && rr > enough; ++step) {
            apply(p, q);
            double pq = 0;
            for (std::size_t k = 0; k < n_; ++k) pq += p[k] * q[k];
            const double a = rr / pq;
            double next = 0;
            for (std::size_t k = 0; k < n_; ++k) y[k] += a * p[k], r[k] -= a * q[k], next += r[k] * r[k];
            for (std::size_t k = 0; k < n_; ++k) p[k] = r[k] + next / rr * p[k];
            rr = next;
        }
        for (std::size_t k = 0; k < n_; ++k) drawn_[k] = root_[k] * y[k];  // d = F - Z sqrt(D) y holds where slopes vanish, too
        cells::line_voltages(lines_, drawn_.data(), none_w_.data(), none_b_.data(), zw_.data(), zb_.data(), iw_.data(), ib_.data());
        for (std::size_t k = 0; k < n_; ++k) y[k] = f_[k] + (zw_[k] - zb_[k]);
        return y;
    }

    DrivenPoint finish() {
        for (std::size_t i = 0; i < lines_.rows; ++i) out_.delivered_W += bias_.vw_V[i] * out_.i_word_A[i];
        for (std::size_t j = 0; j < lines_.cols; ++j) out_.delivered_W -= bias_.vb_V[j] * out_.i_bit_A[j];
        for (std::size_t k = 0; k < n_; ++k) out_.cells_W += out_.u_V[k] * out_.cells[k].i_A;
        return std::move(out_);
    }

    const SelectorCells& cells_;
    const DrivenBias& bias_;
    cells::Geometry lines_;
    std::size_t n_;
    DrivenPoint out_;
    std::vector<double> root_, zw_, zb_, drawn_, f_, none_w_, none_b_, iw_, ib_;
    std::vector<double> fb_, db_;  // what bit lines and wires disagree by, and the step that mends it; empty where it does not matter
};

}  // namespace

DrivenPoint solve_driven(const SelectorCells& cells, const Wires& wires, const DrivenBias& bias, double tolerance_V) {
    return Driven(cells, wires, bias).run(tolerance_V);
}

}  // namespace ganbar
