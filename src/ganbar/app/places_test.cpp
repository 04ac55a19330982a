#include "ganbar/app/places.h"

#include <gtest/gtest.h>

#include <cstdlib>

namespace ganbar::app {
namespace {

/// Puts an environment variable back at the end of the test.
class Restored {
public:
    explicit Restored(const char* name) : name_(name), was_set_(std::getenv(name) != nullptr), old_(was_set_ ? std::getenv(name) : "") {}
    ~Restored() { was_set_ ? setenv(name_, old_.c_str(), 1) : unsetenv(name_); }
    Restored(const Restored&) = delete;
    Restored& operator=(const Restored&) = delete;

private:
    const char* name_;
    bool was_set_;
    std::string old_;
};

TEST(Places, TheEnvironmentDecides) {
    const Restored cache("XDG_CACHE_HOME"), home("HOME"), data("GANBAR_DATA");
    ASSERT_EQ(setenv("XDG_CACHE_HOME", "/a", 1), 0);
    EXPECT_EQ(places_from_environment().cache.folder(), "/a/ganbar");
    unsetenv("XDG_CACHE_HOME");
    ASSERT_EQ(setenv("HOME", "/b", 1), 0);
    EXPECT_EQ(places_from_environment().cache.folder(), "/b/.cache/ganbar");
    unsetenv("HOME");
    EXPECT_EQ(places_from_environment().cache.folder(), "");
    ASSERT_EQ(setenv("GANBAR_DATA", "/c", 1), 0);
    EXPECT_EQ(places_from_environment().data.front(), "/c");
}

}  // namespace
}  // namespace ganbar::app
