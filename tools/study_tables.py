#!/usr/bin/env python3
"""The tables of docs that rest on the committed results of studies and reproductions (docs/results/*.csv): cells, rules, devices,
wires, noise, quality, krestinskaya2020, lin2018.

tools/study_tables.py [--check]: writes the tables between <!-- NAME --> and <!-- /NAME --> of the documents and says what tables written by hand (devices,
krestinskaya2020) do not have from their results; with --check it writes nothing and says which document does not agree. Run it after a study has been run again and its results.csv
copied to docs/results.
"""
import math
import re
import sys

from result_tables import ROOT, groups, main, mean, rows, spread, values


def number(x, digits=3):
    """As many significant digits, without an exponent."""
    if x == 0:
        return "0"
    text = f"{x:.{digits}g}"
    return f"{float(text):.{max(0, digits - 1 - int(f'{x:e}'.split('e')[1]))}f}" if "e" in text or "." in text else f"{float(text):,.0f}"


def table(head, body):
    return "\n".join("| " + " | ".join(row) + " |" for row in [head, ["---"] * len(head), *body])


def cells_table():
    head = ["cells", "ohm", "accuracy", "coverage", "Fréchet distance", "updates, mJ", "reads, mJ", "time of updates, ms", "cells, mm2", "with converters, mm2"]
    body = []
    for (cells, ohm, case), items in groups(rows("cells.csv"), "cells", "segment_ohm", "case").items():
        body.append([cells + (", ideal wires" if case == "ideal" else ""), ohm, spread(items, "classifier_accuracy", 2), spread(items, "coverage", 3), spread(items, "frechet_distance", 0),
                     number(mean(items, "update_energy_J", 1e3)), number(mean(items, "read_energy_J", 1e3)), number(mean(items, "update_time_s", 1e3)), number(mean(items, "area_m2", 1e6)),
                     number(mean(items, "area_with_periphery_m2", 1e6))])
    return table(head, body)


def energy(joule):
    for scale, unit in ((1, "J"), (1e3, "mJ"), (1e6, "µJ"), (1e9, "nJ")):
        if joule * scale >= 0.9995:
            return f"{number(joule * scale)} {unit}"
    return f"{joule:.3g} J"


def rules_table():
    """The best setting of each rule over the seeds, best first."""
    head = ["device", "rule", "best of its settings", "Fréchet distance", "coverage", "accuracy", "pulses a cell", "updates", "digital numbers a weight"]
    body = []
    for device, items in groups(rows("rules.csv"), "device").items():
        ranked = []
        for (rule,), own in groups(items, "rule").items():
            best = min((r for r in own if r["seed"] == "1"), key=lambda r: float(r["frechet_distance"]))["setting"]
            runs = [r for r in own if r["setting"] == best]
            ranked.append((mean(runs, "frechet_distance"), rule, best, runs))
        for _, rule, best, runs in sorted(ranked, key=lambda r: r[0]):
            key, value = best.split("=")
            body.append([device[0], rule, f"`{key.split('.')[-1]}={value}`",
                         spread(runs, "frechet_distance", 0), spread(runs, "coverage", 2), spread(runs, "classifier_accuracy", 2), number(mean(runs, "pulses_per_cell_mean")),
                         energy(mean(runs, "update_energy_J")), f"{float(runs[0]['digital_words_per_weight']):.0f}"])
    return table(head, body)


NOISES = {"write_noise": "write", "read_noise": "read", "instance_fake": "instance, on generated images", "instance_both": "instance, on all images"}


def with_error(items, key):
    """Mean and its standard error."""
    found = values(items, key)
    middle = sum(found) / len(found)
    return f"{middle:.3g} ± {math.sqrt(sum((x - middle) ** 2 for x in found) / (len(found) - 1) / len(found)):.2g}"


def lin2018_table():
    body = []
    for (sweep, x), items in groups(rows("lin2018.csv"), "sweep", "x").items():
        if x == "0" and body:
            continue  # every sweep begins at the same trainings
        body.append(["none" if x == "0" else NOISES[sweep], "" if x == "0" else x, *(with_error(items, k) for k in ("coverage", "recall", "frechet_distance"))])
    return table(["noise", "size", "coverage", "recall", "Frechet"], body)


