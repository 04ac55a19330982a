// Adam for weights in memory: Kingma and Ba, ICLR 2015, algorithm 1.
#include "ganbar/tile/training_rule.h"

namespace ganbar {
namespace {

struct AdamRule {
    double beta1 = 0.5, beta2 = 0.999;
    static const char* doc() { return "Adam with steps of train.rate (Kingma and Ba 2015, algorithm 1); for weights in digital memory."; }
    static Schema<AdamRule> schema() {
        Schema<AdamRule> s;
        declare_moments(s);
        return s;
    }
    void describe(RuleSpec& out, const Location&) const {
        out.at = [*this](const RuleMoment& m) { return Adam{m.rate, beta1, beta2}; };
    }
};

}  // namespace

void ganbar_register_adam(RuleRegistry& r) { r.add("adam", rule_entry<AdamRule>(false, true)); }

}  // namespace ganbar
