#include "ganbar/arch/network_words.h"

#include <fmt/format.h>

#include <cctype>
#include <charconv>
#include <map>
#include <sstream>
#include <utility>

#include "ganbar/core/layer_words.h"

namespace ganbar::arch::text {

void fail(const Location& where, const std::string& place, const std::string& what) { throw ConfigError(place + ": " + what, where); }

std::optional<Int> whole(std::string_view text) {
    Int value = 0;
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
    if (error != std::errc{} || end != text.data() + text.size() || text.empty()) return std::nullopt;
    return value;
}

double elements(const Shape& s) {
    double n = static_cast<double>(s.channels);
    for (const Int side : s.side) n *= static_cast<double>(side);
    return n;
}
bool joins(const std::string& word) { return word == "add" || word == "concat" || word == "mul"; }

namespace {

/// By the words that layers have everywhere (core/layer_words.h).
const std::map<std::string, LayerKind>& kinds() {
    static const std::map<std::string, LayerKind> map{{"dense", LayerKind::fc},
                                                      {"conv", LayerKind::conv},
                                                      {"conv_transpose", LayerKind::tconv},
                                                      {"upsample", LayerKind::upsample},
                                                      {"avg_pool", LayerKind::pool},
                                                      {"max_pool", LayerKind::pool},
                                                      {"depth_to_space", LayerKind::depth_to_space},
                                                      {"add", LayerKind::add},
                                                      {"concat", LayerKind::move},
                                                      {"input", LayerKind::move},
                                                      {"mul", LayerKind::elementwise},
                                                      {"norm", LayerKind::elementwise},
                                                      {"attention", LayerKind::attention}};
    return map;
}

/// What an option of a layer says: two that say the same exclude each other.
std::string said_by(const std::string& word) {
    if (find_activation(word)) return "an activation";
    if (word == "bn" || word == "batch_norm") return "batch normalisation";
    if (word == "valid" || word == "same") return "padding";
    for (const auto* head : {"name=", "from=", "@", "op"})
        if (word.starts_with(head)) return head;
    return word.starts_with("p") ? "padding" : word.substr(0, 1);
}

/// Reads options such as k5, s2, p1:2, op1, g2; false when the word is none of these.
bool read_geometry(const std::string& word, Words& w, const Location& where) {
    const auto number = [&](std::size_t skip, Int lo) {
        const auto n = whole(std::string_view(word).substr(skip));
        if (!n || *n < lo || *n > largest)
            fail(where, w.place,
                 fmt::format("\"{}\" is not understood; expected a whole number of at least {} after \"{}\"", word, lo,
                             word.substr(0, skip)));
        return *n;
    };
    const auto is = [&](std::string_view head) {
        return word.size() > head.size() && word.starts_with(head) &&
               (std::isdigit(static_cast<unsigned char>(word[head.size()])) || word[head.size()] == '-');
    };
    if (is("k")) w.kernel = number(1, 1);
    else if (is("s")) w.stride = number(1, 1), w.has_stride = true;
    else if (is("g")) w.groups = number(1, 1), w.has_groups = true;
    else if (is("op")) w.output_pad = number(2, 0), w.has_output_pad = true;
    else if (is("p")) {
        w.has_padding = true;
        const auto colon = word.find(':');
        if (colon == std::string::npos) w.pad_lo = w.pad_hi = number(1, 0);
        else {
            const auto lo = whole(std::string_view(word).substr(1, colon - 1)), hi = whole(std::string_view(word).substr(colon + 1));
            if (!lo || !hi || *lo < 0 || *hi < 0)
                fail(where, w.place, fmt::format("\"{}\" is not understood; expected pLOW:HIGH, for example p1:2", word));
            w.pad_lo = *lo, w.pad_hi = *hi;
        }
    } else return false;
    return true;
}

/// Whatever would change nothing is refused.
void check_options(const Words& w, const Location& where) {
    const bool spatial = w.kind == LayerKind::conv || w.kind == LayerKind::tconv, padded = w.has_padding || w.same;
    if (spatial && w.kernel == 0) fail(where, w.place, "a convolution needs a kernel, for example k5");
    if (!spatial && (w.has_stride || padded || w.has_output_pad || w.has_groups || (w.kernel > 0 && w.kind != LayerKind::pool)))
        fail(where, w.place,
             w.kind == LayerKind::pool
                 ? "pool takes a kernel alone, for example \"pool 2 k3\": its number is the stride, and it has no padding or groups"
                 : fmt::format("{} takes no kernel, stride, padding or groups", w.word));
    const bool plain = w.kind == LayerKind::move || w.kind == LayerKind::elementwise || w.kind == LayerKind::attention;
    if (plain && (w.batch_norm || w.activation != Activation::identity))
        fail(where, w.place, w.word + " takes neither batch normalisation nor activation");
    if (w.word == "input" && !w.from.empty()) fail(where, w.place, "an input comes from nowhere; expected no \"from=\"");
    if (w.has_output_pad && (w.kind == LayerKind::conv || w.same))
        fail(where, w.place, "output padding is for transposed convolutions without same");
}

}  // namespace

Words read_words(const std::string& text, const std::string& place, const Location& where) {
    std::istringstream in(text);
    std::string word;
    Words w;
    w.place = place;
    if (!(in >> word)) fail(where, place, "is empty; expected a layer such as \"conv 128 k5 s2 same lrelu\"");
    const auto kind = kinds().find(layer_word(word));
    if (kind == kinds().end()) {
        std::vector<std::string> names{"fc", "tconv", "up", "pool", "d2s"};
        for (const auto& [name, k] : kinds()) names.push_back(name);
        const std::string near = nearest_name(word, names);
        fail(where, place,
             fmt::format("unknown layer \"{}\"; expected one of {}{}", word, join(names),
                         near.empty() ? "" : "; did you mean \"" + near + "\"?"));
    }
    w.word = word, w.kind = kind->second, w.largest = kind->first == "max_pool";
    if (!(in >> word)) fail(where, place, fmt::format("\"{}\" lacks its size; expected \"{} N ...\"", text, text));
    if (w.kind == LayerKind::fc || w.word == "input") w.size_text = word;
    else if (joins(w.word)) w.with = word;
    else {
        const auto n = whole(word);
        if (!n || *n < 1 || *n > largest)
            fail(where, place,
                 fmt::format("\"{}\" is not a number of {}; expected a whole number of at least 1", word,
                             w.word == "attention" ? "heads"
                             : w.word == "norm"    ? "groups"
                                                   : "channels"));
        (w.kind == LayerKind::conv || w.kind == LayerKind::tconv ? w.channels : w.factor) = *n;
    }
    std::map<std::string, std::string> said;
    while (in >> word) {
        const std::string before = std::exchange(said[said_by(word)], word);
        if (!before.empty()) fail(where, place, fmt::format("\"{}\" and \"{}\" exclude each other; expected one of them", before, word));
        if (const auto a = find_activation(word)) w.activation = *a;
        else if (word == "bn" || word == "batch_norm") w.batch_norm = true;
        else if (word == "same") w.same = true;
        else if (word == "valid") w.pad_lo = w.pad_hi = 0, w.has_padding = true;
        else if (word.starts_with("name=")) w.name = word.substr(5);
        else if (word.starts_with("from=")) w.from = word.substr(5);
        else if (word.starts_with("@")) w.expected_side = word.substr(1);
        else if (!read_geometry(word, w, where))
            fail(where, place,
                 fmt::format(
                     "\"{}\" is not understood; expected kN sN pN pLO:HI same valid opN gN bn relu lrelu tanh sigmoid name=X from=X @N",
                     word));
    }
    check_options(w, where);
    if (w.kind == LayerKind::pool && w.kernel == 0) w.kernel = w.factor;
    return w;
}

}  // namespace ganbar::arch::text