# Names of the sweeps of krestinskaya2020 in its tables, and what they call a value.
TOLERANCE = {"r_on": ("spread of R_ON, of its logarithm", str), "r_off": ("spread of R_OFF, of its logarithm", str), "levels": ("levels of a cell", lambda x: f"{1 / float(x):.0f}"),
             "c2c": ("cycle-to-cycle, over the step", str), "write_noise": ("write noise, over the window", str), "stuck_on": ("cells stuck on", str), "stuck_off": ("cells stuck off", str),
             "read_noise": ("read noise, over the window", str), "image_noise": ("noise of the input images", str), "ageing": ("seconds since programming", lambda x: f"{float(x):g}"),
             "endurance": ("wear, updates over endurance", str), "wires": ("wires of the reads, ohm a segment", str), "bits": ("bits of converters in place of the analog path", lambda x: f"{1 / float(x):.0f}")}
BREAKS = 1.5  # times the distance of ideal cells


def lin2018_said():
    """Which sizes of noise help and hurt, in the sentences below the table of lin2018 and in the list of what is reproduced."""
    def distances(name):
        return {key: values(items, "frechet_distance") for key, items in groups(rows(name), "sweep", "x").items()}

    full, quick = distances("lin2018.csv"), distances("lin2018-quick.csv")
    average = lambda x: sum(x) / len(x)
    error = lambda x: (sum((v - average(x)) ** 2 for v in x) / (len(x) - 1) / len(x)) ** 0.5
    none = full["write_noise", "0"]
    clear = [key for key, x in full.items() if average(none) - average(x) > 2 * math.hypot(error(x), error(none))]
    texts = [f"(Frechet {average(none):.1f})", f"the mean distance falls from {average(quick['write_noise', '0']):.0f} to {average(quick['read_noise', '0.01']):.0f}"]
    covered = {key: average(values(items, "coverage")) for key, items in groups(rows("lin2018-quick.csv"), "sweep", "x").items()}
    lifts = [f"{covered[key]:.2f}" for key in (("write_noise", "0"), ("read_noise", "0.01"), ("instance_both", "0.2"))]
    texts += [f"{key} is clearly better than no noise" for key in clear]
    return [("docs/reproduced.md", texts[0]), ("docs/reproduced.md", f"raises the coverage from {lifts[0]} to {lifts[1]}"), ("docs/analog.md", texts[1]),
            ("docs/analog.md", "raise the mean coverage from {} to {} and {}".format(*lifts)), *(("docs/analog.md", text) for text in texts[2:])]


def whole_tolerance_table():
    """Frechet distances over that of ideal cells, of the whole network and of an eighth of its channels; bold where it breaks."""
    small, whole = (groups(rows(name), "sweep", "x") for name in ("krestinskaya2020.csv", "krestinskaya2020-full.csv"))

    def ratio(found, sweep, x):
        return mean(found[sweep, x], "frechet_distance") / mean(found[sweep, "0"], "frechet_distance")

    def times(found, sweep, x):
        text = f"{mean(found[sweep, x], 'frechet_distance'):.0f}, {ratio(found, sweep, x):.1f} times"
        return f"**{text}**" if ratio(found, sweep, x) > BREAKS else text

    body = [[TOLERANCE[sweep][0], TOLERANCE[sweep][1](x), times(small, sweep, x), times(whole, sweep, x)] for sweep, x in whole if x != "0"]
    for sweep in TOLERANCE:  # the program's choice of values is the eighth's result
        tried = [x for s, x in small if s == sweep and x != "0"]
        first = next((k for k, x in enumerate(tried) if ratio(small, sweep, x) > BREAKS), len(tried) - 1)
        first = max(first, 1)
        if [x for s, x in whole if s == sweep and x != "0"] != tried[first - 1:first + 1]:
            sys.exit(f"krestinskaya2020 --full tries other values of {sweep} than those next to where the eighth breaks: {tried[first - 1:first + 1]}")
    return table(["non-ideality", "value", "an eighth of the channels", "all channels"], body)


