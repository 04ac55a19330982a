// Stochastic gradient descent of weights in memory: w -= rate * (momentum buffer of the gradient).
#include "ganbar/tile/training_rule.h"

namespace ganbar {
namespace {

struct SgdRule {
    double momentum = 0;
    static const char* doc() { return "Plain gradient steps of train.rate, with momentum; for weights in digital memory."; }
    static Schema<SgdRule> schema() {
        return {param("momentum", &SgdRule::momentum, 0.0, 0.9999, "part of the last step that goes on", assumed("off"))};
    }
    void describe(RuleSpec& out, const Location&) const {
        out.at = [*this](const RuleMoment& m) { return Sgd{m.rate, momentum}; };
    }
};

}  // namespace

void ganbar_register_sgd(RuleRegistry& r) { r.add("sgd", rule_entry<SgdRule>(false, true)); }

}  // namespace ganbar
