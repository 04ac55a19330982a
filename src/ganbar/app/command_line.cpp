#include "ganbar/app/command_line.h"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <optional>

#include "ganbar/app/version.h"
#include "ganbar/core/error.h"

namespace ganbar::app {
namespace {

CLI::Option& of(void* option) { return *static_cast<CLI::Option*>(option); }
CLI::App& app_of(void* app) { return *static_cast<CLI::App*>(app); }

std::string human(double v) { return v == std::floor(v) && std::abs(v) < 1e15 ? fmt::format("{:.0f}", v) : fmt::format("{:g}", v); }

/// The command that the arguments reach before what is wrong.
const CLI::App& reached(const CLI::App& root) {
    const CLI::App* at = &root;
    for (auto chosen = at->get_subcommands(); !chosen.empty(); chosen = at->get_subcommands()) at = chosen.back();
    return *at;
}

std::string full_name(const CLI::App& app) {
    std::string name = app.get_name();
    for (const CLI::App* up = app.get_parent(); up != nullptr; up = up->get_parent()) name = up->get_name() + " " + name;
    return name;
}

std::string help_of(const CLI::App& app) {
    const std::string name = full_name(app);
    return app.help(app.get_parent() == nullptr ? "" : name.substr(0, name.size() - app.get_name().size() - 1));
}

std::vector<std::string> command_names(const CLI::App& app) {
    std::vector<std::string> out;
    for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) out.push_back(sub->get_name());
    return out;
}

std::vector<std::string> option_names(const CLI::App& app) {
    std::vector<std::string> out;
    for (const CLI::Option* option : app.get_options())
        for (const auto& name : option->get_lnames()) out.push_back("--" + name);
    for (const CLI::Option* option : app.get_options())
        for (const auto& name : option->get_snames()) out.push_back("-" + name);
    return out;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& names) {
    const std::string near = nearest_name(word, names);
    return near.empty() ? "" : fmt::format("; did you mean {}?", near);
}

/// What is wrong with a line, in our words.
std::string fault(const CLI::App& root, const CLI::ParseError& e) {
    const CLI::App& at = reached(root);
    const std::string name = full_name(at), help = fmt::format("; see {} --help", name);
    if (dynamic_cast<const CLI::ExtrasError*>(&e) != nullptr) {
        const auto extras = root.remaining(true);
        const std::string word = extras.empty() ? "" : extras.front();
        if (word.starts_with("-"))
            return fmt::format("{} has no option {}{}{}", name, word, suggestion(word.substr(0, word.find('=')), option_names(at)), help);
        if (!command_names(at).empty())
            return fmt::format("there is no command {} {}{}{}", name, word, suggestion(word, command_names(at)), help);
        return fmt::format("{} takes no argument \"{}\" here{}", name, word, help);
    }
    if (dynamic_cast<const CLI::RequiredError*>(&e) != nullptr && !command_names(at).empty()) {
        const auto rest = root.remaining(true);
        if (!rest.empty())
            return fmt::format("there is no command {} {}{}{}", name, rest.front(), suggestion(rest.front(), command_names(at)), help);
        return fmt::format("{} needs a command: {}{}", name, join(command_names(at)), help);
    }
    if (dynamic_cast<const CLI::ConversionError*>(&e) != nullptr) {
        const std::string said = e.what(), given = said.substr(said.find(": ") == std::string::npos
                                                                   ? 0
                                                                   : said.find(": ") + 2);  // "Could not convert: --area = 5mm2"
        const CLI::Option* option = at.get_option_no_throw(given.substr(0, given.find(' ')));
        const std::string type = option == nullptr ? "" : option->get_type_name();
        return fmt::format("{}: {} is not understood; expected {}{}", name, given,
                           type.starts_with("FLOAT")  ? "a number"
                           : type.starts_with("TEXT") ? "a text"
                                                      : "a whole number, digits alone",
                           help);
    }
    return fmt::format("{}: {}{}", name, e.what(), help);
}

}  // namespace

Option* Option::required() { return of(option_).required(), this; }
Option* Option::delimiter(char c) { return of(option_).delimiter(c), this; }
Option* Option::one_value() { return of(option_).take_all()->expected(1)->allow_extra_args(false), this; }
Option* Option::show_default() { return of(option_).capture_default_str(), this; }

Option* Option::check(Range r) {
    const bool bounded = r.hi < 1e18;
    const std::string what = bounded ? fmt::format("{} to {}", human(r.lo), human(r.hi)) : fmt::format("{} or more", human(r.lo));
    of(option_).check(CLI::Validator(
        [r, what](std::string& text) -> std::string {
            std::size_t end = 0;
            double v = 0;
            try {
                v = std::stod(text, &end);
            } catch (const std::exception&) {
            }
            if (end != text.size() || text.empty()) return fmt::format("\"{}\" is no number; expected {}", text, what);
            return v >= r.lo && v <= r.hi ? "" : fmt::format("{} is out of range; expected {}", text, what);
        },
        what, ""));
    return this;
}

