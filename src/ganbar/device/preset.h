// A choice that loads a whole parameter set: parameters named after it in the input override single values of the set.
#pragma once
#include "ganbar/core/param.h"

namespace ganbar {

/// Must be the first declaration of the schema. P has load(E), which sets every parameter the set speaks of.
template <class P, class E>
Param<P> preset_choice(std::string name, E P::*member, std::vector<std::string> names, std::string doc, Source source) {
    Param<P> preset = choice(std::move(name), member, std::move(names), std::move(doc), std::move(source));
    preset.set = [pick = preset.set, member](P& p, const Value& v) {
        pick(p, v);
        p.load(p.*member);
    };
    return preset;
}

}  // namespace ganbar
