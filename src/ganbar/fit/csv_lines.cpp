#include "ganbar/fit/csv_lines.h"

namespace ganbar::fit {

std::string_view trimmed(std::string_view s) {
    while (!s.empty() && (s.front() == ' ' || s.front() == '\t' || s.front() == '\r')) s.remove_prefix(1);
    while (!s.empty() && (s.back() == ' ' || s.back() == '\t' || s.back() == '\r')) s.remove_suffix(1);
    if (s.size() >= 2 && s.front() == '"' && s.back() == '"') s = s.substr(1, s.size() - 2);
    return s;
}

Lines::Lines(std::string_view text, std::string file) : rest_(text), file_(std::move(file)) {
    if (rest_.starts_with("\xef\xbb\xbf")) rest_.remove_prefix(3);
    if (rest_.starts_with("\xff\xfe") || rest_.starts_with("\xfe\xff"))
        throw DataError("is UTF-16 text; expected UTF-8 (\"CSV UTF-8\" where spreadsheets save)", {file_});
}

bool Lines::cells_follow() const {
    constexpr int titles = 10;
    Lines ahead = *this;
    for (int k = 0; k < titles && ahead.next(); ++k)
        if (ahead.line().find_first_of(",;\t") != std::string_view::npos) return true;
    return false;
}

}  // namespace ganbar::fit
