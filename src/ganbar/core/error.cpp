#include "ganbar/core/error.h"

#include <algorithm>
#include <numeric>

namespace ganbar {

std::string Location::text() const {
    if (file.empty()) return "";
    if (line <= 0) return file;
    return file + ":" + std::to_string(line) + ":" + std::to_string(std::max(column, 1));
}

static std::string with_place(const Location& where, const std::string& what) {
    const std::string place = where.text();
    return place.empty() ? what : place + ": " + what;
}

Error::Error(int exit_code, const Location& where, const std::string& what)
    : std::runtime_error(with_place(where, what)), exit_code_(exit_code) {}
ConfigError::ConfigError(const std::string& what, const Location& where) : Error(2, where, what) {}
DataError::DataError(const std::string& what, const Location& where) : Error(3, where, what) {}
NumericError::NumericError(const std::string& what, const Location& where) : Error(4, where, what) {}

static std::size_t edit_distance(const std::string& a, const std::string& b) {
    std::vector<std::size_t> row(b.size() + 1);
    std::iota(row.begin(), row.end(), std::size_t{0});
    for (std::size_t i = 1; i <= a.size(); ++i) {
        std::size_t diagonal = row[0];
        row[0] = i;
        for (std::size_t j = 1; j <= b.size(); ++j) {
            const std::size_t above = row[j];
            row[j] = std::min({above + 1, row[j - 1] + 1, diagonal + (a[i - 1] == b[j - 1] ? 0u : 1u)});
            diagonal = above;
        }
    }
    return row[b.size()];
}

static bool grows_to(const std::string& word, const std::string& longer) {
    std::size_t i = 0;
    for (const char c : longer) i += i < word.size() && word[i] == c;
    return i == word.size();
}

/// Names of as many words, of which one is quite another word: "pulse_width" is no misspelt "pulse_length".
static bool has_another_word(const std::string& a, const std::string& b) {
    if (std::count(a.begin(), a.end(), '_') != std::count(b.begin(), b.end(), '_') || a.find('_') == std::string::npos) return false;
    for (std::size_t i = 0, j = 0; i <= a.size() && j <= b.size();) {
        const std::size_t to_i = std::min(a.find('_', i), a.size()), to_j = std::min(b.find('_', j), b.size());
        if (edit_distance(a.substr(i, to_i - i), b.substr(j, to_j - j)) > std::max<std::size_t>(2, std::max(to_i - i, to_j - j) / 2))
            return true;
        i = to_i + 1, j = to_j + 1;
    }
    return false;
}

std::string nearest_name(const std::string& word, const std::vector<std::string>& candidates) {
    std::string best;
    std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
    for (const auto& candidate : candidates) {
        if (has_another_word(word, candidate)) continue;
        std::size_t d = edit_distance(word, candidate);
        if (word.size() >= 3 && candidate.find(word) != std::string::npos) d = std::min<std::size_t>(d, 2);
        // Of two that are as near, the one that only has more letters: "sed" means "seed" rather than "set".
        const bool nearer =
            d < best_distance || (d == best_distance && !best.empty() && grows_to(word, candidate) && !grows_to(word, best));
        if (nearer) best_distance = d, best = candidate;
    }
    return best;
}

std::string join(const std::vector<std::string>& words, const std::string& separator) {
    std::string out;
    for (std::size_t i = 0; i < words.size(); ++i) out += (i ? separator : "") + words[i];
    return out;
}

void assertion_failed(const char* expression, const char* file, int line) {
    throw std::logic_error(std::string("broken invariant: ") + expression + " (" + file + ":" + std::to_string(line) + ")");
}

}  // namespace ganbar
