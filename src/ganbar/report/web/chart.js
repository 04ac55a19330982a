// Line charts drawn at the width they get: legend that switches curves, log/linear, views, read-out by mouse, touch or arrow keys.
const SVG = "http://www.w3.org/2000/svg";
const MARGIN = { right: 12, top: 12, bottom: 44 };

function svgElement(name, attributes = {}, text) {
  const element = document.createElementNS(SVG, name);
  for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
  if (text !== undefined) element.textContent = text;
  return element;
}

function htmlElement(name, properties = {}, ...children) {
  const element = document.createElement(name);
  for (const [key, value] of Object.entries(properties)) {
    if (key.includes("-")) element.setAttribute(key, value);
    else element[key] = value;
  }
  element.append(...children);
  return element;
}

function niceTicks(lo, hi, n) {
  if (!(hi > lo)) return [lo];
  const raw = (hi - lo) / Math.max(n, 1);
  const decade = 10 ** Math.floor(Math.log10(raw));
  const step = decade * (raw / decade <= 1.5 ? 1 : raw / decade <= 3.5 ? 2 : raw / decade <= 7.5 ? 5 : 10);
  const ticks = [];
  for (let k = Math.ceil(lo / step - 1e-9); k * step <= hi + 1e-9 * step && ticks.length < 50; ++k) ticks.push(Number((k * step).toPrecision(12)));
  return ticks;
}

function logTicks(lo, hi) {
  const from = Math.floor(Math.log10(lo)), to = Math.ceil(Math.log10(hi));
  const stride = Math.max(1, Math.floor((to - from) / 8));
  const fine = Math.log10(hi / lo) < 3;
  const ticks = [];
  for (let d = from; d <= to; d += stride) {
    for (const m of fine ? [1, 2, 5] : [1]) {
      const v = m * 10 ** d;
      if (v >= lo * (1 - 1e-9) && v <= hi * (1 + 1e-9)) ticks.push(v);
    }
  }
  return ticks.length < 2 ? niceTicks(lo, hi, 4) : ticks;
}

// Mean over the neighbours within two per cent of the curve's length on either side.
function runningMean(values) {
  const reach = Math.max(1, Math.round(values.length / 50));
  return values.map((v, i) => {
    if (v === null) return null;
    const near = values.slice(Math.max(0, i - reach), i + reach + 1).filter((w) => w !== null);
    return near.reduce((sum, w) => sum + w, 0) / near.length;
  });
}

class Axis {
  constructor(lo, hi, from, to, log, unit, whole = false) {
    Object.assign(this, { lo, hi, from, to, log, whole });
    this.unit = unit;
    // A logarithmic axis gives every tick its own prefix.
    this.prefix = log ? { factor: 1, symbol: "" } : prefixFor(Math.max(Math.abs(lo), Math.abs(hi)) * 0.999, unit);
  }
  shows(v) { return v !== null && Number.isFinite(v) && (!this.log || v > 0); }
  at(v) {
    const share = this.log ? Math.log(v / this.lo) / Math.log(this.hi / this.lo) : (v - this.lo) / (this.hi - this.lo);
    return this.from + share * (this.to - this.from);
  }
  // [position on the picture, text] of each tick.
  ticks(n) {
    const f = this.prefix.factor;
    const values = (this.log ? logTicks(this.lo / f, this.hi / f) : niceTicks(this.lo / f, this.hi / f, n)).filter((v) => !this.whole || Number.isInteger(v));
    const texts = this.log ? values.map((v) => formatQuantity(v, this.unit, 1)) : tickTexts(values);
    return values.map((v, i) => [this.at(v * f), texts[i]]);
  }
}

class LineChart {
  constructor(figure, data) {
    this.figure = figure;
    this.data = data;
    this.plot = figure.querySelector(".plot");
    this.view = 0;
    this.logY = data.logY;
    this.smooth = false;
    this.hidden = new Set();
    this.frame = data.frames.length - 1;
    this.markedRound = null;
    this.cursor = null;
    this.plot.tabIndex = 0;
    this.plot.setAttribute("role", "application");
    this.plot.setAttribute("aria-label", data.title + ": line chart; arrow keys read values");
    this.spoken = htmlElement("div", { className: "quiet", "aria-live": "polite" });
    this.readout = htmlElement("div", { className: "readout", hidden: true });
    this.makeTools();
    this.makeLegend();
    this.listen();
    this.draw();
  }

  get current() { return this.data.views[this.view]; }

