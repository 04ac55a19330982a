// Lin et al., "Demonstration of GAN by Intrinsic Random Noises of Analog RRAM Devices", IEDM 2018, 3.4.1: diversity against the noise of
// the cells. Layers, levels and sizes of the noise are not known to us; what is held against the paper is the shape of the curve.
#include <fmt/format.h>

#include "ganbar/run/pictures.h"
#include "ganbar/study/study.h"

namespace ganbar::study {
using report::Chart;
using report::ChartView;
using report::Finding;

namespace {

const std::vector<std::string> lin_measures = {"coverage",          "recall",
                                               "precision",         "label_entropy",
                                               "n_classes_present", "mean_pairwise_distance",
                                               "frechet_distance",  "classifier_accuracy",
                                               "update_energy_J",   "cells_used",
                                               "n_crossbars"};

StudySweep sweep_of(std::string key, std::string title, const std::vector<double>& values, const std::vector<std::string>& settings,
                    std::string note) {
    StudySweep s{std::move(key), std::move(title), "noise", "", {}, std::move(note), false};
    for (const double v : values) {
        SweepPoint point{v, {}};
        if (v > 0)
            for (const auto& setting : settings)
                point.sets.push_back(setting.find('=') == std::string::npos ? fmt::format("{}={:g}", setting, v) : setting);
        s.points.push_back(std::move(point));
    }
    return s;
}

class Lin {
public:
    Lin(const ReproduceOptions& o, const Context& context)
        : o_(o),
          context_(context),
          study_(o, context, "lin2018", "lin2018", {fmt::format("train.rounds={}", o.quick ? 2000 : 6000)}),
          rounds_(study_.rounds()) {
        const auto list = [&](std::vector<double> all, std::vector<double> few) { return o.quick ? few : all; };
        sweeps_ = {
            sweep_of("write_noise", "Write noise",
                     list({0, 0.0001, 0.0002, 0.0005, 0.001, 0.002, 0.005, 0.01, 0.02, 0.05}, {0, 0.002, 0.005, 0.01, 0.05}),
                     {"nonideal.write_noise"},
                     "Error of every pulse that moved its cell, standard deviation over the window; a pulse alone moves its cell by 0.0011 "
                     "of it."),
            sweep_of("read_noise", "Read noise", list({0, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2}, {0, 0.01, 0.02, 0.05, 0.1}),
                     {"nonideal.read_noise"},
                     "Fluctuation of every cell in every read of every pass, standard deviation over the window. The generator's output "
                     "layer carries it into the discriminator's input: device noise as instance noise."),
            sweep_of("instance_fake", "Instance noise on generated images", list({0, 0.05, 0.1, 0.2, 0.4, 0.8}, {0, 0.05, 0.1, 0.2, 0.4}),
                     {"train.instance_noise", "train.noise_on_real=false"},
                     "Noise of a noisy generator array alone, as the group's patent uses it: on generated images, not on real ones. Pixels "
                     "span [-1, 1]."),
            sweep_of("instance_both", "Instance noise on all images", list({0, 0.05, 0.1, 0.2, 0.4, 0.8}, {0, 0.05, 0.1, 0.2, 0.4}),
                     {"train.instance_noise"}, "Instance noise as it is defined: on real and generated images alike."),
        };
    }

    void play() {
        study_.begin(sweeps_, {});
        for (const auto& s : sweeps_) study_.play(s);
        study_.write_results(lin_measures);
        write();
    }

private:
    std::vector<std::vector<double>> by_point(const StudySweep& s, const std::string& measure) const {
        std::vector<std::vector<double>> out;
        for (std::size_t i = 0; i < s.points.size(); ++i) out.push_back(study_.values(s, i, measure));
        return out;
    }

    static std::string text(const MeanError& m, std::size_t n) {
        return n > 1 ? fmt::format("{:.3g} +- {:.1g}", m.mean, m.error) : fmt::format("{:.3g}", m.mean);
    }

    // One sentence a measure, from the numbers alone. With an aim the best is what lies nearest to it.
    std::string verdict(const StudySweep& s, const std::string& measure, const std::string& name, Better better, double aim = 0) const {
        const auto v = by_point(s, measure);
        auto judged = v;
        for (auto& point : judged)
            for (double& x : point) x = std::fabs(x - aim);
        const Optimum best = optimum_of(judged, better);
        const auto at0 = mean_error(v[0]), top = mean_error(v[best.at]), last = mean_error(v.back());
        const std::size_t n = v[0].size();
        if (best.interior)
            return fmt::format("{} is best inside the sweep, at {:g}: {} against {} without noise, and {:.3g} at the largest.", name,
                               s.points[best.at].x, text(top, n), text(at0, n), last.mean);
        if (best.at == 0)
            return fmt::format("{} is best without this noise ({}); the largest leaves {:.3g}.", name, text(at0, n), last.mean);
        if (best.at + 1 == v.size())
            return fmt::format("{} is best at the largest noise ({:.3g} against {:.3g} without).", name, top.mean, at0.mean);
        if (n < 2)
            return fmt::format("{} is best at {:g} ({} against {} without noise), but one seed shows no optimum.", name,
                               s.points[best.at].x, text(top, n), text(at0, n));
        return fmt::format(
            "{} has its best mean at {:g} ({}), which is within the spread of seeds of the value without noise ({}): no optimum is shown.",
            name, s.points[best.at].x, text(top, n), text(at0, n));
    }

