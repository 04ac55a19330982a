// JSON input that knows where each value stands, so that faults are reported as file:line:column.
#pragma once
#include <nlohmann/json.hpp>
#include <string>

#include "ganbar/core/error.h"

namespace ganbar::study {

class JsonText {
public:
    /// Throws ConfigError with the position of the first fault when the text is not JSON.
    JsonText(std::string text, std::string file_name);
    /// Reads a file; DataError when it cannot be read.
    static JsonText load(const std::string& path);

    const nlohmann::json& root() const { return root_; }
    /// Position of a value by JSON pointer ("/G/1/2"; "" = the whole text); the position of what is nearest above it when absent.
    Location where(const std::string& pointer) const;

private:
    Location at(std::size_t offset) const;
    std::string text_, file_;
    nlohmann::json root_;
};

}  // namespace ganbar::study