  series() {
    const frame = this.view === 0 && this.data.frames[this.frame];
    const shown = this.current.series.map((s, i) => (frame ? { ...s, y: frame.y[i] } : s)).filter((s) => !this.hidden.has(s.name));
    return this.smooth ? shown.map((s) => ({ ...s, y: runningMean(s.y), lo: runningMean(s.lo), hi: runningMean(s.hi) })) : shown;
  }

  canBeLog() {
    const seen = this.current.series.flatMap((s) => s.y).filter((v) => v !== null);
    const [lo, hi] = this.extent(seen, false);
    return !this.data.steps && seen.length > 0 && lo > 0 && (this.data.logY || hi >= 8 * lo);
  }

  makeTools() {
    const tools = this.figure.querySelector(".tools");
    tools.textContent = "";
    if (this.data.views.length > 1) {
      this.data.views.forEach((view, i) => tools.append(this.button(view.name, i === this.view, () => { this.view = i; })));
    }
    if (!this.data.steps && this.current.series.some((s) => s.x.length >= 100)) tools.append(this.button("smooth", this.smooth, () => { this.smooth = !this.smooth; }));
    if (this.canBeLog()) tools.append(this.button("log", this.logY, () => { this.logY = !this.logY; }));
  }

  button(text, pressed, act) {
    const button = htmlElement("button", { type: "button", textContent: text, "aria-pressed": String(pressed) });
    button.addEventListener("click", () => {
      act();
      this.cursor = null;
      this.makeTools();
      this.draw();
      [...this.figure.querySelectorAll(".tools button")].find((b) => b.textContent === text)?.focus();
    });
    return button;
  }

  makeLegend() {
    const legend = this.figure.querySelector(".legend");
    legend.textContent = "";
    if (this.current.series.length < 2) {
      legend.remove();
      return;
    }
    for (const s of this.current.series) {
      const key = htmlElement("span", { className: "key k" + s.slot + (s.dashed ? " dashed" : "") });
      const button = htmlElement("button", { type: "button", "aria-pressed": "true", title: "show or hide" }, key, s.name);
      button.addEventListener("click", () => {
        if (!this.hidden.delete(s.name)) this.hidden.add(s.name);
        button.setAttribute("aria-pressed", String(!this.hidden.has(s.name)));
        this.draw();
      });
      legend.append(htmlElement("li", {}, button));
    }
  }

  extent(values, log) {
    let lo = Infinity, hi = -Infinity;
    for (const v of values) {
      if (v === null || !Number.isFinite(v) || (log && v <= 0)) continue;
      if (v < lo) lo = v;
      if (v > hi) hi = v;
    }
    return lo <= hi ? [lo, hi] : log ? [1, 10] : [0, 1];
  }

  yAxis(shown, height) {
    const d = this.data, log = this.logY && this.canBeLog();
    // A histogram's axis fits the present frame; the dashed first one may leave it.
    const fitted = d.steps && shown.some((s) => !s.dashed) ? shown.filter((s) => !s.dashed) : shown;
    const values = fitted.flatMap((s) => [...s.y, ...s.lo, ...s.hi]).concat(d.references.map((r) => r.y));
    let [lo, hi] = this.extent(values, log);
    if (log) {
      lo /= 1.15;
      hi *= 1.15;
    } else {
      if (d.fromZero) { lo = Math.min(lo, 0); hi = Math.max(hi, 0); }
      const margin = hi > lo ? 0.05 * (hi - lo) : 0.5 * Math.abs(hi) || 1;
      lo = lo >= 0 && lo - margin < 0 ? 0 : lo - margin;
      hi += margin;
    }
    if (d.yLo !== null && (!log || d.yLo > 0)) lo = d.yLo;
    if (d.yHi !== null) hi = d.yHi;
    return new Axis(lo, hi, height - MARGIN.bottom, MARGIN.top, log, this.current.yUnit);
  }

