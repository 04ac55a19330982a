// What a fuzz target says and does when a promise is broken.
#pragma once
#include <cstdio>
#include <cstdlib>
#include <string>

namespace ganbar::fuzz {

inline void expect(bool good, const std::string& what) {
    if (good) return;
    std::fprintf(stderr, "broken: %s\n", what.c_str());
    std::abort();
}

}  // namespace ganbar::fuzz
