#include "ganbar/study/study_wires.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>

#include "ganbar/data/csv.h"
#include "ganbar/report/aggregate.h"
#include "ganbar/report/write_report.h"
#include "ganbar/study/study.h"
#include "ganbar/study/wire_figures.h"

namespace ganbar::study {
namespace fs = std::filesystem;
namespace {

/// One setting, and its trainings, one a seed.
struct Point {
    std::string key, label;
    double r_ohm = 0;
    std::vector<std::string> sets;
    std::string preset = "satyam2022-wires";
    double x = r_ohm;  ///< where the point stands in its chart
    std::vector<report::RunData> runs = {};
    /// Floating lines are not solved in batches (and would warn): a training takes some twenty times the others', and gets one seed.
    bool floats() const { return key.starts_with("floating"); }
    std::int64_t n_seeds(std::int64_t asked) const { return floats() ? 1 : asked; }
    report::Spread spread(const char* name) const { return spread_of(runs, name); }
    double mean(const char* name) const { return spread(name).mean; }
    double update_time_s() const {
        double sum = 0;
        for (const auto& r : runs) sum += r.hardware.busy_s("update");
        return sum / static_cast<double>(runs.size());
    }
    double area_m2() const { return runs.front().hardware.total("area_with_periphery_m2").value_or(std::nan("")); }
};

class WireStudy {
public:
    WireStudy(const StudyOptions& o, const Context& context)
        : o_(o),
          n_seeds_(o.seeds_or(3, 1)),
          context_(context),
          rounds_(o.rounds_or(200, 60)),
          base_(context.load("satyam2022-wires", o.sets)) {}

    void play() {
        choose();
        std::vector<std::string> own = amplitudes(1);  // of satyam2022-wires-lowg, as the next two
        for (const char* key : {"device.g_min=", "device.g_max=", "wires.mode=", "wires.scheme=", "hardware.kind="}) own.push_back(key);
        for (const Point* p : all()) own.insert(own.end(), p->sets.begin(), p->sets.end());
        check_sets(o_.sets, with(own, size(0)));
        for (const Point* p : all()) experiment(*p, 1, {});
        context_.check_images(base_);
        const StudyFolder held(o_.out, o_.name("wires", rounds_));
        for (std::int64_t seed = 1; seed <= n_seeds_; ++seed)  // a study that is stopped has whole seeds
            for (const Point* p : all())
                if (seed <= p->n_seeds(n_seeds_)) train(*p, seed);
        for (auto* group : groups())
            for (Point& p : *group)
                for (std::int64_t seed = 1; seed <= p.n_seeds(n_seeds_); ++seed) {
                    p.runs.push_back(report::read_run(folder(p, seed).string()));
                    p.runs.back().group = p.label;
                }
        write();
    }

private:
    static std::vector<std::string> at(double r_ohm) {
        return {fmt::format("wires.rw={:g} ohm", r_ohm), fmt::format("wires.rb={:g} ohm", r_ohm)};
    }
    static std::vector<std::string> size(int n) {
        return {fmt::format("tile.rows={}", n), fmt::format("tile.cols={}", n), "tile.placement=blockwise"};
    }
    /// All amplitudes of the preset, scaled.
    static std::vector<std::string> amplitudes(double scale) {
        return {fmt::format("train.manhattan.v_set={:g} V", 1.0 * scale), fmt::format("train.manhattan.v_reset={:g} V", -1.2 * scale),
                fmt::format("train.manhattan.v_set_end={:g} V", 0.83 * scale),
                fmt::format("train.manhattan.v_reset_end={:g} V", -1.0 * scale)};
    }
    static std::vector<std::string> with(std::vector<std::string> a, const std::vector<std::string>& b) {
        a.insert(a.end(), b.begin(), b.end());
        return a;
    }

