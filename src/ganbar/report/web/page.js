// The page around the charts: slider over training, sortable and filterable tables, printing.
const dataOf = (id) => JSON.parse(document.getElementById("data-" + id).textContent);
const charts = [...document.querySelectorAll("[data-chart]")].map((figure) => new LineChart(figure, dataOf(figure.dataset.chart)));

const redrawLater = (() => {
  let waiting = false, width = window.innerWidth;
  return () => {
    if (waiting || width === window.innerWidth) return;
    waiting = true;
    requestAnimationFrame(() => {
      waiting = false;
      width = window.innerWidth;
      charts.forEach((chart) => chart.draw());
    });
  };
})();
window.addEventListener("resize", redrawLater);
// A chart in a closed section has no width yet.
document.querySelectorAll("details").forEach((d) => d.addEventListener("toggle", () => charts.filter((c) => d.contains(c.figure)).forEach((c) => c.draw())));

class Snapshots {
  constructor(figure) {
    const { rounds, src } = dataOf(figure.dataset.frames);
    this.image = figure.querySelector("img");
    this.at = figure.querySelector(".at");
    this.rounds = rounds;
    this.src = src.map((s) => s ?? this.image.src);
  }
  setRound(round) {
    let index = 0;
    this.rounds.forEach((r, i) => { if (r <= round) index = i; });
    if (this.image.src !== this.src[index]) this.image.src = this.src[index];
    this.at.textContent = "round " + formatNumber(this.rounds[index], 8);
  }
}

function setUpScrubber() {
  const scrubber = document.querySelector(".scrubber");
  if (!scrubber) return;
  const pictures = [...document.querySelectorAll("[data-frames]")].map((figure) => new Snapshots(figure));
  const rounds = [...new Set([...pictures.flatMap((p) => p.rounds), ...charts.flatMap((c) => c.data.frames.map((f) => f.round))])].sort((a, b) => a - b);
  if (rounds.length < 2) return;
  const [button, slider, output] = ["button", "input", "output"].map((name) => scrubber.querySelector(name));
  const last = rounds.length - 1;
  let timer = null;

  const show = () => {
    const index = Number(slider.value), round = rounds[index];
    pictures.forEach((p) => p.setRound(round));
    charts.forEach((c) => c.setRound(round, index === last));
    output.textContent = `round ${formatNumber(round, 8)} of ${formatNumber(rounds[last], 8)}`;
    slider.setAttribute("aria-valuetext", output.textContent);
  };
  const stop = () => {
    clearInterval(timer);
    timer = null;
    button.textContent = "▶";
    button.setAttribute("aria-label", "play");
  };
  const play = () => {
    if (Number(slider.value) === last) slider.value = 0;
    show();
    button.textContent = "❚❚";
    button.setAttribute("aria-label", "pause");
    timer = setInterval(() => {
      slider.value = Number(slider.value) + 1;
      show();
      if (Number(slider.value) === last) stop();
    }, Math.max(80, Math.min(400, 9000 / rounds.length)));
  };

  slider.max = last;
  slider.value = last;
  slider.addEventListener("input", () => { stop(); show(); });
  slider.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    button.click();
  });
  button.addEventListener("click", () => (timer ? stop() : play()));
  window.addEventListener("beforeprint", () => { stop(); slider.value = last; show(); });
  scrubber.hidden = false;
  show();
}

const PREFIX_POWER = { a: -18, f: -15, p: -12, n: -9, µ: -6, m: -3, k: 3, M: 6 };

// "48.3 µJ" -> 48.3e-6, "0.0796 mm²" -> 0.0796e-6; text that is no number sorts as text.
function sortValue(cell) {
  const text = cell.textContent.trim().replace(/\u202f(?=\d)/g, "").replace("−", "-");
  const match = text.match(/^(-?[\d.]+)(?:×10([⁻⁰¹²³⁴⁵⁶⁷⁸⁹]+))?\s*(?:([afpnµmkM])(?=[A-Za-zΩ]))?(?:[A-Za-zΩ]+(²)?)?/u);
  if (!match) return text;
  const raised = match[2] ? Number([...match[2]].map((c) => (c === "⁻" ? "-" : "⁰¹²³⁴⁵⁶⁷⁸⁹".indexOf(c))).join("")) : 0;
  const power = match[3] ? PREFIX_POWER[match[3]] * (match[4] ? 2 : 1) : 0;
  return Number(match[1]) * 10 ** (raised + power);
}