Option* Option::check(OneOf one) {
    of(option_).check(CLI::Validator(
        [one](std::string& text) -> std::string {
            if (std::find(one.words.begin(), one.words.end(), text) != one.words.end()) return "";
            return fmt::format("\"{}\" is not known{}; expected {}", text, suggestion(text, one.words), join(one.words, " or "));
        },
        join(one.words, "|"), ""));
    return this;
}

Command* Command::add_subcommand(const std::string& name, const std::string& text) {
    commands_.push_back(std::make_unique<Command>(app_of(app_).add_subcommand(name, text), name));
    return commands_.back().get();
}

Command* Command::find_subcommand(const std::string& name) const {
    for (const auto& c : commands_)
        if (c->name_ == name) return c.get();
    return nullptr;
}

template <class T>
Option* Command::add_option(const std::string& names, T& target, const std::string& text) {
    options_.push_back(std::make_unique<Option>(app_of(app_).add_option(names, target, text)));
    return options_.back().get();
}
template Option* Command::add_option(const std::string&, std::string&, const std::string&);
template Option* Command::add_option(const std::string&, std::vector<std::string>&, const std::string&);
template Option* Command::add_option(const std::string&, int&, const std::string&);
template Option* Command::add_option(const std::string&, std::int64_t&, const std::string&);
template Option* Command::add_option(const std::string&, std::uint64_t&, const std::string&);
template Option* Command::add_option(const std::string&, std::vector<std::int64_t>&, const std::string&);
template Option* Command::add_option(const std::string&, double&, const std::string&);
template Option* Command::add_option(const std::string&, std::optional<std::string>&, const std::string&);
template Option* Command::add_option(const std::string&, std::optional<std::int64_t>&, const std::string&);
template Option* Command::add_option(const std::string&, std::optional<double>&, const std::string&);

Option* Command::add_flag(const std::string& names, bool& target, const std::string& text) {
    options_.push_back(std::make_unique<Option>(app_of(app_).add_flag(names, target, text)));
    return options_.back().get();
}

void Command::callback(std::function<void()> work) { app_of(app_).callback(std::move(work)); }
void Command::require_subcommand() { app_of(app_).require_subcommand(1); }

struct CommandLine::Impl {
    CLI::App cli{"ganbar: generative adversarial networks on memristive crossbars", "ganbar"};
};

CommandLine::CommandLine() : impl_(std::make_unique<Impl>()), root_(std::make_unique<Command>(&impl_->cli, "ganbar")) {
    impl_->cli.require_subcommand(1);
    impl_->cli.set_version_flag(
        "--version", [] { return version_text(); }, "version, commit and vector target");
}
CommandLine::~CommandLine() = default;

int CommandLine::parse(int argc, char** argv) {
    CLI::App& cli = impl_->cli;
    if (argc <= 1) {
        fmt::print("{}", help_of(cli));
        return 0;
    }
    try {
        if (argc >= 2 && std::string(argv[1]) == "help") {
            const CLI::App* at = &cli;
            for (int i = 2; i < argc; ++i) {
                const auto names = command_names(*at);
                if (std::find(names.begin(), names.end(), argv[i]) == names.end())
                    throw ConfigError(fmt::format("there is no command {} {}{}; see {} --help", full_name(*at), argv[i],
                                                  suggestion(argv[i], names), full_name(*at)));
                at = at->get_subcommand(argv[i]);
            }
            fmt::print("{}", help_of(*at));
            return 0;
        }
        cli.parse(argc, argv);
    } catch (const CLI::ParseError& e) {
        if (e.get_exit_code() == 0) {  // by our own stream, whose faults are checked at the end
            fmt::print("{}", dynamic_cast<const CLI::CallForVersion*>(&e) != nullptr ? version_text() + "\n" : help_of(reached(cli)));
            return 0;
        }
        throw ConfigError("ganbar: " + fault(cli, e));
    }
    return -1;
}

std::vector<CommandLine::Help> CommandLine::help() const {
    std::vector<Help> out;
    const std::function<void(const CLI::App&)> visit = [&](const CLI::App& app) {
        out.push_back({full_name(app), app.get_description(), help_of(app), option_names(app), command_names(app)});
        for (const CLI::App* sub : app.get_subcommands([](const CLI::App*) { return true; })) visit(*sub);
    };
    visit(impl_->cli);
    return out;
}

}  // namespace ganbar::app