    void choose() {
        ladder_.push_back({"ideal", "ideal wires", 0, {"wires.mode=ideal"}});
        for (const double r : o_.quick ? std::vector<double>{0.1, 1} : std::vector<double>{0.01, 0.1, 0.3, 1, 5, 20})
            ladder_.push_back({fmt::format("r{:g}", r), fmt::format("64 x 64, {:g} ohm", r), r, at(r)});
        for (const double r : o_.quick ? std::vector<double>{1} : std::vector<double>{1, 5, 20})
            small_ladder_.push_back({fmt::format("small16-r{:g}", r), fmt::format("16 x 16, {:g} ohm", r), r, with(at(r), size(16))});
        if (!o_.quick) vary();
        remedies_.push_back(small_ladder_.front());
        remedies_.push_back({"low", "64 x 64, conductances eight times lower, 1 ohm", 1, {}, "satyam2022-wires-lowg"});
        if (!o_.quick) {
            remedies_.push_back({"small32", "32 x 32, 1 ohm", 1, with(at(1), size(32))});
            remedies_.push_back({"third", "64 x 64, V/3, 1 ohm", 1, with(at(1), {"wires.scheme=third"})});
            const std::vector<std::string> rows = {"wires.compensation=rows", "wires.most_gain=2"}, gains = {"wires.read_gain=lines"};
            remedies_.push_back({"rows", "64 x 64, driver of each row scaled, 1 ohm", 1, with(at(1), rows)});
            remedies_.push_back({"gains", "64 x 64, gain of each line, 1 ohm", 1, with(at(1), gains)});
            remedies_.push_back({"rows-gains", "64 x 64, drivers and gains, 1 ohm", 1, with(with(at(1), rows), gains)});
            remedies_.push_back({"amplitude", "64 x 64, amplitudes 1.4 times as high, 1 ohm", 1, with(at(1), amplitudes(1.4))});
        }
    }

    /// Array size, terminals and scheme at 0.1 ohm a segment, one at a time.
    void vary() {
        const Point& middle = *std::find_if(ladder_.begin(), ladder_.end(), [](const Point& p) { return p.key == "r0.1"; });
        for (const int n : {16, 32, 64, 128, 256}) {
            sizes_.push_back(n == 64 ? middle
                                     : Point{fmt::format("size{}", n), fmt::format("{0} x {0}, 0.1 ohm", n), 0.1, with(at(0.1), size(n))});
            sizes_.back().x = n;
        }
        for (const int r : {1, 10, 50}) {
            terminals_.push_back(r == 1
                                     ? middle
                                     : Point{fmt::format("terminal{}", r), fmt::format("64 x 64, 0.1 ohm, terminals of {} ohm", r), 0.1,
                                             with(at(0.1), {fmt::format("wires.rdrv={} ohm", r), fmt::format("wires.rsense={} ohm", r)})});
            terminals_.back().x = r;
        }
        for (const auto& [scheme, name] :
             std::vector<std::pair<std::string, std::string>>{{"third", "V/3"}, {"grounded", "grounded"}, {"floating", "floating"}})
            others_.push_back(
                {scheme + "-r0.1", fmt::format("64 x 64, {}, 0.1 ohm", name), 0.1, with(at(0.1), {"wires.scheme=" + scheme})});
        others_.push_back({"threshold-r0.01", "64 x 64, 0.01 ohm, threshold at 0.65 V", 0.01,
                           with(at(0.01), {"wires.rdrv=0.01 ohm", "wires.rsense=0.01 ohm", "device.threshold=0.65 V"})});
    }

    fs::path folder(const Point& p, std::int64_t seed, bool sequential) const {
        return o_.out / "runs" / fmt::format("{}-seed{}{}", p.key, seed, sequential ? "-sequential" : "");
    }
    /// That of the training that counts.
    fs::path folder(const Point& p, std::int64_t seed) const { return folder(p, seed, fs::exists(folder(p, seed, true))); }

    /// Pulses in batches, and one phase after the other where cells move too far for that.
    void train(const Point& p, std::int64_t seed) const {
        if (!fs::exists(folder(p, seed, true))) {
            const bool batched = p.key != "ideal" && !p.floats();
            try {
                train(p, seed, batched ? std::vector<std::string>{"wires.programming=batched"} : std::vector<std::string>{}, false);
                return;
            } catch (const NumericError& fault) {
                if (!batched) throw;
                context_.say(fmt::format("  not in batches: {}", fault.what()));
            }
        }
        train(p, seed, {"wires.programming=sequential"}, true);
    }

