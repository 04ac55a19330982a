// Manhattan's rule on cells: the sign of each gradient decides one pulse; its variants keep debts, verify, scale amplitudes.
#pragma once
#include "ganbar/tile/pulse_rule.h"
#include "ganbar/tile/pulse_rules.h"

namespace ganbar {

/// What an update wants of all cells, as fixed by its whole gradient.
struct Demand {
    const Matrix& gradient;
    float threshold = 0, per_unit = 0, mean = 0;
};
struct Patch {
    std::size_t row0, rows, col0, cols;
};

class Signs final : public PulseRule {
public:
    explicit Signs(const Manhattan& parameters) : rule(parameters) {}
    void program(CellMatrix& cells, const Matrix& gradient, Step& step) const override;

private:
    const Matrix& averaged(CellMatrix& cells, const Matrix& gradient) const;
    Demand demand_of(const Matrix& gradient) const;
    void start_debts(CellMatrix& cells, const Step& step) const;
    /// Of the cells of a patch of plane 0, row-major: polarities (+-1; +-2 literal), or under error feedback the moves asked for in debt
    /// units.
    std::vector<std::int8_t> asked(const CellMatrix& cells, const Demand& demand, const Patch& patch) const;
    UpdateBill pulse(const CellMatrix& cells, CellGroup& group, std::vector<std::int8_t> polarity, const Rng& rng) const;
    UpdateBill settle(const CellMatrix& cells, CellGroup& group, std::span<std::int8_t> owed, const std::vector<std::int8_t>& asked,
                      const Rng& rng) const;
    UpdateBill pulse_scaled(CellMatrix& cells, std::size_t plane, std::size_t first, std::span<const float> log_slope,
                            std::span<const std::int8_t> polarity, const Rng& rng) const;
    void program_rows(CellMatrix& cells, const Demand& demand, std::size_t item, std::span<UpdateBill> bills, const Rng& draws) const;
    void program_directly(CellMatrix& cells, const Demand& demand, Step& step) const;
    void program_through_wires(CellMatrix& cells, const Demand& demand, Step& step) const;
    void book(const CellMatrix& cells, const std::vector<UpdateBill>& bills, Step& step) const;
    void book_wired(const CellMatrix& cells, const std::vector<UpdateBill>& bills, const std::vector<WriteReport>& reports,
                    Step& step) const;
    const Manhattan rule;
};

}  // namespace ganbar
