#include "ganbar/tile/analog_op.h"

#include <algorithm>
#include <cmath>

#include "ganbar/core/account.h"
#include "ganbar/core/parallel.h"
#include "ganbar/core/state.h"

namespace ganbar {
AnalogOp::AnalogOp(std::string name, std::vector<std::unique_ptr<DeviceArray>> planes, std::vector<Block> blocks, const Matrix& initial,
                   double w_max, const TileParams& params, const Rng& rng)
    : converters_(converters_of(params)) {
    cells_.name = std::move(name), cells_.n_in = initial.rows(), cells_.n_out = initial.cols(), cells_.w_max = w_max,
    cells_.params = params;
    cells_.planes = std::move(planes), cells_.blocks = std::move(blocks), cells_.sign.assign(initial.rows() * initial.cols(), 1);
    const std::size_t n_planes = cells_.params.mapping == Mapping::differential ? 2 : 1;
    GANBAR_ASSERT(cells_.planes.size() == n_planes && cells_.planes[0]->size() == cells_.n_in * cells_.n_out);
    if (!(w_max > 0)) throw ConfigError(cells_.name + ": w_max must be positive");
    const auto [g_min, g_max] = window();
    const double span = g_max.si - g_min.si;
    std::vector<std::vector<float>> start(n_planes, std::vector<float>(cells_.n_in * cells_.n_out));
    Rng draws = rng.stream("start");
    for (std::size_t i = 0; i < cells_.n_in; ++i)
        for (std::size_t j = 0; j < cells_.n_out; ++j) {
            const std::size_t k = i * cells_.n_out + j;
            double w = std::clamp(double{initial(i, j)} / w_max, -1.0, 1.0);
            const bool negative = w < 0;
            if (cells_.params.start == CellStart::uniform) w = std::copysign(draws.uniform(), w);
            if (cells_.params.mapping == Mapping::signed_cell) {
                cells_.sign[k] = negative ? -1 : 1;
                start[0][k] = static_cast<float>(g_min.si + std::fabs(w) * span);
            } else if (cells_.params.mapping == Mapping::offset) {
                start[0][k] = static_cast<float>(g_min.si + (0.5 + 0.5 * w) * span);
            } else {
                start[0][k] = static_cast<float>(g_min.si + std::max(w, 0.0) * span);
                start[1][k] = static_cast<float>(g_min.si + std::max(-w, 0.0) * span);
            }
        }
    calibrate_mapping();
    const Rng fates = rng.stream("yield");
    for (std::size_t p = 0; p < n_planes; ++p) {
        cells_.planes[p]->fabricate(start[p], rng.stream("device", p));
        if (cells_.params.yield >= 1) continue;
        Rng fate = fates.stream("plane", p);
        for (std::size_t k = 0; k < cells_.n_in * cells_.n_out; ++k) {
            const double dies = fate.uniform(), end = fate.uniform();
            if (dies >= cells_.params.yield) cells_.planes[p]->make_stuck(k, end < cells_.params.stuck_high ? g_max : g_min);
        }
    }
    for (const auto& block : cells_.blocks) {
        Tile tile;
        tile.block = block;
        tile.stream = static_cast<std::uint32_t>(tiles_.size());
        for (auto& side : tile.side) side.range_A = static_cast<float>(cells_.params.adc_range.si);
        tiles_.push_back(std::move(tile));
    }
}

// The read current that stands for weight zero, and the current per weight: measured at both ends of the window, as on a chip with
// reference cells, so that the static I-V's curvature does not show as an offset.
void AnalogOp::calibrate_mapping() {
    const auto probe = cells_.planes[0]->clone();
    const std::size_t n = std::min<std::size_t>(probe->size(), 4096);
    const auto mean_at = [&](Siemens g) {
        std::vector<float> values(n, static_cast<float>(g.si));
        probe->set_conductance(0, values);
        probe->chord_conductance(cells_.params.v_read.si, 0, values);
        double sum = 0;
        for (const float v : values) sum += v;
        return sum / static_cast<double>(n);
    };
    const auto [g_min, g_max] = window();
    double low = mean_at(g_min), high = mean_at(g_max);
    if (!(high > low)) {  // cells with bounds of their own have none before they are made
        probe->fabricate(std::vector<float>(probe->size(), static_cast<float>(g_min.si)), Rng(1).stream(cells_.name + "/mapping"));
        low = mean_at(g_min), high = mean_at(g_max);
    }
    span_S_ = high - low;
    reference_S_ = cells_.params.mapping == Mapping::offset ? 0.5 * (low + high) : low;
    if (!(span_S_ > 0))
        throw ConfigError(cells_.name +
                          ": the read current does not grow over the device's window; check v_read and the device's parameters");
}

std::vector<kernels::ReadBlock> AnalogOp::prepare(bool transposed, double v_rms2, double gain, bool convert) {
    std::vector<kernels::ReadBlock> out;
    const auto codes = static_cast<float>(max_code(converters_.adc_bits));
    for (auto& tile : tiles_) {
        const Block& b = tile.block;
        Side& side = tile.side[transposed];
        kernels::ReadBlock r;
        r.g_S = side.g.row(0);
        r.rows = side.g.rows(), r.cols = side.g.cols(), r.stride = side.g.stride();
        r.in0 = transposed ? b.col0 : b.row0;
        r.out0 = transposed ? b.row0 : b.col0;
        r.stream = tile.stream;
        const bool converts = convert && converters_.adc_bits > 0;
        const double lsb = converts ? side.range_A / codes : 0;
        const double adc_variance = cells_.params.adc_noise_lsb * cells_.params.adc_noise_lsb * lsb * lsb;
        if (cells_.params.read_noise || adc_variance > 0) {
            // sigma starts at the first 64-byte boundary of its buffer
            float* aligned = reinterpret_cast<float*>((reinterpret_cast<std::uintptr_t>(side.sigma.data()) + 63) / 64 * 64);
            float most = 0;
            for (std::size_t c = 0; c < side.variance_at_zero.size(); ++c) {
                aligned[c] = static_cast<float>(
                    std::sqrt(side.variance_at_zero[c] + side.variance_slope[c] * v_rms2 + (c < r.cols ? adc_variance : 0)));
                most = std::max(most, aligned[c]);
            }
            if (most > 0) r.sigma_A = aligned;  // cells without noise: nothing to draw
        }
        if (converts) {
            r.inv_lsb = lsb > 0 ? static_cast<float>(1 / lsb) : 0.0f;
            r.max_code = codes;
            r.scale = static_cast<float>(lsb > 0 ? gain * lsb : gain);
        } else {
            r.scale = static_cast<float>(gain);
        }
        out.push_back(r);
    }
    return out;
}

float AnalogOp::full_scale(const std::vector<float>& largest) const {
    float x_max = 0;
    bool finite = true;
    for (const float m : largest) x_max = std::max(x_max, m), finite = finite && std::isfinite(m);
    if (!finite) throw NumericError(cells_.name + ": the input of a read is not finite; lower the step or the learning rate");
    return x_max == 0 ? 1 : x_max;
}

void AnalogOp::convert_inputs(const Matrix& x, Reading& reading) {
    const std::size_t n = CellMatrix::n_items(x.rows()), width = x.stride();
    std::vector<float> largest(n);
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * CellMatrix::rows_per_item;
        largest[item] = kernels::max_abs_rows(x.row(r), x.stride(), std::min(CellMatrix::rows_per_item, x.rows() - r), x.cols());
    });
    reading.rows = x.rows();
    reading.x_max = full_scale(largest);
    volts_.resize(x.rows(), x.cols());
    std::vector<double> part(n * width, 0.0);
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * CellMatrix::rows_per_item;
        kernels::dac_rows(x.row(r), x.stride(), volts_.row(r), volts_.stride(), std::min(CellMatrix::rows_per_item, x.rows() - r), x.cols(),
                          reading.x_max, static_cast<float>(cells_.params.v_read.si), static_cast<float>(max_code(converters_.dac_bits)),
                          &part[item * width]);
    });
    reading.sum_v2.assign(x.cols(), 0.0);
    for (std::size_t item = 0; item < n; ++item)
        for (std::size_t c = 0; c < x.cols(); ++c) reading.sum_v2[c] += part[item * width + c];
}