def tolerance_said():
    """The values of krestinskaya2020's table, each in the row of its sweep, and of what stands beside it."""
    found = groups(rows("krestinskaya2020.csv"), "sweep", "x")
    own = values(found["r_on", "0"], "frechet_distance")
    whole = mean(groups(rows("krestinskaya2020-full.csv"), "sweep", "x")["r_on", "0"], "frechet_distance")
    yield "docs/analog.md", f"({whole:.0f} against {sum(own) / len(own):.0f})"
    yield "docs/analog.md", (f"With ideal cells the Frechet distance is {sum(own) / len(own):.0f} ({min(own):.0f} to {max(own):.0f} over seeds); in software {mean(found['software', '0'], 'frechet_distance'):.0f}, "
                             f"on crossbars with digital activations and 8-bit converters {mean(found['digital', '0'], 'frechet_distance'):.0f}")
    page = (ROOT / "docs/analog.md").read_text()
    lines = {name: next(line for line in page.splitlines() if line.startswith(f"| {name} |")).replace("*", "") for sweep, (name, _) in TOLERANCE.items() if sweep != "ageing"}
    for (sweep, x), items in groups(rows("krestinskaya2020.csv"), "sweep", "x").items():
        if x == "0" or sweep not in TOLERANCE or sweep == "ageing":
            continue
        start, name = TOLERANCE[sweep]
        words = f"{name(x)}: {mean(items, 'frechet_distance'):.0f}"
        if not re.search(rf"(?<![\d.]){re.escape(words)}(?!\d)", lines[start]):
            yield "docs/analog.md", f"{start}: {words}"


def noise_table():
    head = ["latents from", "as", "Fréchet distance", "coverage", "accuracy", "updates", "noise"]
    body = []
    for (source, coding), items in groups(rows("noise.csv"), "source", "coding").items():
        noise = mean(items, "noise_energy_J")
        body.append([source, coding, spread(items, "frechet_distance", 0), spread(items, "coverage", 2), spread(items, "classifier_accuracy", 2), energy(mean(items, "update_energy_J")), energy(noise) if noise else "–"])
    return table(head, body)


def noise_said():
    """Numbers in the sentences above the table of latents."""
    found = groups(rows("noise.csv"), "source", "coding")
    signs, zeros = found["columns, as assumed", "bits, -1 and +1"], found["columns, as assumed", "bits, 0 and 1"]
    once, offset = found["columns, written once", "bits, -1 and +1"], found["columns, offset of 5 mV", "bits, -1 and +1"]
    update = mean(signs, "update_energy_J")
    words = {2: "doubles", 3: "trebles", 4: "four", 5: "five"}
    times = lambda items: words[round(mean(items, "frechet_distance") / mean(signs, "frechet_distance"))]
    worst = words[int(max(values(offset, "frechet_distance")) / mean(signs, "frechet_distance"))]
    texts = [f"What saves {100 * (1 - mean(zeros, 'update_energy_J') / update):.1f}% is the coding 0 and 1", f"costs {mean(signs, 'noise_energy_J'):.0f} J, {mean(signs, 'noise_energy_J') / update / 1000:.0f},000 times the updates",
             f"some {mean(once, 'noise_energy_J', 1e3):.0f} mJ, still {times_of(mean(once, 'noise_energy_J') / update)} times the updates", f"a Frechet distance {times(zeros)} times as large", "an offset spread of 5 mV of 1 V gives {:.0f}, {:.0f} and {:.0f} where there are {:.0f} without, so on one chip of three it {} the distance".format(*sorted(values(offset, "frechet_distance")), mean(signs, "frechet_distance"), worst)]
    alike = [mean(items, "update_energy_J") for items in (signs, found["pseudo-random", "bits, -1 and +1"], found["pseudo-random", "normal, full precision"])]
    if max(alike) > 1.01 * min(alike):
        texts.append("the updates do not cost the same within 1%")
    return [("docs/noise.md", text) for text in texts]


def times_of(x):
    return {3: "three", 4: "four", 5: "five"}[round(x)]


