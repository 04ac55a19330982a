// Runs another program without a shell, and waits for it.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

namespace ganbar::study {

struct ChildResult {
    int exit_code = 0;   ///< 128 + signal when a signal ended it
    std::string errors;  ///< what it wrote to stderr, its first 64 KiB
};
/// argv[0] is looked for on $PATH; stdin is empty and stdout goes nowhere. DataError when there is no such program.
ChildResult run_program(const std::vector<std::string>& argv, const std::filesystem::path& working_folder);
/// The gist of an error output as one line: its first two lines that differ, are not empty and no warnings.
std::string one_line(const std::string& errors);

}  // namespace ganbar::study