// The first read of an array sets its converters' range from the currents of a few samples, read without conversion.
void AnalogOp::calibrate(bool transposed, const Matrix& first_rows, std::uint64_t key) {
    const bool needed = std::any_of(tiles_.begin(), tiles_.end(), [&](const Tile& t) { return t.side[transposed].range_A == 0; });
    if (!needed || converters_.adc_bits == 0) return;
    const auto blocks = prepare(transposed, 0, 1, false);
    const std::size_t n = std::min(first_rows.rows(), n_calibration);
    Matrix scratch(n, transposed ? cells_.n_in : cells_.n_out);
    std::vector<float> largest(blocks.size());
    kernels::read_blocks(first_rows.row(0), first_rows.stride(), scratch.row(0), scratch.stride(), 0, n, blocks.data(), blocks.size(), key,
                         1, largest.data());
    for (std::size_t t = 0; t < tiles_.size(); ++t)
        if (tiles_[t].side[transposed].range_A == 0)
            tiles_[t].side[transposed].range_A = static_cast<float>(cells_.params.adc_headroom) * largest[t];
}

void AnalogOp::before_read(bool training) {
    for (const auto& plane : cells_.planes)
        if (plane->rest(!training)) dirty_ = copy_due_ = true;
    refresh(training);
}

// first_rows: converted inputs of the first rows, for calibration.
void AnalogOp::start(Reading& reading, const Matrix& first_rows, const Step& step) {
    double total = 0;
    for (const double s : reading.sum_v2) total += s;
    const double v_rms2 = total / static_cast<double>(reading.rows * reading.sum_v2.size());
    reading.key = step.rng.stream(cells_.name, reading.transposed).key();
    calibrate(reading.transposed, first_rows, reading.key);
    reading.blocks = prepare(reading.transposed, v_rms2, weight_per_siemens() * reading.x_max / cells_.params.v_read.si, true);
}