def devices_said():
    """The rows of the table of devices, which is written by hand."""
    for (device,), items in groups(rows("devices.csv"), "device").items():
        (rule,), runs = max(groups(items, "rule").items(), key=lambda r: len(r[1]))
        yield "docs/own_device.md", f"| {device} | {rule} | {spread(runs, 'frechet_distance', 0)} |"


def wires_table():
    head = ["variant", "accuracy", "coverage", "Fréchet distance", "updates, mJ", "reads, mJ", "time of updates, ms", "mm2"]
    body = []
    for (variant,), items in groups(rows("wires.csv"), "variant").items():
        body.append([variant, spread(items, "classifier_accuracy", 2), spread(items, "coverage", 2), spread(items, "frechet_distance", 0), number(mean(items, "update_energy_J", 1e3), 2),
                     number(mean(items, "read_energy_J", 1e3), 2), number(mean(items, "update_time_s", 1e3), 2), number(mean(items, "area_with_periphery_m2", 1e6), 2)])
    return table(head, body)


def wires_said():
    """Numbers in the sentences below the table of wires and in the list of what is reproduced."""
    found = groups(rows("wires.csv"), "variant")
    coverage = lambda variant: f"{mean(found[variant,], 'coverage'):.2f}"
    ideal, small, low = coverage("ideal wires"), found["16 x 16, 1 ohm",], found["64 x 64, conductances eight times lower, 1 ohm",]
    accuracy = lambda items: f"{mean(items, 'classifier_accuracy'):.2f}"
    whole = (f"arrays of 16 x 16 reach accuracy {accuracy(small)} and coverage {mean(small, 'coverage'):.2f} in 200 rounds (ideal wires: {accuracy(found['ideal wires',])}, {ideal}; three seeds), "
             f"cells of 18 to 31.5 uS {accuracy(low)} and {mean(low, 'coverage'):.2f}")
    return [("docs/circuit.md", f"coverage falls from {ideal} to {coverage('64 x 64, 0.01 ohm')}"), ("docs/circuit.md", f"(16 x 16: {coverage('16 x 16, 0.1 ohm')})"), ("docs/reproduced.md", whole)]


