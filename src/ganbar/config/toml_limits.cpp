#include "ganbar/config/toml_limits.h"

#include <fmt/format.h>

#include "ganbar/core/error.h"

namespace ganbar::config {
namespace {

/// Walks TOML text over strings and comments. Up to the first fault a TOML parser would report, both agree on what is a string.
class Scanner {
public:
    Scanner(const std::string& text, const std::string& file_name) : text_(text), file_name_(file_name) {}
    void run() {
        while (i_ < text_.size()) step();
    }

private:
    bool starts(const char* word) const { return text_.compare(i_, 3, word) == 0; }
    void step() {
        const char c = text_[i_];
        if (c == '#') return skip_to_line_end();
        if (starts("\"\"\"")) return skip_long_string('"');
        if (starts("'''")) return skip_long_string('\'');
        if (c == '"' || c == '\'') return skip_string(c);
        if (c == '.') deepen(n_dots_, "dots in one key");
        else if (c == '[' || c == '{') deepen(n_open_, "nested brackets"), n_dots_ = 0;
        else if (c == ']' || c == '}') n_open_ -= n_open_ > 0 ? 1 : 0, n_dots_ = 0;
        else if (c == '=' || c == ',' || c == '\n') n_dots_ = 0;
        if (c == '\n') ++line_, line_start_ = i_ + 1;
        ++i_;
    }
    void deepen(int& count, const char* what) {
        if (++count <= max_nesting) return;
        throw ConfigError(fmt::format("more than {} {}; expected a flatter text", max_nesting, what),
                          {file_name_, line_, static_cast<int>(i_ - line_start_) + 1});
    }
    void skip_to_line_end() {
        while (i_ < text_.size() && text_[i_] != '\n') ++i_;
    }
    void skip_string(char quote) {
        for (++i_; i_ < text_.size() && text_[i_] != '\n'; ++i_) {
            if (text_[i_] == quote) {
                ++i_;
                return;
            }
            if (quote == '"' && text_[i_] == '\\') ++i_;
        }
    }
    void skip_long_string(char quote) {
        const std::string end(3, quote);
        for (i_ += 3; i_ < text_.size(); ++i_) {
            if (text_.compare(i_, 3, end) == 0) {
                i_ += 3;
                while (i_ < text_.size() && text_[i_] == quote) ++i_;  // up to two quotes may precede the closing three
                return;
            }
            if (quote == '"' && text_[i_] == '\\') ++i_;
            if (i_ < text_.size() && text_[i_] == '\n') ++line_, line_start_ = i_ + 1;
        }
    }
    const std::string& text_;
    const std::string& file_name_;
    std::size_t i_ = 0, line_start_ = 0;
    int line_ = 1, n_open_ = 0, n_dots_ = 0;
};

}  // namespace

void check_limits(const std::string& text, const std::string& file_name) {
    if (text.size() > max_text_bytes)
        throw ConfigError(fmt::format("more than {} bytes; expected a configuration, which is a small text", max_text_bytes), {file_name});
    Scanner(text, file_name).run();
}

}  // namespace ganbar::config
