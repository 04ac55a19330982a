"""Reference pages, written from the program's own declarations: keys, devices, accelerators, networks, experiments, commands."""
import pathlib
import re
import tempfile

from program import BARE, KINDS, ROOT

PREFIXES = [(1e12, "T"), (1e9, "G"), (1e6, "M"), (1e3, "k"), (1.0, ""), (1e-3, "m"), (1e-6, "u"), (1e-9, "n"), (1e-12, "p"), (1e-15, "f"), (1e-18, "a")]
SECTIONS = {  # what a section of an experiment is about; a section without a line here is a fault of the build
    "experiment": "Its name, and the seed of every random stream.",
    "data": "The images, and what becomes of them before training.",
    "generator": "Layers of the generator. Convolutions and their tables: [networks](../../networks.md).",
    "discriminator": "Layers of the discriminator. Convolutions and their tables: [networks](../../networks.md).",
    "generator.layer": "One layer of the generator, written as `[[generator.layer]]`. Explained in [networks](../../networks.md#layers).",
    "discriminator.layer": "One layer of the discriminator, written as `[[discriminator.layer]]`. Explained in [networks](../../networks.md#layers).",
    "hardware": "Where the weights live: in cells, in software, or trained in software and then written.",
    "device": "The model of one cell. These are the keys of the default, `nili2020`; `device.model` chooses another, whose keys its [own page](../devices/index.md) lists.",
    "tile": "Crossbars: size, mapping, converters, what energy is booked.",
    "wires": "Wire resistance and the writing scheme. Explained in [passive crossbars](../../circuit.md#training-through-wires).",
    "periphery": "The analog circuits between crossbars. Explained in [the analog system](../../analog.md).",
    "nonideal": "What real cells do: stuck, drifting, worn. Explained in [the analog system](../../analog.md#non-idealities).",
    "train": "The rule that moves the weights, pulses, losses, length of the run. Explained in [training rules](../../training_rules.md).",
    "latent": "What the generator is fed.",
    "noise": "Where random latents come from. Explained in [random bits](../../noise.md).",
    "trng": "The column comparator that makes random bits. Explained in [random bits](../../noise.md#the-column-comparator).",
    "noise_device": "The device model of the random-bit array: the keys of [device](device.md), for that array.",
    "evaluation": "When images are judged, and how many.",
    "quality": "The measures and the verdict. Explained in [how good are the images](../../metrics.md).",
    "accelerators": "Machines whose cost of the run is estimated. Explained in [accelerators](../../accelerators.md#joined-with-training).",
}
ORDER = list(SECTIONS)


def escaped(text):
    """Text of a declaration as Markdown that shows just that text."""
    return re.sub(r"([\\`*_{}\[\]<>$|~#^])", r"\\\1", str(text)).replace("\n", " ")


def si(value, unit):
    """1.5e-4 S as `150 uS`; units that take no prefix (K, m2) and bare numbers as they are."""
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return str(value)
    if not unit or unit in ("K", "m2") or value == 0:
        return f"{value:.10g} {unit}".strip()
    for factor, prefix in PREFIXES:
        if abs(value) >= factor * 0.9999999:
            return f"{value / factor:.10g} {prefix}{unit}"
    return f"{value:.10g} {unit}"


def shown(value, parameter):
    if isinstance(value, list):
        return "[" + ", ".join(si(v, parameter["unit"]) for v in value) + "]"
    if value == "":
        return "(empty)"
    if isinstance(value, bool):
        return "true" if value else "false"
    return si(value, parameter["unit"])


def span(parameter):
    """What may be written, in words."""
    if "choices" in parameter:
        return "one of " + ", ".join(f"`{c}`" for c in parameter["choices"])
    kind = parameter["type"]
    if kind in ("boolean", "flag", "switch") or isinstance(parameter["value"], bool):
        return "true or false"
    if "lo" not in parameter:
        return "text"
    whole = "whole number, " if kind.startswith("integer") else ""
    many = "list, each a " if isinstance(parameter["value"], list) else ""
    high = "any size" if parameter["hi"] >= 9e18 else si(parameter["hi"], parameter["unit"])
    return f"{many}{whole}{si(parameter['lo'], parameter['unit'])} to {high}"


def declared(parameter):
    """(default, kind, source) of the declaration, whatever the described experiment set."""
    if "default" not in parameter:
        return parameter["value"], parameter["kind"], parameter["source"]
    found = re.search(r"the default, .*?, is (published|derived|assumed): (.*)$", parameter["source"], re.DOTALL)
    if not found:
        raise RuntimeError(f"{parameter['name']}: no default in its source: {parameter['source']}")
    return parameter["default"], found.group(1), found.group(2)