def quality_said():
    """What documents say of the trainings of quality.csv, and the table of one epoch."""
    found = groups(rows("quality.csv"), "network", "system")
    for system in ("software", "analog"):
        first = [r for r in found["digits", system] if r["round"] == "937"]
        yield "docs/networks.md", " | ".join(["", *(f"{float(r['frechet_distance']):.1f}" for r in sorted(first, key=lambda r: r["seed"])), f"{mean(first, 'frechet_distance'):.1f} |"]).strip()

    def last(network, system):
        n = max(int(r["round"]) for r in found[network, system])
        return [r for r in found[network, system] if int(r["round"]) == n]

    def at_last(network, system, key="frechet_distance", digits=1):
        return f"{mean(last(network, system), key):.{digits}f}"

    def times(network, system):
        return f"{mean(last(network, system), 'frechet_distance') / mean(last(network, 'software'), 'frechet_distance'):.2f}"

    both = lambda key: (at_last("digits", "analog", key, 2), at_last("digits", "software", key, 2))
    seeds = lambda system: [f"{float(r['frechet_distance']):.1f}" for r in sorted(last("digits", system), key=lambda r: r["seed"])]
    middle = [r for r in found["dense", "feedback"] if r["round"] == "5616"]
    constant = {system: [r for r in found["digits", system] if r["round"] == "3748"] for system in ("analog", "software")}
    four = {system: mean(items, "frechet_distance") for system, items in constant.items()}
    texts = [f"a Frechet distance of {at_last('digits', 'analog')} on average against {at_last('digits', 'software')}, {times('digits', 'analog')} times software's",
             f"{four['analog']:.1f} and {four['software']:.1f} ({four['analog'] / four['software']:.2f} times, analog seeds from {min(values(constant['analog'], 'frechet_distance')):.1f} to {max(values(constant['analog'], 'frechet_distance')):.1f})",
             "({} against {})".format(*both("coverage")), "(precision {} against {})".format(*both("precision")), "(recall {} against {})".format(*both("recall")), "{}, {} and {}, where software has {}, {} and {}".format(*seeds("analog"), *seeds("software")),
             f"gets to {at_last('dense', 'feedback')} in 20 epochs", f"({mean(middle, 'frechet_distance'):.0f} after 12", f"has {at_last('dense', 'software')}: {times('dense', 'feedback')} times", "coverage is the larger loss ({} against {})".format(at_last("dense", "feedback", "coverage", 2), at_last("dense", "software", "coverage", 2))]
    ends = lambda network, system: "{:.0f} to {:.0f}".format(min(values(last(network, system), "frechet_distance")), max(values(last(network, system), "frechet_distance")))
    at_both = lambda network: f"at coverages of {at_last(network, 'analog', 'coverage', 2)} and {at_last(network, 'software', 'coverage', 2)}"
    texts.append(f"{at_last('fashion', 'analog')} in the analog system and {at_last('fashion', 'software')} in software, {times('fashion', 'analog')} times, {at_both('fashion')}")
    texts.append(f"a Frechet distance of {at_last('classes', 'software')} in software and {at_last('classes', 'analog')} in the analog system, {times('classes', 'analog')} times, "
                 f"at coverages of {at_last('classes', 'software', 'coverage', 2)} and {at_last('classes', 'analog', 'coverage', 2)}")
    texts.append(f"recall ({at_last('classes', 'analog', 'recall', 2)} against {at_last('classes', 'software', 'recall', 2)})")
    texts.append(f"({at_last('colour', 'crossbars')} and {at_last('colour', 'software')}, seeds from {ends('colour', 'crossbars')} and from {ends('colour', 'software')})")
    yield from (("docs/networks.md", text) for text in texts)
    one = lambda network, system: f"{mean(last(network, system), 'frechet_distance') / mean(last(network, 'software'), 'frechet_distance'):.1f}"
    yield "README.md", f"({times('digits', 'analog')} times its Frechet distance)"
    yield "README.md", f"on clothes ({one('fashion', 'analog')} times), with classes ({one('classes', 'analog')}) and in the dense network ({one('dense', 'feedback')},"
    lowest, *_, highest = sorted(float(r["frechet_distance"]) for r in last("digits", "analog"))
    yield "README.md", f"Frechet {at_last('digits', 'analog')} ({lowest:.1f} to {highest:.1f}, 3 seeds); software {at_last('digits', 'software')}"
    yield "docs/reproduced.md", f"after six epochs {at_last('digits', 'analog')} in the analog system, {at_last('digits', 'software')} in software"


NETWORKS = {"dense": "dense, ten digits", "digits": "DCGAN, ten digits", "classes": "DCGAN, digits by class", "fashion": "DCGAN, Fashion-MNIST", "colour": "DCGAN, CIFAR-10"}
SYSTEMS = {"software": "software", "feedback": "crossbars, error feedback", "analog": "analog system on WOx cells",
           "crossbars": "crossbars of linear cells"}


def quality_table():
    """Every network at its last evaluation, beside software."""
    body = []
    for (network,), items in groups(rows("quality.csv"), "network").items():
        last = max(int(r["round"]) for r in items)
        final = groups([r for r in items if int(r["round"]) == last], "system")
        for (system,), own in final.items():
            times = mean(own, "frechet_distance") / mean(final["software",], "frechet_distance")
            body.append([NETWORKS[network], SYSTEMS[system], f"{last:,}", str(len(own)), spread(own, "frechet_distance", 1), "" if system == "software" else f"{times:.2f}", spread(own, "coverage", 2),
                         spread(own, "precision", 2), spread(own, "recall", 2)])
    return table(["network", "hardware", "rounds", "seeds", "Fréchet distance", "times software's", "coverage", "precision", "recall"], body)


