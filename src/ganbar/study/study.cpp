#include "ganbar/study/study.h"

#include <fmt/format.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <nlohmann/json.hpp>

#include "ganbar/core/root_sum_square.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/data/csv.h"
#include "ganbar/report/number_text.h"

namespace ganbar::study {
namespace fs = std::filesystem;

Study::Study(const ReproduceOptions& options, const Context& context, const std::string& name, std::string preset,
             std::vector<std::string> sets)
    : o_(options), context_(context), name_(name), preset_(std::move(preset)), sets_(std::move(sets)) {}

void Study::begin(const std::vector<StudySweep>& sweeps, std::vector<std::string> own) {
    for (const auto& sweep : sweeps)
        for (const auto& point : sweep.points) own.insert(own.end(), point.sets.begin(), point.sets.end());
    check_sets(o_.sets, own);
    context_.check_images(experiment({}));
    folder_.emplace(o_.out, "reproduce " + name_ + (o_.full ? " --full" : ""));
}

Experiment Study::experiment(const std::vector<std::string>& own) const {
    auto sets = sets_;
    sets.insert(sets.end(), own.begin(), own.end());
    sets.insert(sets.end(), o_.sets.begin(), o_.sets.end());
    return context_.load(preset_, sets);
}

std::string Study::key_of(const StudySweep& sweep, std::size_t point) {
    const auto& p = sweep.points.at(point);
    return p.sets.empty() ? "baseline" : fmt::format("{}/{:g}", sweep.key, p.x);
}

void Study::play(const StudySweep& sweep) {
    for (std::size_t i = 0; i < sweep.points.size(); ++i)
        train(key_of(sweep, i), sweep.points[i].sets.empty() ? "baseline" : fmt::format("{} {:g}", sweep.title, sweep.points[i].x),
              sweep.points[i].sets);
    sweeps_.push_back(sweep);
}

void Study::train(const std::string& key, const std::string& label, const std::vector<std::string>& own) {
    if (runs_.contains(key)) return;
    for (std::int64_t seed = 1; seed <= o_.seeds; ++seed) {
        auto sets = own;
        sets.push_back(fmt::format("experiment.seed={}", seed));
        const RunResult result =
            context_.train(experiment(sets), o_.out / "runs" / key / fmt::format("seed{}", seed), fmt::format("{} seed {}", key, seed));
        wall_s_ += result.wall_s;
        report::RunData data = report::read_run(result.folder.string());
        data.group = label;
        data.label = fmt::format("seed {}", seed);
        runs_[key].push_back(std::move(data));
    }
}

std::int64_t Study::rounds() const {
    const auto rounds = experiment({}).train.rounds;
    if (rounds == 0) throw ConfigError("train.rounds = 0; expected the number of rounds of every run");
    return rounds;
}

bool Study::learned() const { return mean_error(values("baseline", "precision")).mean >= gan::QualitySpec{}.learned_precision; }

std::string Study::command() const {
    std::string out =
        fmt::format("ganbar reproduce {}{}{} --seeds {}", name_, o_.full ? " --full" : "", o_.quick ? " --quick" : "", o_.seeds);
    for (const auto& set : o_.sets) out += fmt::format(" --set \"{}\"", set);
    return out;
}

std::vector<double> Study::values(const std::string& key, const std::string& name) const {
    std::vector<double> out;
    if (const auto it = runs_.find(key); it != runs_.end())
        for (const auto& r : it->second)
            if (const auto v = r.summary.number(name)) out.push_back(*v);
    return out;
}

report::Series Study::curve(const StudySweep& sweep, const std::string& measure, const std::string& name) const {
    report::Series s;
    s.name = name;
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        const auto v = values(sweep, i, measure);
        if (v.empty() || (sweep.log_x && sweep.points[i].x <= 0)) continue;
        const auto [lo, hi] = std::minmax_element(v.begin(), v.end());
        s.x.push_back(sweep.points[i].x);
        s.y.push_back(mean_error(v).mean);
        s.lo.push_back(*lo), s.hi.push_back(*hi);
    }
    return s;
}

report::Gallery Study::pictures(const StudySweep& sweep) const {
    report::Gallery g;
    g.title = "Images: " + sweep.title;
    g.caption = "First seed, the same latent vectors at every point.";
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        const auto it = runs_.find(key_of(sweep, i));
        if (it != runs_.end() && !it->second[0].samples.empty())
            g.pictures.push_back({fmt::format("{:g}{}", sweep.points[i].x, sweep.x_unit), it->second[0].samples.back().path, ""});
    }
    return g;
}