def anchor(name, scope="key"):
    """Where a key is on its page; names of places are of the whole site, so pages of models put their own before it."""
    return f"{scope}-" + re.sub(r"[^a-z0-9]+", "-", name.lower())


def entry(parameter, prefix="", scope="key"):
    """One key as a definition: what it is, then value, range, unit, kind and source."""
    default, kind, source = declared(parameter)
    name = prefix + parameter["name"]
    unit = f"unit {parameter['unit']}; " if parameter["unit"] else ""
    return (f"[`{name}`]{{#{anchor(name, scope)}}}\n"
            f": {escaped(parameter['doc'])}\n\n"
            f"  default `{shown(default, parameter)}`; {unit}{span(parameter)}\n\n"
            f"  *{kind}*: {escaped(source)}\n\n")


def declarations(program):
    """Every key an experiment may have, by section: those of a bare experiment, and of the generators of bits and training rules that it does not choose."""
    with tempfile.TemporaryDirectory() as folder:
        (pathlib.Path(folder) / "bare.toml").write_text(BARE, encoding="utf-8")
        parameters = program.describe("experiments", "./bare.toml", folder=folder)["parameters"]
    seen = {p["name"] for p in parameters}
    for preset in program.names("experiments"):  # keys of [[generator.layer]] exist only where an experiment lists layers so
        for p in program.describe("experiments", preset["name"])["parameters"]:
            if ".layer." in p["name"] and p["name"] not in seen:
                seen.add(p["name"])
                parameters.append(p)
    for kind in ("generators", "rules"):
        for chosen in program.names(kind):
            for p in program.describe(kind, chosen["name"])["parameters"]:
                if p["name"] not in seen:
                    seen.add(p["name"])
                    parameters.append(p)
    sections = {}
    for p in parameters:
        sections.setdefault(p["name"].rsplit(".", 1)[0], []).append(p)
    return sections


def toctree(names, depth=1):
    return "```{toctree}\n:maxdepth: " + str(depth) + "\n\n" + "\n".join(names) + "\n```\n"


def write(path, text):
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def keys_pages(program, out):
    sections = declarations(program)
    generators = {p["name"].split(".")[0]: g["name"] for g in program.names("generators") for p in program.describe("generators", g["name"])["parameters"]}
    rules = {r["name"] for r in program.names("rules")}
    ordered = sorted(sections, key=lambda s: (ORDER.index(s) if s in ORDER else ORDER.index("train") if s.startswith("train.") else len(ORDER), s))
    rows = []
    for section in ordered:
        if section in SECTIONS:
            about = SECTIONS[section]
        elif section in generators:
            about = f"The generator of random bits `{generators[section]}` (`noise.generator = \"{generators[section]}\"`). Explained in [random bits](../../noise.md)."
        elif section.removeprefix("train.") in rules:
            about = f"The training rule `{section.removeprefix('train.')}` (`train.rule` chooses it). Explained in [training rules](../../training_rules.md)."
        else:
            raise RuntimeError(f"section [{section}] has no line in SECTIONS of tools/site/reference.py")
        write(out / "keys" / f"{section}.md", f"# [{section}]\n\n{about}\n\n" + "".join(entry(p) for p in sections[section]))
        rows.append(f"| [`[{section}]`]({section}.md) | {len(sections[section])} | {about} |")
    total = sum(len(s) for s in sections.values())
    write(out / "keys" / "index.md", f"# Keys of an experiment\n\nEvery section and key with unit, range, default, source and kind: {total} keys in {len(ordered)} sections, "
          "as the program declares them. How they are written: [configuration](../../configuration.md). *Published* numbers are printed in the source named, *derived* ones are "
          "computed from published ones, *assumed* ones are our choice with its reason.\n\n| section | keys | about |\n|---|---|---|\n" + "\n".join(rows) + "\n\n" + toctree(ordered).replace(
              ":maxdepth: 1", ":hidden:"))


def facts(described, skip=()):
    rows = [(k, v) for k, v in described["facts"].items() if k not in skip and not k.startswith("sha256") and not k.endswith(" found in")]
    return "".join(f"- {escaped(k)}: {escaped(v)}\n" for k, v in rows) + ("\n" if rows else "")


