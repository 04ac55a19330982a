// A run or sweep at work. Every event of the server says all of what is there now, so that a page that comes back after a break has missed nothing.
const byId = (id) => document.getElementById(id);
const CHIPS = { running: "good", finished: "good", interrupted: "bad", failed: "bad" };

function show(id, shown) { byId(id).hidden = !shown; }

function showState(look) {
  const chip = byId("state");
  chip.textContent = look.state;
  chip.className = "chip " + (CHIPS[look.state] ?? "");
  byId("progress").value = look.total > 0 ? look.done / look.total : 0;
  byId("progress-text").textContent = look.progress;
  document.title = `${look.state} ${look.total > 0 ? Math.floor((100 * look.done) / look.total) + " % " : ""}– ${look.title}`;
  show("fault", look.fault !== "");
  byId("fault").textContent = look.fault;
  byId("facts").replaceChildren(...look.facts.map(([name, text]) => htmlElement("div", {}, htmlElement("dt", { textContent: name }), htmlElement("dd", { textContent: text }))));
}

// Charts keep what the reader chose (view, scale, hidden curves) while their numbers change.
class LiveCharts {
  constructor(grid) {
    this.grid = grid;
    this.charts = new Map();
  }
  update(charts) {
    const key = ({ data }) => data.title + "\n" + data.views.map((v) => v.name + v.series.map((s) => s.name)).join("\n");
    const keys = charts.map(key);
    for (const [k, { figure }] of this.charts) if (!keys.includes(k)) { figure.remove(); this.charts.delete(k); }
    charts.forEach((chart, i) => {
      const known = this.charts.get(keys[i]);
      if (known) {
        known.caption.textContent = chart.caption;
        if (JSON.stringify(known.lines.data) !== JSON.stringify(chart.data)) known.lines.update(chart.data);
      } else this.charts.set(keys[i], this.make(chart));
      this.grid.append(this.charts.get(keys[i]).figure);
    });
  }
  make({ caption, data }) {
    const text = htmlElement("figcaption", { textContent: caption });
    const figure = htmlElement("figure", { className: "chart-figure" },
      htmlElement("div", { className: "figure-head" }, htmlElement("h3", { textContent: data.title }), htmlElement("div", { className: "tools" })),
      htmlElement("div", { className: "plot" }), htmlElement("ul", { className: "legend" }), text);
    this.grid.append(figure);
    return { figure, caption: text, lines: new LineChart(figure, data) };
  }
}
const charts = new LiveCharts(byId("charts"));

const pictures = {
  rounds: [], kinds: {}, follows: true,
  update(look) {
    this.kinds = { samples: look.samples, conductance: look.conductance };
    this.rounds = [...new Set([...look.samples, ...look.conductance])].sort((a, b) => a - b);
    show("pictures", this.rounds.length > 0);
    const slider = byId("round");
    slider.max = Math.max(0, this.rounds.length - 1);
    if (this.follows) slider.value = slider.max;
    this.draw();
  },
  draw() {
    if (!this.rounds.length) return;
    const slider = byId("round"), round = this.rounds[slider.value];
    const text = `round ${formatNumber(round, 8)}`;
    slider.parentElement.querySelector("output").textContent = text;
    slider.setAttribute("aria-valuetext", text);
    byId("newest").setAttribute("aria-pressed", String(this.follows));
    for (const [kind, rounds] of Object.entries(this.kinds)) {
      const at = rounds.filter((r) => r <= round).at(-1) ?? rounds[0], figure = byId(kind), image = figure.querySelector("img");
      figure.hidden = at === undefined;
      if (at === undefined) continue;
      const source = `${kind}/${at}.png`;
      if (image.getAttribute("src") !== source) image.setAttribute("src", source);
      figure.querySelector(".at").textContent = `round ${formatNumber(at, 8)}`;
    }
  },
};
byId("round").addEventListener("input", () => {
  pictures.follows = byId("round").value === byId("round").max;
  pictures.draw();
});
byId("newest").addEventListener("click", () => {
  pictures.follows = true;
  byId("round").value = byId("round").max;
  pictures.draw();
});

function showPoints(points) {
  byId("points-caption").textContent = points.caption;
  const table = byId("points").querySelector("table");
  const cell = (name, value, number) => htmlElement(name, { textContent: value, className: number ? "n" : "" });
  table.tHead.replaceChildren(htmlElement("tr", {}, ...points.columns.map((c, i) => {
    const head = cell("th", c, points.numbers[i]);
    head.setAttribute("scope", "col");
    return head;
  })));
  table.tBodies[0].replaceChildren(...points.rows.map((row) => {
    const cells = row.cells.map((text, i) => cell("td", text, points.numbers[i]));
    if (row.open) cells[0].replaceChildren(htmlElement("a", { href: `points/${row.id}/`, textContent: row.cells[0] }));
    return htmlElement("tr", { className: row.best ? "best" : "" }, ...cells);
  }));
}

function showLook(look) {
  showState(look);
  if (look.charts) {
    show("curves", look.charts.length > 0);
    charts.update(look.charts);
    pictures.update(look);
  }
  show("points", Boolean(look.points));
  if (look.points) showPoints(look.points);
  document.documentElement.dataset.looks = String(Number(document.documentElement.dataset.looks ?? 0) + 1);
}

// An EventSource tries again by itself while the server is away; one that was refused for good is made anew.
function connect() {
  const source = new EventSource("events");
  source.addEventListener("look", (event) => {
    show("connection", false);
    showLook(JSON.parse(event.data));
  });
  source.addEventListener("error", () => {
    byId("connection").textContent = "Not connected: ganbar watch does not answer. The numbers are the last that came; trying again.";
    show("connection", true);
    if (source.readyState === EventSource.CLOSED) setTimeout(connect, 2000);
  });
}
window.addEventListener("resize", () => charts.charts.forEach(({ lines }) => lines.draw()));
connect();
