// Faults that stop the work. The library throws these and never prints or exits; app/ maps them to exit codes.
#pragma once
#include <stdexcept>
#include <string>
#include <vector>

namespace ganbar {

/// Where in the user's input something was said. line 0 = no position inside the file.
struct Location {
    std::string file;
    int line = 0, column = 0;
    std::string text() const;  ///< "file:line:column", "file", or "" when unknown
};

class Error : public std::runtime_error {
public:
    Error(int exit_code, const Location& where, const std::string& what);
    int exit_code() const { return exit_code_; }

private:
    int exit_code_;
};
/// The user's input is wrong (exit code 2). Message: what; what was expected.
struct ConfigError : Error {
    explicit ConfigError(const std::string& what, const Location& where = {});
};
/// A data or file fault (exit code 3).
struct DataError : Error {
    explicit DataError(const std::string& what, const Location& where = {});
};
/// Divergence or no convergence (exit code 4).
struct NumericError : Error {
    explicit NumericError(const std::string& what, const Location& where = {});
};

/// The candidate nearest to `word` in edit distance, or "" when none is close enough to suggest.
std::string nearest_name(const std::string& word, const std::vector<std::string>& candidates);
/// "a, b, c"
std::string join(const std::vector<std::string>& words, const std::string& separator = ", ");

[[noreturn]] void assertion_failed(const char* expression, const char* file, int line);
#define GANBAR_ASSERT(expression) \
    (static_cast<bool>(expression) ? void(0) : ::ganbar::assertion_failed(#expression, __FILE_NAME__, __LINE__))

}  // namespace ganbar