function setUpSorting(table) {
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = htmlElement("button", { type: "button", textContent: head.textContent, title: "sort" });
    head.replaceChildren(button);
    button.addEventListener("click", () => {
      const down = head.getAttribute("aria-sort") === "ascending";
      for (const other of table.tHead.rows[0].cells) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", down ? "descending" : "ascending");
      const rows = [...table.tBodies[0].rows].map((row) => [sortValue(row.cells[column]), row]);
      rows.sort(([a], [b]) => (typeof a === "number" && typeof b === "number" ? a - b : String(a).localeCompare(String(b))) * (down ? -1 : 1));
      table.tBodies[0].append(...rows.map(([, row]) => row));
    });
  });
}

function setUpFilter(box) {
  const table = box.closest("section").querySelector("table.filtered");
  const rows = [...table.tBodies[0].rows].map((row) => [row.querySelector(".kind").textContent, row]);
  const off = new Set();
  for (const kind of ["published", "derived", "assumed", "preset", "user"]) {
    const n = rows.filter(([k]) => k === kind).length;
    if (!n) continue;
    const button = htmlElement("button", { type: "button", textContent: `${kind} (${n})`, "aria-pressed": "true" });
    button.addEventListener("click", () => {
      if (!off.delete(kind)) off.add(kind);
      button.setAttribute("aria-pressed", String(!off.has(kind)));
      rows.forEach(([k, row]) => { row.hidden = off.has(k); });
    });
    box.append(button);
  }
}

// Tables wider than their box say so; the shade at their edges alone is easily missed.
function setUpCue(box) {
  const cue = htmlElement("p", { className: "cue", textContent: "The table goes on to the right: scroll it sideways →", hidden: true });
  box.before(cue);
  const update = () => { cue.hidden = box.scrollWidth <= box.clientWidth + 1; };
  new ResizeObserver(update).observe(box);
  if (box.firstElementChild) new ResizeObserver(update).observe(box.firstElementChild);
  update();
}

// The numbers behind a chart, as a table and as CSV in SI units; made when first opened, for the page holds them already.
function seriesColumns(view) {
  const columns = [];
  for (const s of view.series) {
    const known = columns.find((c) => c.name === view.xLabel && c.values.length === s.x.length && c.values.every((v, i) => v === s.x[i]));
    if (!known) columns.push({ name: view.xLabel, unit: view.xUnit, values: s.x });
    columns.push({ name: s.name, unit: view.yUnit, values: s.y });
    if (s.lo.length) columns.push({ name: s.name + " lowest", unit: view.yUnit, values: s.lo }, { name: s.name + " highest", unit: view.yUnit, values: s.hi });
  }
  return columns;
}

const csvText = (text) => (/[",\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function setUpData(chart) {
  const box = chart.figure.querySelector("details.data");
  box?.addEventListener("toggle", () => {
    if (!box.open) return;
    [...box.children].slice(1).forEach((e) => e.remove());
    const columns = seriesColumns({ ...chart.current, series: chart.series() }), n = Math.max(...columns.map((c) => c.values.length));
    const heads = columns.map((c) => (c.unit ? `${c.name} (${c.unit})` : c.name));
    const rows = Array.from({ length: n }, (_, i) => columns.map((c) => c.values[i] ?? null));
    const csv = [heads.map(csvText), ...rows.map((r) => r.map((v) => v ?? ""))].map((r) => r.join(",")).join("\n") + "\n";
    const table = htmlElement("table", {}, htmlElement("thead", {}, htmlElement("tr", {}, ...heads.map((h) => htmlElement("th", { scope: "col", className: "n", textContent: h })))),
      htmlElement("tbody", {}, ...rows.map((r) => htmlElement("tr", {}, ...r.map((v) => htmlElement("td", { className: "n", textContent: v === null ? "" : String(v) }))))));
    const name = chart.data.title.toLowerCase().replace(/[^a-z0-9]+/g, "-") + ".csv";
    box.append(htmlElement("a", { href: "data:text/csv;charset=utf-8," + encodeURIComponent(csv), download: name, textContent: name }),
      htmlElement("div", { className: "scroll values", tabIndex: 0, role: "region", "aria-label": "data of " + chart.data.title }, table));
  });
}

setUpScrubber();
charts.forEach(setUpData);
document.querySelectorAll(".scroll").forEach(setUpCue);
document.querySelectorAll("table.sortable").forEach(setUpSorting);
document.querySelectorAll("[data-filter]").forEach(setUpFilter);
const PRINT_WIDTH = 400;  // px; two charts side by side on a sheet
let closed = [];
window.addEventListener("beforeprint", () => {
  closed = [...document.querySelectorAll("details:not([open]):not(.log):not(.settings):not(.data)")];
  closed.forEach((d) => { d.open = true; });
  charts.forEach((c) => c.draw(PRINT_WIDTH));
});
window.addEventListener("afterprint", () => {
  closed.forEach((d) => { d.open = false; });
  charts.forEach((c) => c.draw());
});
document.documentElement.dataset.ready = String(charts.length);
