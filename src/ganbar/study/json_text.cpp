#include "ganbar/study/json_text.h"

#include <algorithm>
#include <fstream>
#include <set>
#include <sstream>

namespace ganbar::study {
namespace {

/// Walks over valid JSON text without building anything.
class Walker {
public:
    explicit Walker(const std::string& text) : text_(text) {}
    std::size_t find(const std::string& pointer) {
        space();
        std::size_t from = 0;
        while (from < pointer.size()) {
            const std::size_t to = std::min(pointer.find('/', from + 1), pointer.size());
            const std::size_t here = at_;
            if (!enter(pointer.substr(from + 1, to - from - 1))) return here;
            from = to;
        }
        return at_;
    }

private:
    void space() {
        while (at_ < text_.size() && std::string_view(" \t\r\n,:").find(text_[at_]) != std::string_view::npos) ++at_;
    }
    std::string string() {
        const std::size_t begin = at_++;
        while (text_[at_] != '"') at_ += text_[at_] == '\\' ? 2 : 1;
        ++at_;
        return nlohmann::json::parse(text_.substr(begin, at_ - begin)).get<std::string>();
    }
    void skip() {
        if (text_[at_] == '"') string();
        else if (text_[at_] == '{' || text_[at_] == '[') {
            const char close = text_[at_] == '{' ? '}' : ']';
            ++at_, space();
            while (text_[at_] != close) skip(), space();
            ++at_;
        } else
            while (at_ < text_.size() && std::string_view(",]} \t\r\n").find(text_[at_]) == std::string_view::npos) ++at_;
    }
    /// From the start of an object or array to the start of its member; false when there is none.
    bool enter(const std::string& member) {
        if (text_[at_] != '{' && text_[at_] != '[') return false;
        const bool object = text_[at_] == '{';
        ++at_, space();
        for (std::size_t index = 0; text_[at_] != '}' && text_[at_] != ']'; ++index) {
            const std::string name = object ? string() : std::to_string(index);
            space();
            if (name == member) return true;
            skip(), space();
        }
        return false;
    }
    const std::string& text_;
    std::size_t at_ = 0;
};

}  // namespace

JsonText::JsonText(std::string text, std::string file_name) : text_(std::move(text)), file_(std::move(file_name)) {
    // Of a key given twice the parser keeps the last; neither is what was meant.
    std::vector<std::set<std::string>> open;
    const auto once = [&](int, nlohmann::json::parse_event_t event, nlohmann::json& value) {
        if (event == nlohmann::json::parse_event_t::object_start) open.emplace_back();
        else if (event == nlohmann::json::parse_event_t::object_end) open.pop_back();
        else if (event == nlohmann::json::parse_event_t::key && !open.back().insert(value.get<std::string>()).second) {
            const std::string key = value.get<std::string>(), written = "\"" + key + "\"";
            throw ConfigError("key " + written + " stands twice in one object; expected it once", at(text_.rfind(written)));
        }
        return true;
    };
    try {
        root_ = nlohmann::json::parse(text_, once);
    } catch (const nlohmann::json::parse_error& e) {
        throw ConfigError("this is not JSON; expected one object whose values are numbers, lists or null", at(e.byte > 0 ? e.byte - 1 : 0));
    } catch (const nlohmann::json::out_of_range&) {
        throw ConfigError("a number is outside the range of a double; expected a finite number", {file_});
    }
}

JsonText JsonText::load(const std::string& path) {
    std::ifstream in(path, std::ios::binary);
    std::ostringstream text;
    if (in) text << in.rdbuf();
    if (!in) throw DataError("cannot read " + path + "; expected a JSON file");
    return {text.str(), path};
}

Location JsonText::at(std::size_t offset) const {
    const auto end = text_.begin() + static_cast<std::ptrdiff_t>(std::min(offset, text_.size()));
    const auto last_line = std::find(std::make_reverse_iterator(end), text_.rend(), '\n').base();
    return {file_, 1 + static_cast<int>(std::count(text_.begin(), end, '\n')), 1 + static_cast<int>(end - last_line)};
}

Location JsonText::where(const std::string& pointer) const { return at(Walker(text_).find(pointer)); }

}  // namespace ganbar::study
