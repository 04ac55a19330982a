// Tiki-Taka, first version: a fast array follows the gradient by pulse trains and moves the slow one, which holds the weights.
#include "ganbar/tile/tiki_taka_rule.h"

namespace ganbar {

void ganbar_register_tiki_taka(RuleRegistry& r) { r.add("tiki_taka", rule_entry<TikiTakaRule<false>>(true, false)); }

}  // namespace ganbar
