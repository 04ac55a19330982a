// Runs another program without a shell, and waits for it.
#pragma once
#include <filesystem>
#include <functional>
#include <string>
#include <vector>

namespace ganbar::study {

struct ChildResult {
    int exit_code = 0;   ///< 128 + signal when a signal ended it
    std::string errors;  ///< what it wrote to stderr, its first 64 KiB
};
/// argv[0] is looked for on $PATH; stdin is empty and stdout goes nowhere. DataError when there is no such program. `stop`: asked several
/// times a second; the first true sends the program a SIGTERM, and its end is waited for.
ChildResult run_program(const std::vector<std::string>& argv, const std::filesystem::path& working_folder,
                        const std::function<bool()>& stop = {});
/// The gist of an error output as one line: its first two lines that differ, are not empty and no warnings.
std::string one_line(const std::string& errors);

}  // namespace ganbar::study