  draw(fixedWidth) {
    const width = fixedWidth ?? Math.max(260, this.plot.clientWidth);
    const height = Math.round(Math.min(340, Math.max(220, width * 0.56)));
    const shown = this.series(), view = this.current;
    let [xLo, xHi] = this.extent(view.series.flatMap((s) => s.x), view.logX);
    if (xLo === xHi) xHi = view.logX ? xLo * 10 : xLo + 1;
    this.size = [width, height];
    this.y = this.yAxis(shown, height);
    this.left = 34 + 7 * Math.max(2, ...this.y.ticks(5).map(([, text]) => text.length));
    this.x = new Axis(xLo, xHi, this.left, width - MARGIN.right, view.logX, view.xUnit, this.marksRounds());
    const svg = svgElement("svg", { viewBox: `0 0 ${width} ${height}`, role: "img", "aria-label": this.data.title });
    this.drawAxes(svg, width, height);
    this.drawReferences(svg, width);
    const [w, h] = [width - this.left - MARGIN.right, height - MARGIN.top - MARGIN.bottom];
    const area = this.data.steps ? svg.appendChild(svgElement("svg", { x: this.left, y: MARGIN.top, width: w, height: h, viewBox: `${this.left} ${MARGIN.top} ${w} ${h}` })) : svg;
    for (const s of shown) this.drawSeries(area, s);
    this.cursorLine = svg.appendChild(svgElement("line", { class: "cursor", y1: MARGIN.top, y2: height - MARGIN.bottom, visibility: "hidden" }));
    this.cursorDots = svg.appendChild(svgElement("g"));
    this.plot.replaceChildren(svg, this.readout, this.spoken);
    this.readout.hidden = true;
  }

  drawAxes(svg, width, height) {
    const bottom = height - MARGIN.bottom;
    for (const [at, text] of this.y.ticks(5)) {
      if (at < MARGIN.top - 0.5 || at > bottom + 0.5) continue;
      svg.append(svgElement("line", { class: "grid", x1: this.left, x2: width - MARGIN.right, y1: at, y2: at }));
      svg.append(svgElement("text", { class: "tick", x: this.left - 7, y: at + 4, "text-anchor": "end" }, text));
    }
    for (const [at, text] of this.x.ticks(width < 400 ? 4 : 7)) {
      svg.append(svgElement("line", { class: "axis", x1: at, x2: at, y1: bottom, y2: bottom + 4 }));
      svg.append(svgElement("text", { class: "tick", x: at, y: bottom + 17, "text-anchor": "middle" }, text));
    }
    svg.append(svgElement("line", { class: "axis", x1: this.left, x2: width - MARGIN.right, y1: bottom, y2: bottom }));
    const title = (label, symbol) => (symbol ? `${label} (${symbol})` : label);
    svg.append(svgElement("text", { class: "label", x: (this.left + width - MARGIN.right) / 2, y: height - 7, "text-anchor": "middle" }, title(this.current.xLabel, this.x.prefix.symbol)));
    svg.append(svgElement("text", { class: "label", transform: `translate(13 ${(MARGIN.top + bottom) / 2}) rotate(-90)`, "text-anchor": "middle" }, title(this.current.yLabel, this.y.prefix.symbol)));
    if (this.marksRounds() && this.markedRound !== null && this.markedRound >= this.x.lo && this.markedRound <= this.x.hi) {
      const at = this.x.at(this.markedRound);
      svg.append(svgElement("line", { class: "marker", x1: at, x2: at, y1: MARGIN.top, y2: bottom }));
    }
  }

  marksRounds() { return this.current.xLabel.includes("round"); }

  drawReferences(svg, width) {
    for (const line of this.data.references) {
      if (!this.y.shows(line.y)) continue;
      const at = this.y.at(line.y);
      svg.append(svgElement("line", { class: "ref", x1: this.left, x2: width - MARGIN.right, y1: at, y2: at }));
      svg.append(svgElement("text", { class: "tick", x: width - MARGIN.right - 4, y: at - 5, "text-anchor": "end" }, line.name));
    }
  }

  drawSeries(svg, s) {
    let line = "", down = false, forth = "", back = "";
    s.x.forEach((vx, i) => {
      if (!this.x.shows(vx) || !this.y.shows(s.y[i])) {
        down = false;
        return;
      }
      const px = this.x.at(vx).toFixed(1), py = this.y.at(s.y[i]).toFixed(1);
      line += this.data.steps && down ? `H${px}V${py}` : `${down ? "L" : "M"}${px} ${py}`;
      down = true;
      if (s.lo.length && this.y.shows(s.lo[i]) && this.y.shows(s.hi[i])) {
        forth += `${forth ? "L" : "M"}${px} ${this.y.at(s.hi[i]).toFixed(1)}`;
        back = `L${px} ${this.y.at(s.lo[i]).toFixed(1)}` + back;
      }
    });
    if (forth) svg.append(svgElement("path", { class: "band f" + s.slot, d: forth + back + "Z" }));
    svg.append(svgElement("path", { class: `line c${s.slot}${s.dashed ? " dashed" : ""}`, d: line }));
    if (s.x.length === 1 && line) svg.append(svgElement("circle", { class: "f" + s.slot, r: 4, cx: this.x.at(s.x[0]), cy: this.y.at(s.y[0]) }));
  }

