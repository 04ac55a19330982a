#include "ganbar/exports/tensorboard.h"

#include <fmt/format.h>

#include "ganbar/data/atomic_file.h"
#include "ganbar/report/run_folder.h"
#include "ganbar/run/pictures.h"

namespace ganbar::exports {
namespace {

constexpr std::chrono::seconds longest_wait{2};  // until what was written can be seen

void picture(const std::filesystem::path& file, const std::string& tag, Summary& summary) {
    if (!std::filesystem::exists(file)) return;
    const auto shot = report::read_png_header(file.string());
    const Bytes png = read_file(file);
    constexpr std::size_t colour_type_at = 25;  // of a PNG file: behind signature, length, "IHDR", width, height, depth
    summary.image(tag, png, shot.width, shot.height, png.at(colour_type_at) == 0 ? 1 : 3);
}

}  // namespace

TensorboardObserver::TensorboardObserver(RunObserver& next, const std::filesystem::path& folder, std::filesystem::path run, bool resumed)
    : next_(next), run_(std::move(run)), folder_(folder), resumed_(resumed) {
    make_folder(folder);
}

void TensorboardObserver::start(std::int64_t round, const Session& session) {
    if (file_) return;
    file_.emplace(folder_);
    if (resumed_) file_->restart(round);
    if (round > 1) return;
    Summary before;  // of a run that begins: what it starts from
    pictures(0, session, before);
    file_->write(0, before);
}

// A run writes its pictures before it tells of the round. The histogram of round 0 would be that of round 1, so it is left out.
void TensorboardObserver::pictures(std::int64_t round, const Session& session, Summary& summary) const {
    const std::string name = fmt::format("{:06d}.png", round);
    picture(run_ / "samples" / name, "samples", summary);
    picture(run_ / "conductance" / name, "conductances", summary);
    if (round == 0 || session.matrices().empty() || !std::filesystem::exists(run_ / "conductance" / name)) return;
    std::map<std::string, Histogram> of;
    for (const auto& row : conductance_histogram(session.model())) {
        Histogram& h = of[row.layer];
        if (h.edges.empty()) h.lo = row.lo_S;
        h.edges.push_back(row.hi_S), h.counts.push_back(static_cast<double>(row.count));
    }
    for (const auto& [layer, h] : of) summary.histogram("conductance_S/" + layer, h);
}

void TensorboardObserver::on_round(const Session& session, const Round& played) {
    start(played.round, session);
    const auto& [round, epoch, r, before, after] = played;
    Summary s;
    s.scalar("loss/discriminator", r.loss_d), s.scalar("loss/generator", r.loss_g);
    s.scalar("belief/real", r.p_real), s.scalar("belief/generated", r.p_fake);
    s.scalar("pulses/set", static_cast<double>(after.n_set - before.n_set)),
        s.scalar("pulses/reset", static_cast<double>(after.n_reset - before.n_reset));
    s.scalar("energy_J/updates_of_round", after.of(Part::update) - before.of(Part::update));
    s.scalar("energy_J/updates", after.of(Part::update)), s.scalar("energy_J/reads", after.of(Part::read)),
        s.scalar("energy_J/converters", after.of(Part::converter));
    s.scalar("energy_J/noise", after.of(Part::noise)), s.scalar("energy_J/digital", after.of(Part::digital)),
        s.scalar("energy_J/amplifiers", after.of(Part::amplifier));
    s.scalar("energy_J/training", after.training_J()), s.scalar("epoch", static_cast<double>(epoch));
    pictures(round, session, s);
    file_->write(round, s);
    const auto now = std::chrono::steady_clock::now();
    if (now - flushed_ > longest_wait || session.finished()) file_->flush(), flushed_ = now;
    next_.on_round(session, played);
}

void TensorboardObserver::on_quality(const Session& session, const gan::Quality& q) {
    start(session.round(), session);
    Summary s;
    s.scalar("quality/classifier_accuracy", q.classifier_accuracy), s.scalar("quality/classifier_confidence", q.classifier_confidence);
    s.scalar("quality/frechet_distance", q.frechet_distance), s.scalar("quality/precision", q.precision),
        s.scalar("quality/recall", q.recall);
    s.scalar("quality/density", q.density), s.scalar("quality/coverage", q.coverage),
        s.scalar("quality/mean_pairwise_distance", q.mean_pairwise_distance);
    s.scalar("quality/collapsed", q.collapsed ? 1 : 0);
    file_->write(session.round(), s);
    file_->flush();
    next_.on_quality(session, q);
}

}  // namespace ganbar::exports
