// What both versions of Tiki-Taka share: parameters, and the joint of a fast and a slow array.
#pragma once
#include "ganbar/tile/tiki_taka_op.h"
#include "ganbar/tile/training_rule.h"

namespace ganbar {

template <bool hidden>
struct TikiTakaRule {
    Volt v_set{0.8}, v_reset{-0.8};
    Second t_pulse{100e-9};
    Siemens pulse_step{0};
    std::int64_t pulse_length = 31;
    bool pulse_management = true;
    double transfer_rate = 0.01;
    std::int64_t transfer_every = 1, zero_pulses = 500;
    static const char* doc() {
        return hidden ? "Tiki-Taka v2: as tiki_taka, but what the fast array shows is summed in digital memory, and the slow one gets "
                        "pulses when whole steps are due (Gokmen 2021, alg. 1)."
                      : "Tiki-Taka: pulse trains of train.rate move a fast array; its rows are read in turn and move the slow array, which "
                        "holds the weights (Gokmen and Haensch 2020, alg. 1).";
    }
    static Schema<TikiTakaRule> schema() {
        using T = TikiTakaRule;
        Schema<T> s;
        declare_trains(s);
        s.push_back(param("transfer_rate", &T::transfer_rate, 0.0, 1e3, "part of what the fast array shows that moves the slow one",
                          assumed("best of a scan on linear regression with soft-bounds cells")));
        s.push_back(param("transfer_every", &T::transfer_every, std::int64_t{1}, std::int64_t{1'000'000'000},
                          "samples from one row's transfer to the next", published("Gokmen and Haensch 2020, alg. 1: ns = 1")));
        s.push_back(param("zero_pulses", &T::zero_pulses, std::int64_t{0}, std::int64_t{1'000'000},
                          "pairs of set and reset that bring the fast array to its symmetry point before training",
                          assumed("enough for cells of 1% steps; the technique: Kim et al. 2019, zero-shifting")));
        return s;
    }
    void describe(RuleSpec& out, const Location&) const {
        out.at = [*this](const RuleMoment& m) {
            return TikiTaka{{m.rate, {v_set, v_reset, t_pulse, pulse_step}, pulse_length, pulse_management},
                            transfer_rate,
                            transfer_every,
                            hidden,
                            zero_pulses};
        };
        out.pulses = {v_set, v_reset, {}, {}, t_pulse};
        out.wires_fault = one_amplitude_a_pass;
        out.join_arrays = join_arrays;
    }
    static std::unique_ptr<LinearOp> join_arrays(const std::string& name, std::unique_ptr<LinearOp> fast, std::unique_ptr<LinearOp> slow) {
        const auto cells = [](std::unique_ptr<LinearOp> op) { return std::unique_ptr<AnalogOp>(&dynamic_cast<AnalogOp&>(*op.release())); };
        auto a = cells(std::move(fast)), c = cells(std::move(slow));
        return std::make_unique<TikiTakaOp>(name, std::move(a), std::move(c));
    }
};

}  // namespace ganbar