  listen() {
    for (const type of ["pointermove", "pointerdown"]) {
      this.plot.addEventListener(type, (event) => {
        const box = this.plot.getBoundingClientRect();
        this.showAt(((event.clientX - box.left) / box.width) * this.size[0]);
      });
    }
    this.plot.addEventListener("pointerleave", () => this.clear());
    this.plot.addEventListener("blur", () => this.clear());
    this.plot.addEventListener("keydown", (event) => {
      const step = { ArrowRight: 1, ArrowLeft: -1, PageUp: 10, PageDown: -10 }[event.key];
      if (event.key === "Escape") this.clear();
      if (step === undefined && event.key !== "Home" && event.key !== "End") return;
      event.preventDefault();
      const grid = this.positions();
      if (!grid.length) return;
      const last = grid.length - 1, from = this.cursor === null ? (step > 0 ? -1 : last + 1) : grid.indexOf(this.cursor);
      const index = event.key === "Home" ? 0 : event.key === "End" ? last : Math.min(last, Math.max(0, from + step));
      this.show(grid[index]);
      this.spoken.textContent = this.readout.textContent;
    });
  }

  positions() {
    return [...new Set(this.series().flatMap((s) => s.x.filter((v) => this.x.shows(v))))].sort((a, b) => a - b);
  }

  showAt(pixel) {
    const grid = this.positions();
    if (!grid.length) return;
    this.show(grid.reduce((best, v) => (Math.abs(this.x.at(v) - pixel) < Math.abs(this.x.at(best) - pixel) ? v : best)));
  }

  show(value) {
    this.cursor = value;
    const at = this.x.at(value), view = this.current;
    this.cursorLine.setAttribute("x1", at);
    this.cursorLine.setAttribute("x2", at);
    this.cursorLine.setAttribute("visibility", "visible");
    this.cursorDots.textContent = "";
    const lines = [htmlElement("div", {}, htmlElement("strong", { textContent: `${view.xLabel} ${formatQuantity(value, view.xUnit, 4)}` }))];
    for (const s of this.series()) {
      const i = this.nearest(s.x, value);
      if (i < 0 || !this.y.shows(s.y[i])) continue;
      this.cursorDots.append(svgElement("circle", { class: "f" + s.slot, r: 3.5, cx: this.x.at(s.x[i]), cy: this.y.at(s.y[i]) }));
      const range = s.lo.length && s.lo[i] !== s.hi[i] ? ` (${formatQuantity(s.lo[i], view.yUnit)} … ${formatQuantity(s.hi[i], view.yUnit)})` : "";
      lines.push(htmlElement("div", {}, htmlElement("span", { className: "key k" + s.slot }), `${s.name} ${formatQuantity(s.y[i], view.yUnit)}${range} `));
    }
    this.readout.replaceChildren(...lines);
    this.readout.hidden = false;
    const scale = this.plot.clientWidth / this.size[0];
    const left = at * scale + 12, room = this.plot.clientWidth - this.readout.offsetWidth;
    this.readout.style.left = Math.max(0, left > room ? at * scale - this.readout.offsetWidth - 12 : left) + "px";
    this.readout.style.top = MARGIN.top + "px";
  }

  // The point of a curve nearest to x, or -1 when none lies within two per cent of the axis.
  nearest(xs, x) {
    let best = -1;
    xs.forEach((v, i) => { if (best < 0 || Math.abs(v - x) < Math.abs(xs[best] - x)) best = i; });
    return best >= 0 && Math.abs(this.x.at(xs[best]) - this.x.at(x)) < 0.02 * this.size[0] ? best : -1;
  }

  clear() {
    this.cursor = null;
    this.readout.hidden = true;
    this.cursorLine.setAttribute("visibility", "hidden");
    this.cursorDots.textContent = "";
  }

  // New numbers of the same curves; what the reader chose and points at stays.
  update(data) {
    const cursor = this.cursor, tools = () => `${this.canBeLog()}${this.current.series.some((s) => s.x.length >= 100)}`, before = tools();
    this.data = data;
    if (tools() !== before) this.makeTools();
    this.draw();
    if (cursor !== null) this.show(cursor);
  }

  setRound(round, isLast) {
    this.markedRound = isLast ? null : round;
    const frames = this.data.frames;
    if (frames.length) {
      this.frame = 0;
      frames.forEach((f, i) => { if (f.round <= round) this.frame = i; });
    } else if (!this.marksRounds()) return;
    this.draw();
  }
}
