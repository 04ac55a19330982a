#include "ganbar/run/folder_run.h"

#include <fmt/format.h>
#include <unistd.h>

#include <chrono>
#include <functional>
#include <sstream>

#include "ganbar/config/attribution.h"
#include "ganbar/core/sha256.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/report/write_report.h"
#include "ganbar/run/environment.h"
#include "ganbar/run/pulse_counts.h"
#include "ganbar/run/results.h"

namespace ganbar {
namespace fs = std::filesystem;
namespace {

double now_s() { return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count(); }

/// "run/" and "run/." name the same folder as "run".
fs::path without_slash(fs::path p) {
    while ((!p.has_filename() || p.filename() == ".") && p.has_parent_path() && p.parent_path() != p) p = p.parent_path();
    return p;
}

/// Keeps the pictures of some rounds.
void remove_pictures(const fs::path& folder, const std::function<bool(std::int64_t)>& kept) {
    std::vector<fs::path> gone;
    for (const auto& entry : fs::directory_iterator(folder))
        if (entry.path().extension() == ".png" && round_of(entry.path()) >= 0 && !kept(round_of(entry.path())))
            gone.push_back(entry.path());
    for (const auto& file : gone) fs::remove(file);
}

/// Keeps the rows of a table whose round, their first column, is a multiple of `every`.
void keep_rounds(const fs::path& table, std::int64_t every) {
    if (!fs::exists(table)) return;
    std::istringstream lines(read_text(table));
    std::string kept;
    for (std::string line; std::getline(lines, line);)
        if (kept.empty() || std::strtoll(line.c_str(), nullptr, 10) % every == 0) kept += line + "\n";
    write_file(table, kept, Replace::yes);
}

}  // namespace

FolderRun::FolderRun(const Experiment& experiment, const Places& places, const RunOptions& options, RunObserver& observer)
    : start_s_(now_s()),
      options_(options),
      observer_(observer),
      folder_(without_slash(options.out)),
      session_(experiment, places, [this](const std::string& line) { say(line); }) {
    toml_ = run_toml(session_.experiment());
    identity_ = identity_of(toml_);
    prepare();
    log_ = std::fopen((folder_ / "log.txt").c_str(), "a");
    if (log_ == nullptr) throw DataError("cannot write " + (folder_ / "log.txt").string());
    for (const auto& line : early_) log(line);
    session_.prepare_evaluation();
    take_up();
    first_ = session_.round();
    tables_.emplace(folder_, first_, !session_.matrices().empty());
    fs::create_directories(folder_ / "samples");
    if (first_ == 0) picture();
}

FolderRun::~FolderRun() {
    if (log_ != nullptr) std::fclose(log_);
}

// A log that cannot be written is no reason to lose the run: where the disk is full, its next checkpoint says so.
void FolderRun::log(const std::string& line) {
    std::fputs((line + "\n").c_str(), log_);
    std::fflush(log_);
}

void FolderRun::say(const std::string& line) {
    if (log_ != nullptr) log(line);
    else early_.push_back(line);
    observer_.on_message(line);
}

Changes FolderRun::changes_since() const { return changes_between(earlier_toml_, toml_, keys_at_default(resolved(session_.experiment()))); }

// A new folder appears whole, with run.toml and env.json, or not at all.
void FolderRun::prepare() {
    std::error_code ignored;
    if (fs::exists(folder_, ignored)) {
        if (!options_.resume)
            throw ConfigError(folder_.string() + " exists; expected a new folder (--out), or --resume to go on with the run in it");
        if (!fs::exists(folder_ / "run.toml", ignored)) throw ConfigError(folder_.string() + " is no run folder: it has no run.toml");
        lock_.emplace(folder_, "run");
        earlier_toml_ = read_text(folder_ / "run.toml");
        if (const Changes changes = changes_since(); !changes.keys.empty())
            throw ConfigError(
                fmt::format("{} holds another experiment: {} differ{}; expected the same file, seed and --set as when it began, but for "
                            "train.rounds, train.epochs, "
                            "train.checkpoint_every, train.snapshot_every and evaluation.every, or another --out",
                            folder_.string(), join(changes.keys), changes.keys.size() == 1 ? "s" : ""));
        return;
    }
    const fs::path fresh = folder_.string() + ".new-" + std::to_string(::getpid());
    try {
        fs::create_directories(fresh);
        write_file(fresh / "run.toml", toml_);
        write_file(fresh / "env.json", environment_json(session_.images()).dump(2) + "\n");
        fs::rename(fresh, folder_);
    } catch (const fs::filesystem_error& error) {
        fs::remove_all(fresh, ignored);
        throw DataError(
            fmt::format("cannot make the run folder {}: {}; choose another with --out", folder_.string(), error.code().message()));
    } catch (const Error&) {  // a full disk
        fs::remove_all(fresh, ignored);
        throw;
    }
    lock_.emplace(folder_, "run");
}

void FolderRun::take_up() {
    if (!options_.resume) return;
    const auto found = checkpoint_to_go_on_from();
    if (config::without_set_by(earlier_toml_) != config::without_set_by(toml_))
        go_on_otherwise(found);  // who said a value makes no other experiment
    if (!found) return say("no checkpoint to go on from: starting from the first round");
    session_.restore({found->round, found->state, found->ledger, found->stop_reason});
    counted_since_ = read_pulse_counts(folder_ / "pulses", found->round, session_.model());
    checkpointed_ = found->round;
    if (fs::exists(folder_ / "times.csv")) {
        const auto times = read_csv(folder_ / "times.csv");
        const auto rounds = times.numbers("round"), walls = times.numbers("wall_s");
        for (std::size_t i = 0; i < rounds.size(); ++i)
            if (rounds[i] <= static_cast<double>(found->round)) earlier_s_ = walls[i];
    }
    say(fmt::format("going on after round {}", found->round));
}

// The last checkpoint of a finished run holds what its end did: weights folded or written into cells, an evaluation nobody had scheduled.
// To go on beyond that end, the round before it is where both runs, the one that ended and the one that never did, are the same.
std::optional<Checkpoint> FolderRun::checkpoint_to_go_on_from() {
    const fs::path folder = folder_ / "checkpoints";
    std::vector<std::string> damaged;
    auto found = newest_checkpoint(folder, &damaged);
    const std::int64_t asked = session_.n_rounds(), before = rounds_asked(earlier_toml_, session_.rounds_per_epoch());
    if (found && asked != before) {
        if (!found->stop_reason.empty())
            throw ConfigError(fmt::format("{} was ended by train.stop_on ({}); more rounds than {} would not be played", folder_.string(),
                                          found->stop_reason, found->round));
        if (asked < found->round || (asked == found->round && found->round != before))
            throw ConfigError(fmt::format(
                "{} has played {} rounds already; expected train.rounds or train.epochs for more than that, not {}, or another --out",
                folder_.string(), found->round, asked));
        if (found->round == before) found = newest_checkpoint(folder, &damaged, before);
    }
    for (const auto& text : damaged) say("passed over a damaged checkpoint: " + text);
    const std::string earlier_sha256 = sha256_hex({reinterpret_cast<const std::uint8_t*>(earlier_toml_.data()), earlier_toml_.size()});
    if (found && found->experiment_sha256 != identity_ && found->experiment_sha256 != identity_of(earlier_toml_) &&
        found->experiment_sha256 != earlier_sha256)
        throw DataError("the checkpoints in " + folder_.string() + " belong to another experiment");
    return found;
}

// Everything that the end wrote goes, and run.toml says what is asked for now. In this order a kill at any moment leaves a run that can be
// taken up.
void FolderRun::go_on_otherwise(const std::optional<Checkpoint>& from) {
    if (const auto changed = changes_since().harmless; !changed.empty()) say("asked for otherwise than before: " + join(changed));
    const std::int64_t round = from ? from->round : 0;
    if (session_.n_rounds() != rounds_asked(earlier_toml_, session_.rounds_per_epoch())) {
        for (const char* name : {"report.html", "summary.json", "hardware.json", "samples.npy"}) fs::remove(folder_ / name);
        for (const char* kind : {"checkpoints", "pulses"}) remove_checkpoints_after(folder_ / kind, round);
        for (const char* kind : {"samples", "conductance"})
            if (fs::exists(folder_ / kind))
                remove_pictures(folder_ / kind,
                                [&](std::int64_t of) { return of <= round && (kind == std::string("samples") || of % map_every() == 0); });
        keep_rounds(folder_ / "conductance/histogram.csv", map_every());
    }
    if (from && from->experiment_sha256 != identity_) {
        Checkpoint named = *from;
        named.experiment_sha256 = identity_;
        write_checkpoint(folder_ / "checkpoints", named);
    }
    write_file(folder_ / "run.toml", toml_, Replace::yes);
}

double FolderRun::wall_s() const { return earlier_s_ + now_s() - start_s_; }

bool FolderRun::advance() {
    last_quality_.reset();
    if (session_.finished()) return false;
    if (session_.round() > 0 && session_.round() + 1 == session_.n_rounds())
        checkpoint();  // what a run goes on from that is asked for more rounds later
    last_ = session_.step();
    tables_->metrics(last_);
    const auto& e = session_.experiment();
    if (session_.finished()) session_.deploy();
    if (session_.finished() || due(e.evaluation.every)) evaluate();
    if (session_.finished() && session_.deploy()) evaluate();  // an evaluation has just ended the run
    if (session_.finished() || due(e.train.snapshot_every)) picture();
    if (session_.finished() || due(e.train.checkpoint_every)) checkpoint();
    observer_.on_round(session_, last_);
    return true;
}

// Eight to sixteen maps of conductances a run: each is large, and conductances move slowly. Doubling keeps the maps of a longer run among
// those of a shorter one.
std::int64_t FolderRun::map_every() const {
    constexpr std::int64_t fewest = 8;
    std::int64_t every = std::max<std::int64_t>(1, session_.experiment().train.snapshot_every);
    while (session_.n_rounds() / (2 * every) >= fewest) every *= 2;
    return every;
}

void FolderRun::picture() {
    const auto pixels = session_.snapshot();
    const Dataset& d = session_.images();
    const std::int64_t round = session_.round();
    const std::string name = fmt::format("{:06d}.png", round);
    write_png(folder_ / "samples" / name,
              sample_grid(pixels, session_.n_snapshot(), d.channels, d.height, d.width, session_.model().n_classes), Replace::yes);
    if (session_.matrices().empty()) return;
    if (round != 0 && round != session_.n_rounds() && round % map_every() != 0) return;
    write_png(folder_ / "conductance" / name, conductance_map(session_.model()), Replace::yes);
    tables_->histogram(round, conductance_histogram(session_.model()));
}

void FolderRun::evaluate() {
    final_quality_ = session_.evaluate();
    last_quality_ = final_quality_;
    tables_->quality(session_.round(), final_quality_);
    observer_.on_quality(session_, final_quality_);
}

void FolderRun::checkpoint() {
    if (checkpointed_ == session_.round()) return;
    tables_->sync();
    const SessionState s = session_.state();
    if (!session_.matrices().empty())
        write_pulse_counts(folder_ / "pulses", s.round, counted_since_, session_.model());  // first: a checkpoint finds its counts
    write_checkpoint(folder_ / "checkpoints", {s.round, s.tensors, s.ledger, identity_, s.stop_reason});
    checkpointed_ = s.round;
    std::string times = fs::exists(folder_ / "times.csv") ? read_text(folder_ / "times.csv") : "round,wall_s\n";
    times += fmt::format("{},{:.3f}\n", s.round, wall_s());
    write_file(folder_ / "times.csv", times, Replace::yes);
}

const gan::Quality& FolderRun::finish() {
    // Taken up after the last round: its evaluation is booked and in the table already, but samples and quality were not kept.
    if (first_ == session_.n_rounds()) {
        if (first_ == 0) evaluate();
        else final_quality_ = session_.evaluate_unbooked();
    }
    tables_->sync();
    const Dataset& d = session_.images();
    write_file(folder_ / "samples.npy", images_npy(session_.evaluated(), d.channels, d.height, d.width), Replace::yes);
    RunEnd end{session_.n_rounds(), session_.stop_reason(), wall_s(), 0, 0, 0, session_.deployment(), final_quality_, counted_since_};
    // From the table of all rounds, because this process may have played none of them.
    const auto table = read_csv(folder_ / "metrics.csv");
    const auto energy_J = table.numbers("update_energy_J");
    const auto epoch = static_cast<std::size_t>(session_.rounds_per_epoch());
    for (std::size_t i = epoch - 1; i < energy_J.size(); i += epoch) end.sampled_per_epoch_J += energy_J[i];
    if (!table.rows.empty()) end.loss_d = table.numbers("loss_d").back(), end.loss_g = table.numbers("loss_g").back();
    const auto& e = session_.experiment();
    write_file(folder_ / "hardware.json",
               hardware_json(e, session_.model().placement, session_.ledger(), session_.n_rounds(), end.sampled_per_epoch_J,
                             lifetime_of(session_.model(), e.nonideal))
                       .dump(1) +
                   "\n",
               Replace::yes);
    write_file(folder_ / "summary.json", summary_json(e, session_.model(), d, session_.ledger(), end).dump(2) + "\n", Replace::yes);
    if (options_.report) {
        auto input = report::describe_runs({report::read_run(folder_.string())});
        report::write_report(input, (folder_ / "report.html").string(), true);
    }
    return final_quality_;
}

}  // namespace ganbar
