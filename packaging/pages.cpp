// ganbar_pages man|bash: the manual page and the completion of bash, made from the help that the commands declare. Printed on stdout.
#include <fmt/format.h>

#include <cstdio>

#include "ganbar/app/command.h"
#include "ganbar/run/build_info.h"

namespace {
using namespace ganbar;
using Help = app::CommandLine::Help;

/// Text that roff takes as it stands: no line begins a request, no backslash or dash means anything else.
std::string roff(const std::string& text) {
    std::string out;
    bool line_start = true;
    for (const char c : text) {
        if (line_start && (c == '.' || c == '\'')) out += "\\&";
        line_start = c == '\n';
        if (c == '\\') out += "\\e";
        else if (c == '-') out += "\\-";
        else out += c;
    }
    return out;
}

std::string man(const std::vector<Help>& commands) {
    std::string out = fmt::format(".TH GANBAR 1 \"\" \"ganbar {}\" \"User Commands\"\n", version());
    out += ".SH NAME\nganbar \\- generative adversarial networks on memristive crossbars\n";
    out += ".SH SYNOPSIS\n.B ganbar\n.I COMMAND\n[\\fIARGUMENTS\\fR]\n";
    out += ".SH DESCRIPTION\nganbar trains generative adversarial networks whose weights are memristors, books the energy of every pulse and read, reproduces\n"
           "published results, and estimates what accelerators for such networks cost.\n";
    out += ".SH COMMANDS\n";
    for (const auto& c : commands)
        if (c.command != "ganbar") out += fmt::format(".SS {}\n{}\n.PP\n.nf\n{}\n.fi\n", roff(c.command), roff(c.text), roff(c.usage));
    out += ".SH EXIT STATUS\n.TP\n0\ndone\n.TP\n2\nthe input is wrong; the message gives file, line and column\n.TP\n3\na data or file fault\n"
           ".TP\n4\na numeric fault\n.TP\n70\na bug in ganbar\n.TP\n130\nstopped by an interrupt; a training goes on with \\-\\-resume\n";
    out += ".SH ENVIRONMENT\n.TP\nGANBAR_DATA\nfolder that holds data sets\n.TP\nGANBAR_PRESETS\nfolder that holds experiments/ and networks/, looked at first\n"
           ".TP\nXDG_CACHE_HOME\nfolder of the cache, ~/.cache by default\n.TP\nOMP_NUM_THREADS\nmost threads to use\n";
    return out;
}

std::string words(const std::vector<std::string>& list) { return join(list, " "); }

std::string bash(const std::vector<Help>& commands) {
    std::string out = "# Completion of ganbar for bash: commands, then options; other words are files.\n_ganbar() {\n"
                      "    local word=${COMP_WORDS[COMP_CWORD]} at=ganbar subcommands options i\n"
                      "    _ganbar_at() {\n        case \"$1\" in\n";
    for (const auto& c : commands)
        out += fmt::format("            '{}') subcommands='{}'; options='{}' ;;\n", c.command, words(c.commands), words(c.options));
    out += "            *) return 1 ;;\n        esac\n    }\n    _ganbar_at ganbar\n"
           "    for ((i = 1; i < COMP_CWORD; i++)); do\n"
           "        case \" $subcommands \" in *\" ${COMP_WORDS[i]} \"*) at=\"$at ${COMP_WORDS[i]}\"; _ganbar_at \"$at\" ;; esac\n"
           "    done\n"
           "    case \"$word\" in\n        -*) mapfile -t COMPREPLY < <(compgen -W \"$options\" -- \"$word\") ;;\n"
           "        *) mapfile -t COMPREPLY < <(compgen -W \"$subcommands\" -- \"$word\") ;;\n    esac\n}\n"
           "complete -o default -F _ganbar ganbar\n";
    return out;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string kind = argc == 2 ? argv[1] : "";
    if (kind != "man" && kind != "bash") {
        fmt::print(stderr, "usage: ganbar_pages man|bash\n");
        return 2;
    }
    std::function<void()> run;
    const Registries registries = builtin_registries();
    const Places places;
    app::CommandLine line;
    app::Kinds kinds;
    std::vector<app::Check> checks;
    app::CommandContext context{line.root(), run, registries, places, kinds, checks, "ganbar"};
    app::register_builtin_commands(context);
    const auto help = line.help();
    fmt::print("{}", kind == "man" ? man(help) : bash(help));
    return 0;
}