report::TextTable Study::table(const StudySweep& sweep, const std::vector<std::pair<std::string, std::string>>& measures) const {
    report::TextTable t;
    t.title = sweep.title;
    t.caption = o_.seeds == 1 ? "One seed." : fmt::format("Mean over {} seeds, lowest to highest in brackets.", o_.seeds);
    t.columns = {sweep.x_label};
    for (const auto& [key, name] : measures) t.columns.push_back(name);
    for (std::size_t i = 0; i < sweep.points.size(); ++i) {
        std::vector<std::string> row{fmt::format("{:g}{}", sweep.points[i].x, sweep.x_unit)};
        for (const auto& [key, name] : measures) {
            const auto v = values(sweep, i, key);
            if (v.empty()) {
                row.push_back("");
                continue;
            }
            const auto [lo, hi] = std::minmax_element(v.begin(), v.end());
            row.push_back(v.size() == 1 ? report::format_number(v[0], 3)
                                        : fmt::format("{} ({} to {})", report::format_number(mean_error(v).mean, 3),
                                                      report::format_number(*lo, 3), report::format_number(*hi, 3)));
        }
        t.rows.push_back(std::move(row));
    }
    return t;
}

void Study::write_results(const std::vector<std::string>& measures, const std::vector<std::string>& beside) const {
    nlohmann::ordered_json all = nlohmann::ordered_json::array();
    std::string csv = "sweep,x,seed";
    for (const auto& m : measures) csv += "," + m;
    csv += "\n";
    const auto add = [&](const std::string& sweep, double x, const std::string& key) {
        nlohmann::ordered_json row{{"sweep", sweep}, {"x", x}};
        for (const auto& m : measures) row[m] = values(key, m);
        all.push_back(row);
        for (std::size_t seed = 0; seed < runs(key).size(); ++seed) {
            csv += fmt::format("{},{:g},{}", sweep, x, seed + 1);
            for (const auto& m : measures) {
                const auto v = values(key, m);
                csv += seed < v.size() ? fmt::format(",{:.6g}", v[seed]) : ",";
            }
            csv += "\n";
        }
    };
    for (const auto& key : beside) add(key, 0, key);
    for (const auto& sweep : sweeps_)
        for (std::size_t i = 0; i < sweep.points.size(); ++i) add(sweep.key, sweep.points[i].x, key_of(sweep, i));
    write_file(o_.out / "results.json", all.dump(1) + "\n", Replace::yes);
    write_file(o_.out / "results.csv", csv, Replace::yes);
}

MeanError mean_error(const std::vector<double>& v) {
    if (v.empty()) return {std::nan(""), std::nan("")};
    const auto n = static_cast<double>(v.size());
    MeanError m;
    for (const double x : v) m.mean += x / n;
    for (const double x : v) m.error += (x - m.mean) * (x - m.mean);
    m.error = v.size() < 2 ? 0 : std::sqrt(m.error / (n - 1) / n);
    return m;
}

Optimum optimum_of(const std::vector<std::vector<double>>& by_point, Better better) {
    Optimum best;
    const double sign = better == Better::higher ? 1 : -1;
    for (std::size_t i = 1; i < by_point.size(); ++i)
        if (sign * mean_error(by_point[i]).mean > sign * mean_error(by_point[best.at]).mean) best.at = i;
    if (best.at == 0 || best.at + 1 >= by_point.size()) return best;
    const auto a = mean_error(by_point[0]), b = mean_error(by_point[best.at]);
    best.interior = by_point[0].size() > 1 && sign * (b.mean - a.mean) > 2 * root_sum_square(a.error, b.error);
    return best;
}

std::size_t breaks_at(const std::vector<std::vector<double>>& by_point, Better better, double limit) {
    const double first = mean_error(by_point.at(0)).mean;
    for (std::size_t i = 1; i < by_point.size(); ++i) {
        const double m = mean_error(by_point[i]).mean;
        if (better == Better::higher ? m < limit * first : m > limit * first) return i;
    }
    return by_point.size();
}

report::Spread spread_of(const std::vector<report::RunData>& runs, const std::string& key) {
    report::Group seeds;
    for (const auto& run : runs) seeds.runs.push_back(&run);
    return report::summary_spread(seeds, key);
}

std::string ranged_text(const report::Spread& s, double scale) {
    return s.n > 1 ? fmt::format("{:.3g} ({:.3g} to {:.3g})", scale * s.mean, scale * s.lo, scale * s.hi)
                   : fmt::format("{:.3g}", scale * s.mean);
}

}  // namespace ganbar::study
