// Numbers for readers; the same rules as report/number_text.cpp.
const SCALED = ["J", "S", "s", "V", "A", "ohm", "W", "Hz", "m", "F", "m2"];
const PREFIXES = ["a", "f", "p", "n", "µ", "m", "", "k", "M"];

function groupThousands(text) {
  const [whole, rest] = text.split(".");
  if (whole.replace("-", "").length < 5) return text;
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, "\u202f");
  return rest === undefined ? grouped : grouped + "." + rest;
}

const RAISED = { "-": "⁻", 0: "⁰", 1: "¹", 2: "²", 3: "³", 4: "⁴", 5: "⁵", 6: "⁶", 7: "⁷", 8: "⁸", 9: "⁹" };

function formatNumber(value, digits = 3) {
  if (value === null || Number.isNaN(value)) return "–";
  if (!Number.isFinite(value)) return value > 0 ? "∞" : "−∞";
  if (value === 0) return "0";
  const magnitude = Math.abs(value);
  if (magnitude < 1e-4 || magnitude >= 1e7) {
    const [mantissa, power] = value.toExponential(digits - 1).split("e");
    return mantissa.replace("-", "−") + "×10" + [...power.replace("+", "")].map((c) => RAISED[c]).join("");
  }
  const rounded = Number(magnitude.toExponential(digits - 1));
  const decade = Math.floor(Math.log10(rounded) + 1e-12);
  const whole = Math.abs(value - Math.round(value)) <= 1e-9 * magnitude;
  const decimals = whole ? 0 : Math.max(0, digits - 1 - decade);
  return groupThousands(value.toFixed(decimals)).replace("-", "−");
}

// Tick labels: as many decimals as the step between neighbours needs.
function tickTexts(values) {
  const step = values.length > 1 ? Math.min(...values.slice(1).map((v, i) => Math.abs(v - values[i]))) : Math.abs(values[0] ?? 1);
  const largest = Math.max(...values.map(Math.abs));
  if (!(step > 0) || largest >= 1e7 || largest < 1e-4) return values.map((v) => formatNumber(v));
  const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
  return values.map((v) => (v === 0 ? "0" : groupThousands(v.toFixed(decimals)).replace("-", "−")));
}

function prefixFor(magnitude, unit) {
  const shown = unit === "ohm" ? "Ω" : unit;
  magnitude = Math.abs(magnitude);
  if (unit === "m2") {
    if (magnitude >= 1 || magnitude === 0) return { factor: 1, symbol: "m²" };
    if (magnitude >= 1e-8) return { factor: 1e-6, symbol: "mm²" };
    return magnitude >= 1e-14 ? { factor: 1e-12, symbol: "µm²" } : { factor: 1e-18, symbol: "nm²" };
  }
  if (!SCALED.includes(unit) || magnitude === 0 || !Number.isFinite(magnitude)) return { factor: 1, symbol: shown };
  const thousands = Math.floor(Math.log10(magnitude) / 3 + 1e-12);
  const power = Math.min(Math.max(thousands, -6), unit === "s" || unit === "m" ? 0 : 2);
  return { factor: Number("1e" + 3 * power), symbol: PREFIXES[power + 6] + shown };
}

function formatQuantity(value, unit, digits = 3) {
  if (!unit || value === null || !Number.isFinite(value)) return formatNumber(value, digits);
  const prefix = prefixFor(Number(value.toExponential(digits - 1)), unit);
  return formatNumber(value / prefix.factor, digits) + "\u202f" + prefix.symbol;
}