def rules_said():
    """Numbers in the sentences below the table of rules."""
    found = groups(rows("rules.csv"), "device", "rule")

    def best(device, rule):
        tried = [r for r in found[device, rule] if r["seed"] == "1"]
        setting = min(tried, key=lambda r: float(r["frechet_distance"]))["setting"]
        return [r for r in found[device, rule] if r["setting"] == setting]

    def distance(device, rule):
        return f"{mean(best(device, rule), 'frechet_distance'):.0f}"

    front = [float(distance("nili2020", r)) for r in ("mixed precision", "mixed precision with Adam", "error feedback")]
    blind = {r["setting"].split("=")[1]: float(r["frechet_distance"]) for r in found["nili2020", "blind pulses"] if r["seed"] == "1"}
    over_seeds = values(best("nili2020", "blind pulses"), "frechet_distance")
    texts = [f"not told apart by three seeds ({min(front):.0f} to {max(front):.0f})", f"takes blind pulses from {blind['0']:.0f} to {blind['0.5']:.0f} with seed 1",
             f"over three seeds they lie between {min(over_seeds):.0f} and {max(over_seeds):.0f} ({distance('nili2020', 'blind pulses')} on average)", f"error feedback ({distance('pcm', 'error feedback')}) and blind pulses with a dead zone as large as the mean gradient ({distance('pcm', 'blind pulses')})"]
    return [("docs/training_rules.md", text) for text in texts]


def ten_digits_said():
    """All ten digits in one dense network, after five epochs."""
    found = groups(rows("ten_digits.csv"), "system")
    ends = lambda items: f"{mean(items, 'frechet_distance'):.0f} ({min(values(items, 'frechet_distance')):.1f} to {max(values(items, 'frechet_distance')):.1f}"
    return [("docs/reproduced.md", f"Frechet {ends(found['crossbars',])}, 3 seeds), coverage {mean(found['crossbars',], 'coverage'):.2f}"), ("docs/reproduced.md", f"fresh latents) has {ends(found['software',])})")]


def digits_said():
    """The range of accuracies of the ten networks of satyam2022."""
    ranked = sorted(float(r["classifier_accuracy"]) for r in rows("readings_digits.csv"))
    words = {0: "zero", 1: "ones", 9: "nine"}
    digit = lambda x: words[next(int(r["digit"]) for r in rows("readings_digits.csv") if float(r["classifier_accuracy"]) == x)]
    return [("docs/readings.md", f"in {ranked[1]:.2f} ({digit(ranked[1])}) to {ranked[-1]:.2f} ({digit(ranked[-1])}) of all cases, but {digit(ranked[0])} in {ranked[0]:.2f}")]


def dropout_said():
    """What gates do to the images of krestinskaya2020's network."""
    none, some = ([r for r in rows("dropout.csv") if r["dropout"] == rate] for rate in ("0", "0.3"))
    both = lambda key, digits: (f"{mean(some, key):.{digits}f}", f"{mean(none, key):.{digits}f}")
    texts = ["a Frechet distance of {} instead of {}".format(*both("frechet_distance", 1)), "a coverage of {} instead of {}".format(*both("coverage", 2)),
             "a precision of {} instead of {}".format(*both("precision", 2))]
    return [("docs/analog.md", text) for text in texts]


def cells_said():
    """Numbers in the sentences below the table of cells."""
    found = groups(rows("cells.csv"), "case")
    ideal, passive, gated = (found[case,] for case in ("ideal", "passive-r0", "1t1r-r0"))
    two = lambda items: (f"{mean(items, 'frechet_distance'):.0f}", f"{mean(items, 'coverage'):.2f}")
    texts = ["the Fréchet distance is {} at a coverage of {}".format(*two(ideal)), "Passive cells under V/2 end at {} and {}".format(*two(passive)), "1T1R cells end at {} and {}".format(*two(gated)),
             f"({mean(gated, 'classifier_accuracy'):.2f} against {mean(passive, 'classifier_accuracy'):.2f})"]
    return [("docs/circuit.md", text) for text in texts]


if __name__ == "__main__":
    said = [*devices_said(), *wires_said(), *quality_said(), *rules_said(), *cells_said(), *digits_said(), *ten_digits_said(), *dropout_said(), *lin2018_said(), *noise_said(), *tolerance_said()]
    main({"cells": ("docs/circuit.md", cells_table()), "quality": ("docs/networks.md", quality_table()), "wires": ("docs/circuit.md", wires_table()), "lin2018": ("docs/analog.md", lin2018_table()), "whole-tolerance": ("docs/analog.md", whole_tolerance_table()), "noise": ("docs/noise.md", noise_table()), "rules": ("docs/training_rules.md", rules_table())}, said, "docs/results")
