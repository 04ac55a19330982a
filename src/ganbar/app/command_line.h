// The command line as commands declare it. CLI11 stands behind it and is seen by command_line.cpp alone: its header takes longer to compile
// than most commands.
#pragma once
#include <cstdint>
#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace ganbar::app {

struct Range {
    double lo, hi;  ///< inclusive
};
struct OneOf {
    std::vector<std::string> words;
};

class Option {
public:
    Option* required();
    Option* check(Range range);
    Option* check(OneOf words);
    Option* delimiter(char c);  ///< one argument holds several values
    Option* one_value();        ///< of a list: each mention takes one value, and mentions add up
    Option* show_default();     ///< in --help
    class Impl;
    explicit Option(void* option) : option_(option) {}

private:
    void* option_;  // CLI::Option
};

class Command {
public:
    Command* add_subcommand(const std::string& name, const std::string& text);
    Command* find_subcommand(const std::string& name) const;  ///< nullptr when there is none
    /// target: text, whole numbers, reals, or lists of them; command_line.cpp has the types there are.
    template <class T>
    Option* add_option(const std::string& names, T& target, const std::string& text);
    Option* add_flag(const std::string& names, bool& target, const std::string& text);
    void callback(std::function<void()> work);  ///< when the line names this command
    void require_subcommand();
    const std::string& name() const { return name_; }
    Command(void* app, std::string name) : app_(app), name_(std::move(name)) {}
    Command(const Command&) = delete;
    Command& operator=(const Command&) = delete;

private:
    friend class CommandLine;
    void* app_;  // CLI::App
    std::string name_;
    std::vector<std::unique_ptr<Command>> commands_;
    std::vector<std::unique_ptr<Option>> options_;
};

class CommandLine {
public:
    CommandLine();
    ~CommandLine();
    Command& root() { return *root_; }
    /// Runs the callbacks of what the line names. An exit code when nothing is left to do (0 after --help and --version), -1 to go on.
    /// ConfigError with the nearest name for a command or an option that there is not.
    int parse(int argc, char** argv);
    /// The help of every command, in order: what the man page and the completions are made of.
    struct Help {
        std::string command, text, usage;
        std::vector<std::string> options;  ///< "--set", "-o"
        std::vector<std::string> commands;
    };
    std::vector<Help> help() const;

private:
    struct Impl;
    std::unique_ptr<Impl> impl_;
    std::unique_ptr<Command> root_;
};

}  // namespace ganbar::app