// currents: the largest of every block, item after item.
void AnalogOp::finish(const Reading& reading, const std::vector<float>& currents, Step& step) {
    if (step.training && cells_.params.adc_range.si == 0) {
        for (std::size_t t = 0; t < tiles_.size(); ++t) {
            float seen = 0;
            for (std::size_t at = t; at < currents.size(); at += tiles_.size()) seen = std::max(seen, currents[at]);
            // Gain follows growth at once and shrinks slowly, as an automatic gain control does.
            float& range = tiles_[t].side[reading.transposed].range_A;
            range = std::max(static_cast<float>(cells_.params.adc_headroom) * seen, 0.98f * range);
        }
    }
    book_read(reading.transposed, reading.rows, reading.sum_v2, step);
}

void AnalogOp::read(bool transposed, const Matrix& x, Matrix& y, Step& step) {
    GANBAR_ASSERT(x.cols() == (transposed ? cells_.n_out : cells_.n_in) && &x != &y);
    before_read(step.training);
    Reading reading;
    reading.transposed = transposed;
    convert_inputs(x, reading);
    start(reading, volts_, step);
    y.resize(x.rows(), transposed ? cells_.n_in : cells_.n_out);
    const auto& blocks = reading.blocks;
    const std::size_t n = CellMatrix::n_items(x.rows());
    std::vector<float> currents(n * blocks.size());
    parallel_for(n, [&](std::size_t item) {
        const std::size_t r = item * CellMatrix::rows_per_item, rows = std::min(CellMatrix::rows_per_item, x.rows() - r);
        std::fill_n(y.row(r), rows * y.stride(), 0.0f);
        kernels::read_blocks(volts_.row(r), volts_.stride(), y.row(r), y.stride(), r, rows, blocks.data(), blocks.size(), reading.key, 0,
                             &currents[item * blocks.size()]);
    });
    finish(reading, currents, step);
}

void AnalogOp::book_read(bool transposed, std::size_t batch, const std::vector<double>& sum_v2, Step& step) const {
    double energy = 0;
    std::int64_t cells = 0, outputs = 0, inputs = 0;
    std::size_t most_outputs = 0;
    for (const auto& tile : tiles_) {
        const Side& side = tile.side[transposed];
        const std::size_t in0 = transposed ? tile.block.col0 : tile.block.row0;
        for (std::size_t i = 0; i < side.line_S.size(); ++i) energy += sum_v2[in0 + i] * side.line_S[i];
        cells += static_cast<std::int64_t>(side.g.rows() * side.g.cols());
        outputs += static_cast<std::int64_t>(side.g.cols());
        inputs += static_cast<std::int64_t>(side.g.rows());
        most_outputs = std::max(most_outputs, side.g.cols());
    }
    const auto samples = static_cast<std::int64_t>(batch);
    const std::string where = step.account + "/" + cells_.name;
    const Phase phase = transposed ? Phase::backward : Phase::forward;
    const double t_read = cells_.params.t_read.si;
    charge(step.ledger, {where, phase, Component::cells}, cells * samples * static_cast<std::int64_t>(cells_.planes.size()),
           {energy * t_read}, {t_read * static_cast<double>(batch)});
    if (converters_.adc_bits > 0)
        charge(step.ledger, {where, phase, Component::adc}, outputs * samples,
               static_cast<double>(outputs * samples) * converters_.adc.energy,
               static_cast<double>(most_outputs * batch) * converters_.adc.time);
    if (converters_.dac_bits > 0)
        charge(step.ledger, {where, phase, Component::dac}, inputs * samples,
               static_cast<double>(inputs * samples) * converters_.dac.energy);
}