    Experiment experiment(const Point& p, std::int64_t seed, const std::vector<std::string>& form) const {
        return context_.load(p.preset, with(with(with(p.sets, form), wires_training(rounds_, seed)), o_.sets));
    }

    void train(const Point& p, std::int64_t seed, const std::vector<std::string>& form, bool sequential) const {
        context_.train(experiment(p, seed, form), folder(p, seed, sequential), fmt::format("{}, seed {}", p.label, seed));
    }

    std::string seeds_said() const { return n_seeds_ == 1 ? "one seed" : fmt::format("means over {} seeds with the range", n_seeds_); }

    using Curves = std::vector<std::pair<std::string, const std::vector<Point>*>>;

    report::Chart quality_chart(const std::string& title, const std::string& x_label, const std::string& x_unit,
                                const Curves& curves) const {
        report::Chart chart;
        chart.title = title;
        chart.caption = fmt::format("Of {}; {} rounds, {}. Dashed: coverage with ideal wires.", data_text(base_), rounds_, seeds_said());
        report::ChartView view{"", x_label, x_unit, "", "", {}, true};
        for (const auto& [name, points] : curves)
            for (const auto& [measure, key] :
                 std::vector<std::pair<std::string, const char*>>{{"accuracy", "classifier_accuracy"}, {"coverage", "coverage"}}) {
                report::Series s{name.empty() ? measure : measure + ", " + name, {}, {}, {}, {}};
                for (const Point& p : *points) {
                    if (p.x <= 0) continue;  // ideal wires have no place on a logarithmic axis
                    const report::Spread spread = p.spread(key);
                    s.x.push_back(p.x), s.y.push_back(spread.mean);
                    if (n_seeds_ > 1) s.lo.push_back(spread.lo), s.hi.push_back(spread.hi);
                }
                if (!s.x.empty()) view.series.push_back(std::move(s));
            }
        chart.views.push_back(std::move(view));
        chart.references = {{"coverage with ideal wires", ladder_.front().mean("coverage")}};
        chart.y_lo = 0, chart.y_hi = 1;
        return chart;
    }

    std::vector<std::vector<Point>*> groups() { return {&ladder_, &small_ladder_, &sizes_, &terminals_, &others_, &remedies_}; }
    std::vector<const std::vector<Point>*> groups() const { return {&ladder_, &small_ladder_, &sizes_, &terminals_, &others_, &remedies_}; }

    /// Every setting once, in the order of the text.
    std::vector<const Point*> all() const {
        std::vector<const Point*> out;
        for (const auto* group : groups())
            for (const auto& p : *group)
                if (std::none_of(out.begin(), out.end(), [&](const Point* q) { return q->key == p.key; })) out.push_back(&p);
        return out;
    }

    report::TextTable table() const {
        report::TextTable t;
        t.title = "Every setting";
        t.caption = fmt::format(
            "{} rounds, {}{}. Energies and times are those of the whole training; area with converters.", rounds_, seeds_said(),
            n_seeds_ > 1 && !others_.empty() ? "; floating lines with seed 1 alone, as their pulses cannot be solved in batches" : "");
        t.columns = {"variant",   "accuracy", "coverage", "Frechet", "updates, mJ", "reads, mJ", "time of updates, ms",
                     "area, mm2", "crossbars"};
        for (const Point* p : all())
            t.rows.push_back({p->label, ranged_text(p->spread("classifier_accuracy"), 1), ranged_text(p->spread("coverage"), 1),
                              ranged_text(p->spread("frechet_distance"), 1), ranged_text(p->spread("update_energy_J"), 1e3),
                              ranged_text(p->spread("read_energy_J"), 1e3), fmt::format("{:.2f}", 1e3 * p->update_time_s()),
                              fmt::format("{:.3f}", 1e6 * p->area_m2()), fmt::format("{:.0f}", p->mean("n_crossbars"))});
        return t;
    }

