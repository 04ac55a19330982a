// A device out of its measured pulses, as `ganbar device fit` makes it.
#include "ganbar/fit/families.h"
#include "ganbar/fit/verdict.h"
#include "ganbar/python/interrupt.h"

namespace ganbar::python {
namespace {

nb::dict verdict_dict(const fit::Verdict& v) {
    nb::dict out;
    out["set_step_S"] = v.set_step_S, out["reset_step_S"] = v.reset_step_S, out["balance"] = v.balance;
    out["symmetric_S"] = v.symmetric_S ? nb::object(nb::cast(*v.symmetric_S)) : nb::none();
    out["unevenness_set"] = v.unevenness_set, out["unevenness_reset"] = v.unevenness_reset;
    out["levels_set"] = v.levels_set, out["levels_reset"] = v.levels_reset, out["noise_to_step"] = v.noise_to_step,
    out["spread"] = v.spread;
    out["v_set_V"] = v.v_set_V, out["v_reset_V"] = v.v_reset_V, out["t_s"] = v.t_s, out["best_balance"] = v.best_balance;
    out["rule"] = v.rule, out["feedback"] = v.feedback, out["why"] = v.why;
    return out;
}

nb::list families_list(const std::vector<fit::FamilyFit>& families) {
    nb::list out;
    for (const auto& f : families) {
        nb::dict one, parameters;
        one["model"] = f.name, one["law"] = f.law, one["bic"] = f.bic, one["rms"] = f.rms;
        for (const auto& p : f.parameters) parameters[p.name.c_str()] = nb::make_tuple(p.value, p.lo, p.hi, p.unit);
        one["parameters"] = parameters;
        out.append(one);
    }
    return out;
}

/// `text`: the table; `file`: what it is called. `plan`, `unit`: "" = the file says it.
nb::dict fit_pulses(const std::string& text, const std::string& file, const std::string& name, const std::string& iv_text,
                    const std::string& iv_file, const std::string& plan, const std::optional<double>& read_V,
                    const std::optional<double>& width_s, const std::string& unit, const std::string& preset) {
    struct Found {
        fit::PulseData data;
        fit::DeviceFit fit;
        fit::Verdict verdict;
        std::vector<fit::FamilyFit> families;
    };
    const auto [data, fit, verdict, families] = interruptible([=] {
        Found f;
        fit::ReadOptions read;
        if (!plan.empty()) read.plan = fit::parse_plan(plan);
        read.read_V = read_V, read.width_s = width_s, read.unit = unit;
        f.data = fit::parse_pulses(text, file, read);
        f.fit = fit::fit_device(f.data);
        if (!iv_text.empty()) f.fit.iv = fit::fit_iv(iv_text, iv_file);
        f.fit.name = name;
        f.verdict = fit::judge(f.fit);
        f.families = fit::fit_families(f.data, f.fit);
        return f;
    });
    nb::dict out, rows;
    out["toml"] = fit::device_toml(fit, preset), out["notes"] = fit.notes, out["verdict"] = verdict_dict(verdict),
    out["families"] = families_list(families);
    out["n_devices"] = fit.n_devices, out["n_pulses"] = fit.n_steps, out["n_outliers"] = fit.n_outliers, out["n_wild_reads"] = fit.n_wild,
    out["read_noise_S"] = fit.read_noise_S;
    std::vector<double> v, t, g;
    std::vector<std::int64_t> device, cycle;
    for (const auto& r : data.rows)
        v.push_back(r.v_V), t.push_back(r.t_s), g.push_back(r.g_S), device.push_back(r.device), cycle.push_back(r.cycle);
    rows["device"] = give(std::move(device)), rows["cycle"] = give(std::move(cycle)), rows["v_V"] = give(std::move(v)),
    rows["t_s"] = give(std::move(t)), rows["g_S"] = give(std::move(g));
    out["data"] = rows;
    return out;
}

}  // namespace

void bind_fit(nb::module_& m) {
    m.def("fit_pulses", &fit_pulses, nb::arg("text"), nb::arg("file"), nb::arg("name"), nb::arg("iv_text"), nb::arg("iv_file"),
          nb::arg("plan"), nb::arg("read_V").none(), nb::arg("width_s").none(), nb::arg("unit"), nb::arg("preset"));
    m.def(
        "toml_dict", [](const std::string& text, const std::string& file) { return dict_of(*config::parse_toml(text, file)); },
        nb::arg("text"), nb::arg("file"));
}

}  // namespace ganbar::python