Matrix AnalogOp::weights() const {
    Matrix w(cells_.n_in, cells_.n_out);
    const Siemens g_min = window().g_min, g_max = window().g_max;
    const double span = g_max.si - g_min.si;
    parallel_for(CellMatrix::n_items(cells_.n_in), [&](std::size_t item) {
        std::vector<float> g(cells_.n_out), minus(cells_.n_out, 0.0f);
        for (std::size_t i = item * CellMatrix::rows_per_item; i < std::min(cells_.n_in, (item + 1) * CellMatrix::rows_per_item); ++i) {
            cells_.planes[0]->conductance(i * cells_.n_out, g);
            if (cells_.planes.size() > 1) cells_.planes[1]->conductance(i * cells_.n_out, minus);
            const std::int8_t* sign = &cells_.sign[i * cells_.n_out];
            for (std::size_t j = 0; j < cells_.n_out; ++j) {
                const double u = cells_.params.mapping == Mapping::signed_cell ? sign[j] * (g[j] - g_min.si) / span
                                 : cells_.params.mapping == Mapping::offset    ? 2 * (g[j] - g_min.si) / span - 1
                                                                               : (double{g[j]} - minus[j]) / span;
                w(i, j) = static_cast<float>(cells_.w_max * u);
            }
        }
    });
    return w;
}

std::vector<float> AnalogOp::conductance(std::size_t plane) const {
    std::vector<float> g(cells_.n_in * cells_.n_out);
    cells_.planes.at(plane)->conductance(0, g);
    return g;
}

std::vector<float> AnalogOp::chord_conductance(Volt v, std::size_t plane) const {
    std::vector<float> g(cells_.n_in * cells_.n_out);
    cells_.planes.at(plane)->chord_conductance(v.si, 0, g);
    return g;
}

State AnalogOp::state() const {
    State out;
    for (std::size_t p = 0; p < cells_.planes.size(); ++p)
        out.push_back({cells_.name + "/cells" + std::to_string(p), cells_.planes[p]->state()});
    out.push_back({cells_.name + "/sign", std::vector<float>(cells_.sign.begin(), cells_.sign.end())});
    out.push_back({cells_.name + "/ranges", ranges()});
    out.push_back({cells_.name + "/average", flatten(cells_.memory.average)});
    out.push_back({cells_.name + "/moment1", cells_.memory.moments.first});
    out.push_back({cells_.name + "/moment2", cells_.memory.moments.second});
    out.push_back({cells_.name + "/steps", {static_cast<float>(cells_.memory.moments.steps)}});
    out.push_back({cells_.name + "/pulse_step", {static_cast<float>(cells_.memory.pulse_step_S)}});
    std::vector<float> owed;
    for (const auto& plane : cells_.memory.owed) owed.insert(owed.end(), plane.begin(), plane.end());
    out.push_back({cells_.name + "/owed", std::move(owed)});
    if (wired_) out.push_back({cells_.name + "/wires", wires_state()});
    return out;
}

void AnalogOp::restore(const State& state) {
    const auto key = [&](const std::string& what) { return cells_.name + "/" + what; };
    const std::size_t n = cells_.n_in * cells_.n_out;
    const auto& sign = find_tensor(state, key("sign"), cells_.sign.size());
    const auto& ranges = find_tensor(state, key("ranges"), 2 * tiles_.size());
    const auto& average = find_tensor_or_empty(state, key("average"), n);
    const auto& owed = find_tensor_or_empty(state, key("owed"), cells_.planes.size() * n);
    cells_.memory.pulse_step_S = find_tensor(state, key("pulse_step"), 1)[0];
    for (std::size_t p = 0; p < cells_.planes.size(); ++p) {
        cells_.memory.owed[p].resize(owed.empty() ? 0 : n);
        for (std::size_t c = 0; c < cells_.memory.owed[p].size(); ++c) cells_.memory.owed[p][c] = static_cast<std::int8_t>(owed[p * n + c]);
        cells_.planes[p]->restore(find_tensor(state, key("cells" + std::to_string(p))));
    }
    for (std::size_t k = 0; k < n; ++k) cells_.sign[k] = sign[k] < 0 ? -1 : 1;
    set_ranges(ranges);
    cells_.memory.average = unflattened(average, cells_.n_in, cells_.n_out);
    cells_.memory.moments = {find_tensor_or_empty(state, key("moment1"), n), find_tensor_or_empty(state, key("moment2"), n),
                             find_tensor(state, key("steps"), 1)[0]};
    if (wired_) restore_wires(find_tensor(state, key("wires")));
    dirty_ = copy_due_ = true;
}

}  // namespace ganbar