def one(kind, described, prefix):
    """The page of one named thing."""
    text = f"# {described['name']}\n\n{escaped(described['text'])}\n\n{facts(described)}"
    if described.get("config"):
        text += f"```toml\n{described['config'].rstrip()}\n```\n\n"
    if kind == "experiments":
        file = ROOT / described["facts"]["file"]
        model = next(p["value"] for p in described["parameters"] if p["name"] == "device.model")
        changed = [p for p in described["parameters"] if p["kind"] == "preset"]
        text += f"`ganbar train {described['name']}`\n\n```toml\n{file.read_text(encoding='utf-8').rstrip()}\n```\n\n## What it comes to\n\n"
        text += "Keys that it, or a preset it builds on, sets. All others have the [default](../keys/index.md).\n\n| key | value | default |\n|---|---|---|\n"
        for p in changed:
            section = p["name"].rsplit(".", 1)[0]
            of_model = section == "device" and p["name"] != "device.model"
            place = f"../devices/{model}.md#{anchor(p['name'], model)}" if of_model else f"../keys/{section}.md#{anchor(p['name'])}"
            text += f"| [`{p['name']}`]({place}) | {escaped(shown(p['value'], p))} | {escaped(shown(p['default'], p))} |\n"
    elif kind not in ("generators", "rules", "layers") and described["parameters"]:
        text += "## Parameters\n\n" + "".join(entry(p, prefix, described["name"]) for p in described["parameters"])
    elif described["parameters"]:
        sections = sorted({p["name"].rsplit(".", 1)[0] for p in described["parameters"]})
        text += "Its keys: " + ", ".join(f"[`[{s}]`](../keys/{s}.md)" for s in sections) + ".\n"
    return text


INTROS = {
    "devices": ("Device models", "One cell: its static current, its noise, and what a pulse does. Compared in words: [device models](../../devices.md)."),
    "experiments": ("Experiment presets", "They run by name: `ganbar train NAME`. A TOML file may start from one: [configuration](../../configuration.md#presets-and-overrides)."),
    "networks": ("Network presets", "Networks for `ganbar estimate NAME --on ACCELERATOR`. Writing your own: [accelerators](../../accelerators.md#networks)."),
    "accelerators": ("Accelerators", "Machines that `ganbar estimate` knows. How they are modelled: [accelerators](../../accelerators.md)."),
    "rules": ("Training rules", "What `train.rule` chooses from. Compared in words: [training rules](../../training_rules.md)."),
    "layers": ("Layer types", "What `type` of `[[generator.layer]]` and `[[discriminator.layer]]` chooses from. Explained: [networks](../../networks.md#layers)."),
    "converters": ("Converters", "What `tile.adc` and `tile.dac` choose from, and what they cost by bits."),
    "generators": ("Generators of random bits", "What `noise.generator` chooses from. Explained: [random bits](../../noise.md)."),
    "circuits": ("Circuits of the periphery", "What stands between two crossbars of an analog system. Explained: [the analog system](../../analog.md)."),
    "datasets": ("Data sets", "What `data.dataset` knows by name. Your own images: [configuration](../../configuration.md#data-of-your-own)."),
}


def kind_pages(program, out, kind):
    title, intro = INTROS[kind]
    names = program.names(kind)
    rows = "".join(f"| [{n['name']}]({n['name']}.md) | {escaped(n['text'])} |\n" for n in names)
    write(out / kind / "index.md", f"# {title}\n\n{intro}\n\n| name | |\n|---|---|\n{rows}\n" + toctree([n["name"] for n in names]).replace(":maxdepth: 1", ":hidden:"))
    for n in names:
        prefix = {"devices": "device.", "accelerators": f"accelerators.{n['name']}."}.get(kind, "")
        write(out / kind / f"{n['name']}.md", one(kind, program.describe(kind, n["name"]), prefix))


def command_pages(program, out):
    commands = program.commands()
    top = [c[0] for c in commands if len(c) == 1]
    for name in top:
        text = f"# ganbar {name}\n\n"
        for words in (c for c in commands if c[0] == name):
            text += (f"## {' '.join(words)}\n\n" if len(words) > 1 else "") + f"```text\n{program.text(*words, '--help').rstrip()}\n```\n\n"
        write(out / "commands" / f"{name}.md", text)
    write(out / "commands" / "index.md", "# Commands\n\nThe help of every command, as it prints it. Exit codes: 0 done; 2 your input is wrong (the message gives file, line and column); "
          f"3 a data or file fault; 4 a numeric fault; 70 a bug in ganbar.\n\n```text\n{program.text('--help').rstrip()}\n```\n\n" + toctree(top))


def write_reference(program, out):
    """All pages into `out`; the order of the toctree is that of first need."""
    keys_pages(program, out)
    command_pages(program, out)
    for kind in KINDS:
        kind_pages(program, out, kind)
    unknown = set(k.split()[0] for k in program.text("list").splitlines()) - set(KINDS)
    if unknown:
        raise RuntimeError(f"`ganbar list` has kinds without pages: {sorted(unknown)}; add them to KINDS of tools/site/program.py and INTROS of tools/site/reference.py")