    void write_table() const {
        fs::remove(o_.out / "results.csv");
        auto csv = CsvWriter::create(o_.out / "results.csv",
                                     {"variant", "segment_ohm", "seed", "rounds", "classifier_accuracy", "coverage", "frechet_distance",
                                      "update_energy_J", "read_energy_J", "update_time_s", "area_with_periphery_m2", "n_crossbars"});
        for (const Point* p : all())
            for (std::size_t k = 0; k < p->runs.size(); ++k) {
                const report::RunData& run = p->runs[k];
                const auto number = [&](const char* name) { return run.summary.number(name).value_or(std::nan("")); };
                csv.row({p->label, p->r_ohm, static_cast<std::int64_t>(k + 1), rounds_, number("classifier_accuracy"), number("coverage"),
                         number("frechet_distance"), number("update_energy_J"), number("read_energy_J"), run.hardware.busy_s("update"),
                         p->area_m2(), number("n_crossbars")});
            }
        csv.sync();
    }

    static bool good(const Point& p) { return p.mean("classifier_accuracy") >= 0.9 && p.mean("coverage") >= 0.3; }

    std::string verdict() const {
        double last_good = -1, first_bad = -1;
        for (const Point& p : ladder_) {
            if (good(p) && first_bad < 0) last_good = p.r_ohm;
            if (!good(p) && first_bad < 0) first_bad = p.r_ohm;
        }
        std::string text = good(ladder_.front())
                               ? fmt::format("With ideal wires the GAN reaches accuracy {:.2f} at coverage {:.2f} in {} rounds. ",
                                             ladder_.front().mean("classifier_accuracy"), ladder_.front().mean("coverage"), rounds_)
                               : fmt::format(
                                     "Even with ideal wires {} rounds do not reach accuracy 0.9 at coverage 0.3; read the rows below as a "
                                     "comparison, not as limits. ",
                                     rounds_);
        if (last_good > 0) text += fmt::format("In 64 x 64 arrays both bounds (0.9 and 0.3) still hold at {:g} ohm a segment. ", last_good);
        if (first_bad > 0)
            text += last_good > 0
                        ? fmt::format("They fail from {:g} ohm on. ", first_bad)
                        : fmt::format(
                              "In 64 x 64 arrays accuracy 0.9 at coverage 0.3 is missed at {:g} ohm already, the least that was tried. ",
                              first_bad);
        const auto held = std::find_if(others_.begin(), others_.end(), [](const Point& p) { return p.key == "threshold-r0.01"; });
        if (held != others_.end() && good(*held) && first_bad == 0.01)
            text += fmt::format(
                "With a threshold of 0.65 V, which half-selected cells do not reach, 0.01 ohm gives accuracy {:.2f} at coverage {:.2f}: "
                "what "
                "fails there is half-selection, not the drop along the wires. ",
                held->mean("classifier_accuracy"), held->mean("coverage"));
        text += "\n\n";
        for (const Point& p : remedies_) {
            text += fmt::format("- {}: accuracy {:.2f}, coverage {:.2f}{}; updates {:.3g} mJ, {:.2f} ms, {:.3g} mm2 with converters\n",
                                p.label, p.mean("classifier_accuracy"), p.mean("coverage"), good(p) ? " (enough)" : " (not enough)",
                                1e3 * p.mean("update_energy_J"), 1e3 * p.update_time_s(), 1e6 * p.area_m2());
        }
        return text;
    }

    std::string variations() const {
        std::string text;
        for (const auto* group : {&sizes_, &terminals_, &others_})
            for (const Point& p : *group)
                if (group == &sizes_ || p.key != "r0.1")
                    text +=
                        fmt::format("- {}: accuracy {:.2f}, coverage {:.2f}{}; updates {:.3g} mJ\n", p.label, p.mean("classifier_accuracy"),
                                    p.mean("coverage"), good(p) ? "" : " (not enough)", 1e3 * p.mean("update_energy_J"));
        return text;
    }

