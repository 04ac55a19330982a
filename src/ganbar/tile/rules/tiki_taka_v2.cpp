// Tiki-Taka, second version: what the fast array shows is summed in digital memory, and the slow one moves when whole steps are due.
#include "ganbar/tile/tiki_taka_rule.h"

namespace ganbar {

void ganbar_register_tiki_taka_v2(RuleRegistry& r) { r.add("tiki_taka_v2", rule_entry<TikiTakaRule<true>>(true, false)); }

}  // namespace ganbar