    Chart chart(const StudySweep& s) const {
        Chart c;
        c.title = s.title + ": diversity and quality";
        c.caption = s.note + " Band: lowest to highest seed.";
        for (const auto& [key, name] :
             std::vector<std::pair<std::string, std::string>>{{"coverage", "coverage"},
                                                              {"recall", "recall"},
                                                              {"label_entropy", "entropy of the digits drawn"},
                                                              {"frechet_distance", "Frechet distance"},
                                                              {"mean_pairwise_distance", "mean pairwise distance"}})
            c.views.push_back({name, s.title, s.x_unit, name, "", {study_.curve(s, key, name)}, false});
        c.from_zero = true;
        return c;
    }

    void write() const {
        report::ReportInput input;
        input.title = "lin2018, reproduced";
        input.intro = fmt::format(
            "A fully connected GAN on one 1T1R array of 1,024 analog cells learns three digits of 5 x 5 pixels; how varied its images are, "
            "against the noise of its cells. {} rounds, {} seed{} a point{}.",
            rounds_, o_.seeds, o_.seeds == 1 ? "" : "s", o_.quick ? ", quick settings" : "");
        for (const auto& r : study_.runs("baseline")) input.runs.push_back(r);
        input.comparison = {
            {"cells", 1024, study_.values("baseline", "cells_used"), "",
             "generator 7-16-25 and discriminator 25-16-1 with biases in digital memory; the paper's layers are not known to us", "",
             "title data", "baseline"},
            {"crossbars", 1, study_.values("baseline", "n_crossbars"), "", "128 x 8, one transistor a cell: no sneak paths", "", "",
             "baseline"},
        };
        input.comparison_caption = "What is known of the paper's array (the size is recalled from its abstract, not confirmed).";
        const std::string warning = study_.learned() ? ""
                                                     : fmt::format(
                                                           "*Without noise the GAN has learned nothing within {} rounds* (precision "
                                                           "{:.2f}): the curves say nothing about noise.",
                                                           rounds_, mean_error(study_.values("baseline", "precision")).mean);
        for (const auto& s : sweeps_) {
            std::string text = study_.learned()
                                   ? verdict(s, "coverage", "Coverage", Better::higher) + "\n\n- " +
                                         verdict(s, "recall", "Recall", Better::higher) + "\n- " +
                                         verdict(s, "label_entropy", "The entropy of the digits drawn, nearest to 1.10 (all three alike),",
                                                 Better::lower, std::log(3.0)) +
                                         "\n- " + verdict(s, "frechet_distance", "The Frechet distance", Better::lower)
                                   : warning;
            if (s.key == "write_noise")
                text +=
                    "\n\nThe paper reports a write-noise level at which the images are most varied and the fewest modes are lost (as told "
                    "by satyam2022, sec. I); its value and its measure are not known to us.";
            input.findings.push_back({s.title,
                                      text,
                                      {chart(s),
                                       study_.table(s, {{"coverage", "coverage"},
                                                        {"recall", "recall"},
                                                        {"precision", "precision"},
                                                        {"label_entropy", "digit entropy"},
                                                        {"frechet_distance", "Frechet"},
                                                        {"mean_pairwise_distance", "pairwise"}}),
                                       study_.pictures(s)}});
        }
        input.reproduce_commands = {study_.command()};
        input.reproduce_note = fmt::format("All runs together took {:.0f} s.", study_.cpu_wall_s());
        const auto& summary = study_.runs("baseline")[0].summary;
        const Dataset real =
            resize_images(select_classes(load_dataset(summary.text("dataset"), "test", context_.places.data), summary.classes), 5, 5);
        input.real_images = {"real images", "", grid_png(real)};
        report::write_report(input, (o_.out / "report.html").string(), true);
    }

    const ReproduceOptions& o_;
    const Context& context_;
    Study study_;
    std::int64_t rounds_;
    std::vector<StudySweep> sweeps_;
};

}  // namespace

void reproduce_lin2018(const ReproduceOptions& options, const Context& context) { Lin(options, context).play(); }

}  // namespace ganbar::study
