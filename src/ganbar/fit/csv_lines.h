// Text of a table, line by line; internal to the readers of measured data.
#pragma once
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "ganbar/core/error.h"
#include "ganbar/fit/pulse_data.h"

namespace ganbar::fit {

/// The lines of a text, one at a time, cut into cells.
class Lines {
public:
    /// DataError for text that is not UTF-8 or ASCII.
    Lines(std::string_view text, std::string file);
    /// The next line with something on it; false at the end.
    bool next() {
        while (!rest_.empty()) {
            const auto end = rest_.find('\n');
            line_ = rest_.substr(0, end);
            rest_ = end == std::string_view::npos ? std::string_view{} : rest_.substr(end + 1);
            ++number_;
            if (!trimmed(line_).empty()) return true;
        }
        return false;
    }
    std::string_view line() const { return line_; }
    /// Whether one of the next few lines has several cells; stays where it is.
    bool cells_follow() const;
    void choose_separator() {
        separator_ = line_.find(';') != std::string_view::npos ? ';' : line_.find('\t') != std::string_view::npos ? '\t' : ',';
    }
    char separator() const { return separator_; }
    void cut(std::vector<std::string_view>& cells) const {
        cells.clear();
        std::size_t begin = 0;
        bool quoted = false;
        for (std::size_t i = 0; i <= line_.size(); ++i) {
            if (i < line_.size() && line_[i] == '"') quoted = !quoted;
            if (i == line_.size() || (line_[i] == separator_ && !quoted))
                cells.push_back(trimmed(line_.substr(begin, i - begin))), begin = i + 1;
        }
    }
    Location at(std::size_t column) const { return {file_, number_, static_cast<int>(column) + 1}; }
    int number() const { return number_; }

private:
    std::string_view rest_, line_;
    std::string file_;
    int number_ = 0;
    char separator_ = ',';
};

}  // namespace ganbar::fit
