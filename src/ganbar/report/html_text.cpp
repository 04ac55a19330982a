#include "ganbar/report/html_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <cctype>
#include <cmath>
#include <cstdint>

namespace ganbar::report {
namespace {

/// `code` and *emphasis* inside one paragraph; unpaired marks stay as they are.
std::string inline_marks(std::string_view text) {
    std::string out;
    while (!text.empty()) {
        const std::size_t at = text.find_first_of("`*");
        if (at == std::string_view::npos) return out + escape(raised(text));
        const char mark = text[at];
        const std::size_t end = text.find(mark, at + 1);
        const bool opens = end != std::string_view::npos && end > at + 1 && text[at + 1] != ' ' && text[end - 1] != ' ';
        out += escape(raised(text.substr(0, at)));
        if (!opens) {
            out += mark;
            text.remove_prefix(at + 1);
            continue;
        }
        const std::string_view marked = text.substr(at + 1, end - at - 1);
        out += mark == '`' ? "<code>" + escape(marked) + "</code>" : "<em>" + escape(raised(marked)) + "</em>";
        text.remove_prefix(end + 1);
    }
    return out;
}

}  // namespace

std::string escape(std::string_view text) {
    std::string out;
    out.reserve(text.size());
    for (const char c : text) {
        if (c == '&') out += "&amp;";
        else if (c == '<') out += "&lt;";
        else if (c == '>') out += "&gt;";
        else if (c == '"') out += "&quot;";
        else if (static_cast<unsigned char>(c) >= 32 || c == '\n' || c == '\t') out += c;
    }
    return out;
}

std::string raised(std::string_view text) {
    std::string out(text);
    const auto in_word = [&](std::size_t i) {
        return i < out.size() && (std::isalnum(static_cast<unsigned char>(out[i])) || out[i] == '_');
    };
    for (const char* unit : {"mm2", "um2", "nm2"})
        for (std::size_t at = out.find(unit); at != std::string::npos; at = out.find(unit, at + 3)) {
            if (in_word(at + 3) || (at > 0 && in_word(at - 1) && !std::isdigit(static_cast<unsigned char>(out[at - 1])))) continue;
            out.replace(at, 3, std::string(*unit == 'u' ? "µ" : std::string(1, *unit)) + "m²");
        }
    return out;
}

std::string base64(std::string_view bytes) {
    static constexpr char digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    std::string out;
    out.reserve((bytes.size() + 2) / 3 * 4);
    for (std::size_t i = 0; i < bytes.size(); i += 3) {
        const std::size_t n = std::min<std::size_t>(3, bytes.size() - i);
        std::uint32_t group = 0;
        for (std::size_t k = 0; k < 3; ++k) group = group << 8 | (k < n ? static_cast<unsigned char>(bytes[i + k]) : 0u);
        for (std::size_t k = 0; k < 4; ++k) out += k <= n ? digits[group >> (18 - 6 * k) & 63] : '=';
    }
    return out;
}

std::string png_data_uri(std::string_view png_bytes) { return "data:image/png;base64," + base64(png_bytes); }

std::string prose(std::string_view text) {
    std::string out, paragraph;
    bool in_list = false;
    const auto end_paragraph = [&] {
        if (!paragraph.empty()) out += "<p>" + inline_marks(paragraph) + "</p>";
        paragraph.clear();
    };
    const auto end_list = [&] {
        if (in_list) out += "</ul>";
        in_list = false;
    };
    while (!text.empty()) {
        const std::size_t end = std::min(text.find('\n'), text.size());
        const std::string_view line = text.substr(0, end);
        text.remove_prefix(std::min(end + 1, text.size()));
        if (line.substr(0, 2) == "- ") {
            end_paragraph();
            if (!in_list) out += "<ul>";
            in_list = true;
            out += "<li>" + inline_marks(line.substr(2)) + "</li>";
            continue;
        }
        end_list();
        if (line.find_first_not_of(" \t\r") == std::string_view::npos) end_paragraph();
        else paragraph += (paragraph.empty() ? "" : " ") + std::string(line);
    }
    end_paragraph();
    end_list();
    return out;
}

std::string json_string(std::string_view text) {
    std::string out = "\"";
    for (const char c : text) {
        if (c == '"' || c == '\\') (out += '\\') += c;
        else if (c == '<') out += "\\u003c";
        else if (static_cast<unsigned char>(c) < 32) out += fmt::format("\\u{:04x}", static_cast<unsigned>(c));
        else out += c;
    }
    return out + "\"";
}

std::string json_numbers(const std::vector<double>& values) {
    std::string out = "[";
    for (const double v : values) {
        if (out.size() > 1) out += ',';
        if (!std::isfinite(v)) out += "null";
        else if (v == std::round(v) && std::abs(v) < 1e15) out += fmt::format("{:.0f}", v);
        else out += fmt::format("{:.5g}", v);
    }
    return out + "]";
}

}  // namespace ganbar::report