    void write() {
        const WireFigures figures(base_);
        report::ReportInput input;
        input.title = "What the founding GAN needs of its wires";
        input.intro =
            "satyam2022's crossbar GAN trained through exact wires: IR drop, sneak paths and half-selected cells in every read and every "
            "pulse.";
        for (const Point* p : all()) input.runs.insert(input.runs.end(), p->runs.begin(), p->runs.end());
        report::Gallery samples;
        samples.title = "Samples", samples.caption = "Same latent vectors, at the end of each training with seed 1.";
        for (const Point* p : all())
            if (!p->runs.front().samples.empty()) samples.pictures.push_back({p->label, p->runs.front().samples.back().path, ""});
        input.findings.push_back({"Where the published result stops holding, and what brings it back",
                                  verdict(),
                                  {quality_chart("Quality against segment resistance", "segment resistance", "ohm",
                                                 {{"64 x 64", &ladder_}, {"16 x 16", &small_ladder_}}),
                                   table(), samples}});
        if (!sizes_.empty())
            input.findings.push_back(
                {"Array size, terminals and scheme at 0.1 ohm a segment",
                 variations(),
                 {quality_chart("Quality against array size", "lines an array", "", {{"", &sizes_}}),
                  quality_chart("Quality against terminals", "driver and sense resistance", "ohm", {{"", &terminals_}})}});
        const std::vector<double> r = o_.quick ? std::vector<double>{0.1, 1, 10} : std::vector<double>{0.01, 0.03, 0.1, 0.3, 1, 3, 10, 20};
        input.findings.push_back(
            {"What arrives of a pulse",
             "A pulse meets the resistance of its driver and of every segment on its way, loaded by all cells of both lines. The step of "
             "this device falls about tenfold for every 0.23 V.",
             {figures.voltage_map({64, 0.1, 1}), figures.voltage_map({64, 1, 1}), figures.delivered_by_resistance(r, {0.1, 1, 10, 100}),
              figures.delivered_by_size(o_.quick ? std::vector<double>{16, 32, 64} : std::vector<double>{16, 32, 64, 128, 256},
                                        {0.1, 1, 5}),
              figures.obtained_updates({0.01, 0.1, 1})}});
        input.findings.push_back(
            {"What a read sees",
             "The loss is the same for forward and transposed reads, and the gradient is computed through it: a network trained in place "
             "adapts to it, one trained elsewhere does not.",
             {figures.read_map({64, 1, 1}),
              figures.read_by_resistance(r, o_.quick ? std::vector<double>{16, 64} : std::vector<double>{16, 32, 64, 128, 256})}});
        std::vector<ArrayCase> cases;
        for (const Scheme s : {Scheme::half, Scheme::third, Scheme::grounded, Scheme::floating}) cases.push_back({64, 1, 1, s});
        for (const WriteCompensation c : {WriteCompensation::rows, WriteCompensation::cells})
            if (!o_.quick) cases.push_back({64, 1, 1, Scheme::half, c});
        for (const std::size_t n : {std::size_t{16}, std::size_t{32}}) cases.push_back({n, 1, 1, Scheme::half});
        input.findings.push_back(
            {"Schemes and compensation", "Unselected lines decide how much the other cells see, and burn.", {figures.schemes(cases)}});
        input.reproduce_commands = {o_.command("wires", n_seeds_)};
        report::write_report(input, (o_.out / "report.html").string(), true);
        write_table();
    }

    const StudyOptions& o_;
    std::int64_t n_seeds_;
    const Context& context_;
    std::int64_t rounds_;
    Experiment base_;
    std::vector<Point> ladder_, small_ladder_, sizes_, terminals_, others_, remedies_;
};

}  // namespace

std::vector<std::string> wires_training(std::int64_t rounds, std::int64_t seed) {
    return {fmt::format("train.rounds={}", rounds), fmt::format("train.anneal_from={}", rounds / 5),
            fmt::format("train.anneal_rounds={}", rounds - rounds / 5), fmt::format("experiment.seed={}", seed),
            fmt::format("train.snapshot_every={}", std::max<std::int64_t>(1, rounds / 4))};
}

void study_wires(const StudyOptions& options, const Context& context) { WireStudy(options, context).play(); }

}  // namespace ganbar::study
