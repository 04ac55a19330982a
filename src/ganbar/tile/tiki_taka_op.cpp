#include "ganbar/tile/tiki_taka_op.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include "ganbar/core/state.h"

namespace ganbar {
namespace {

class TwoArrays final : public CellRule {
public:
    explicit TwoArrays(const TikiTaka& parameters) : rule(parameters) {}
    const TikiTaka rule;
};

}  // namespace

UpdateRule make_rule(const TikiTaka& rule) { return {Sgd{rule.fast.rate, 0}, std::make_shared<const TwoArrays>(rule)}; }

TikiTakaOp::TikiTakaOp(std::string name, std::unique_ptr<AnalogOp> fast, std::unique_ptr<AnalogOp> slow)
    : name_(std::move(name)), fast_(std::move(fast)), slow_(std::move(slow)) {
    GANBAR_ASSERT(fast_->n_in() == slow_->n_in() && fast_->n_out() == slow_->n_out());
}

// Rows of A through its own read path: one input at full scale, the others silent.
void TikiTakaOp::read_fast(std::span<const std::size_t> rows, Matrix& shown, Step& step) {
    Matrix one_hot(rows.size(), n_in());
    one_hot.fill(0);
    for (std::size_t k = 0; k < rows.size(); ++k) one_hot(k, rows[k]) = 1;
    fast_->forward(one_hot, shown, step);
}

void TikiTakaOp::find_zero(const TikiTaka& rule, Step& step) {
    fast_->alternate(rule.zero_pulses, rule.fast.pulse, step);
    std::vector<std::size_t> all(n_in());
    std::iota(all.begin(), all.end(), std::size_t{0});
    constexpr int n_reads = 4;  // averaged against read noise
    zero_ = Matrix(n_in(), n_out());
    zero_.fill(0);
    for (int k = 0; k < n_reads; ++k) {
        const Rng own = step.rng.stream(name_ + "/zero", static_cast<std::uint64_t>(k));
        Step reading{own, step.ledger, step.account, step.training};
        Matrix shown;
        read_fast(all, shown, reading);
        for (std::size_t i = 0; i < n_in(); ++i)
            for (std::size_t j = 0; j < n_out(); ++j) zero_(i, j) += shown(i, j) / n_reads;
    }
}

void TikiTakaOp::update(const Matrix& x, const Matrix& dy, const UpdateRule& rule, Step& step) {
    const auto* own = dynamic_cast<const TwoArrays*>(rule.cells.get());
    if (own == nullptr)
        throw ConfigError(name_ +
                          ": a fast and a slow array are updated together; expected train.rule = \"tiki_taka\" or \"tiki_taka_v2\"");
    const TikiTaka* tiki = &own->rule;
    if (zero_.empty()) find_zero(*tiki, step);
    fast_->update(x, dy, tiki->fast, step);
    // Transfers that fall into a batch come at its end, at most one a row.
    waiting_ += static_cast<std::int64_t>(x.rows());
    const std::int64_t due = waiting_ / tiki->transfer_every;
    waiting_ %= tiki->transfer_every;
    std::vector<std::size_t> rows(std::min<std::size_t>(static_cast<std::size_t>(due), n_in()));
    for (auto& r : rows) {
        r = next_row_;
        next_row_ = (next_row_ + 1) % n_in();
    }
    if (!rows.empty()) transfer(rows, *tiki, step);
}

void TikiTakaOp::transfer(std::span<const std::size_t> rows, const TikiTaka& rule, Step& step) {
    Matrix shown;
    read_fast(rows, shown, step);
    for (std::size_t k = 0; k < rows.size(); ++k)
        for (std::size_t j = 0; j < n_out(); ++j) shown(k, j) -= zero_(rows[k], j);
    if (!rule.hidden) {
        Matrix one_hot(rows.size(), n_in());
        one_hot.fill(0);
        for (std::size_t k = 0; k < rows.size(); ++k) {
            one_hot(k, rows[k]) = 1;
            for (float& v : shown.row_span(k)) v = -v;  // C moves with A, and updates move against their second factor
        }
        PulseTrain train = rule.fast;
        train.rate = rule.transfer_rate;
        slow_->update(one_hot, shown, train, step);
        return;
    }
    if (hidden_.empty()) {
        hidden_ = Matrix(n_in(), n_out());
        hidden_.fill(0);
    }
    const auto rate = static_cast<float>(rule.transfer_rate), weight = static_cast<float>(slow_->pulse_weight(rule.fast.pulse));
    const auto most = static_cast<float>(rule.fast.length);
    std::vector<std::int8_t> counts(rows.size() * n_out());
    for (std::size_t k = 0; k < rows.size(); ++k)
        for (std::size_t j = 0; j < n_out(); ++j) {
            float& h = hidden_(rows[k], j);
            h += rate * shown(k, j);
            const float pulses = std::clamp(std::trunc(h / weight), -most, most);
            h -= pulses * weight;
            counts[k * n_out() + j] = static_cast<std::int8_t>(pulses);
        }
    slow_->pulse_rows(rows, counts, rule.fast.pulse, step);
}

State TikiTakaOp::state() const {
    State out = slow_->state();
    for (auto& t : fast_->state()) out.push_back(std::move(t));
    out.push_back({name_ + "/zero", flatten(zero_)});
    out.push_back({name_ + "/hidden", flatten(hidden_)});
    out.push_back({name_ + "/transfer", {static_cast<float>(waiting_), static_cast<float>(next_row_)}});
    return out;
}

void TikiTakaOp::restore(const State& state) {
    slow_->restore(state);
    fast_->restore(state);
    zero_ = unflattened(find_tensor_or_empty(state, name_ + "/zero", n_in() * n_out()), n_in(), n_out());
    hidden_ = unflattened(find_tensor_or_empty(state, name_ + "/hidden", n_in() * n_out()), n_in(), n_out());
    const auto& transfer = find_tensor(state, name_ + "/transfer", 2);
    waiting_ = static_cast<std::int64_t>(transfer[0]);
    next_row_ = static_cast<std::size_t>(transfer[1]) % n_in();
}

}  // namespace ganbar
