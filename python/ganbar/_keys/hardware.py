"""Keys of sections of an experiment: hardware. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict


class Accelerators(TypedDict, total=False):
    """[accelerators]

    estimate: accelerators whose cost of the run is estimated, or all (assumed: none)
    """

    estimate: str | None


class Data(TypedDict, total=False):
    """[data]

    background: what lies under transparent pixels of PNG files, and around images under fit = pad; black, white (assumed: black, as nothing)
    classes: classes to learn; empty = all (published: satyam2022, sec. III: digit 3)
    dataset: name of a data set, or path of a folder or NPY file (published: satyam2022, sec. II: MNIST)
    fit: images that are not square: each side scaled apart, cut to the middle square, or set into a square of the background; stretch, crop, pad (assumed: stretch: nothing is lost)
    limit: use only the first images of these classes; 0 = all; 0 to 1e+09 (assumed: all)
    noise: Gaussian noise of the sensor on every real image the discriminator sees: standard deviation over the range of pixels; 0 to 10 (assumed: off; krestinskaya2020 tolerates 10%)
    side: make the images this high and wide, by averaging over area; 0 = as they are; 0 to 4096 (assumed: as they are)
    """

    background: Literal["black", "white"] | None
    classes: Sequence[int] | int | None
    dataset: str | None
    fit: Literal["stretch", "crop", "pad"] | None
    limit: int | None
    noise: float | None
    side: int | None


class Experiment(TypedDict, total=False):
    """[experiment]

    doc: what the experiment is, in a sentence (assumed: ours)
    name: short name of the experiment (assumed: ours)
    seed: seed of every random stream; from 0 (assumed: any)
    """

    doc: str | None
    name: str | None
    seed: int | None


class Hardware(TypedDict, total=False):
    """[hardware]

    clip_software: clip software weights at w_max as the window clips conductances (assumed: off: the baseline is an ordinary GAN)
    fold_norm: after training, fold the generator's batch norms into its weights: the scale is written into the cells, clipped at their window, and the shift stays a digital bias (assumed: off: batch norms in digital memory)
    kind: weights as conductances in crossbars, float32 in memory, or trained in memory and written into crossbars at the end; crossbar, software, ex_situ (published: satyam2022, sec. III: both)
    weight_noise: ex_situ: standard deviation of the noise that training adds to each weight, part of w_max; 0 to 1 (assumed: near the write error; Joshi et al. 2020 train with the noise of the cells to come)
    write_pulses: ex_situ, fold_norm: most pulses a cell; amplitudes start at write_v_set, write_v_reset and grow by write_ramp; 1 to 10000 (assumed: bounds the time)
    write_ramp: ex_situ, fold_norm: growth of the amplitude from pulse to pulse; 0 = the training rule's, 50 mV where it has none; a text with its unit, V; 0 to 1 (assumed: write-verify with a voltage ramp, as used to tune such arrays (Fahimi 2021))
    write_t_pulse: ex_situ, fold_norm: width of a pulse; 0 = as the training rule's, 100 ns where it has no pulses; a text with its unit, s; 0 to 10 (assumed: as in training)
    write_tolerance: ex_situ, fold_norm: a cell is written when it shows its target to this part of the window; 0.0001 to 1 (assumed: 1%: satyam2022's group tunes to a few percent)
    write_v_reset: ex_situ, fold_norm: amplitude of the first reset pulse; 0 = as the training rule's, -0.8 V where it has no pulses; a text with its unit, V; -5 to 0 (assumed: as in training)
    write_v_set: ex_situ, fold_norm: amplitude of the first set pulse; 0 = as the training rule's, 0.8 V where it has no pulses; a text with its unit, V; 0 to 5 (assumed: as in training)
    """

    clip_software: bool | None
    fold_norm: bool | None
    kind: Literal["crossbar", "software", "ex_situ"] | None
    weight_noise: float | None
    write_pulses: int | None
    write_ramp: str | None
    write_t_pulse: str | None
    write_tolerance: float | None
    write_v_reset: str | None
    write_v_set: str | None


class Nonideal(TypedDict, total=False):
    """[nonideal]

    drift: exponent nu of drift: G falls as (1 + t/drift_start)^-nu after a write; 0 to 1 (assumed: off; power law as in phase-change cells (Karpov et al. 2007: nu 0.05 to 0.1))
    drift_sigma: spread of nu between cells (negative draws count as 0); 0 to 1 (assumed: off)
    drift_start: time after a write at which drift sets in; a text with its unit, s; 1e-12 to 1e+09 (assumed: 1 s)
    endurance: pulses after which 63% of the cells are worn out (scale of a Weibull distribution); 0 = none wears out; 0 to 1e+15 (assumed: off)
    endurance_shape: shape of that distribution; large = all fail together; 0.1 to 50 (assumed: 2: failures spread over the life, as usual for wear-out)
    levels: conductances a cell can hold, both ends included; 0 = any; 0 to 65536 (assumed: any)
    r_off_sigma: spread of R_OFF between cells: standard deviation of its logarithm; 0 to 3 (assumed: off; as r_on_sigma)
    r_on_sigma: spread of R_ON between cells: standard deviation of its logarithm; 0 to 3 (assumed: off; krestinskaya2020 varies its devices by amounts not known to us)
    read_noise: fluctuation of a cell while it is read: standard deviation of its conductance over the window, beside the model's own noise; 0 to 1 (assumed: off; lin2018 uses the array's own, its size not known to us)
    stuck_off: fraction of cells stuck at their lowest conductance; 0 to 1 (assumed: off)
    stuck_on: fraction of cells stuck at their highest conductance; 0 to 1 (assumed: off)
    t_shelf: time between the last write and reads outside training (pictures, evaluations); a text with its unit, s; 0 to 1e+12 (assumed: 0: read at once)
    t_update: time from one update of the weights to the next, for ageing during training; a text with its unit, s; 0 to 1e+09 (assumed: 0: training is short against drift)
    worn: where a worn-out cell stays: highest, lowest or present conductance; on, off, here (assumed: on: the window closes towards the low resistance)
    write_noise: error that a pulse leaves in the cell it moved: standard deviation over the window; 0 to 1 (assumed: off; lin2018 uses the array's own, its size not known to us)
    """

    drift: float | None
    drift_sigma: float | None
    drift_start: str | None
    endurance: float | None
    endurance_shape: float | None
    levels: int | None
    r_off_sigma: float | None
    r_on_sigma: float | None
    read_noise: float | None
    stuck_off: float | None
    stuck_on: float | None
    t_shelf: str | None
    t_update: str | None
    worn: Literal["on", "off", "here"] | bool | None
    write_noise: float | None


class Periphery(TypedDict, total=False):
    """[periphery]

    c_hold: hold capacitor; a text with its unit, F; 1e-18 to 0.001 (assumed: 1 pF: kT/C noise of 64 uV)
    capacitor_area: area of the hold capacitor; a text with its unit, m2; 0 to 1e-06 (assumed: 1 fF/um2, as metal-insulator-metal capacitors in 0.18 um)
    columns_per_amplifier: columns that one readout serves in turn; 0 = all of a layer; 0 to 1.04858e+06 (published: satyam2022, sec. I, on krestinskaya2020: sequential reading of the outputs)
    diode_drop: drop of a rectifier's diode at 1 uA; it takes this from the swing; a text with its unit, V; 0.001 to 0.7 (assumed: a transistor steered by a comparator; a junction would take 0.5 V of 0.8 V)
    dropout: share of hidden neurons whose gate is open in a pass of training; 0 to 0.99 (assumed: off; krestinskaya2020 uses dropout throughout, its rate not known to us)
    dropout_at_inference: gates work outside training too (assumed: off; the same group's dropout nets (Proc. R. Soc. A 476:20200210) keep them on)
    gain_max: largest gain of a normaliser, 1 over it the smallest; 1 to 1e+06 (derived: krestinskaya2020: R_OFF/R_ON = 6.25, the gain a programmed cell can set)
    gated_power: what a neuron takes whose gate is open, as a share of one that works; 0 to 1 (assumed: 0: its amplifiers are switched off; the abstract gives lower power as a purpose of dropout, not how)
    kind: activations in digital logic, or in the analog circuits below; digital, analog (assumed: digital, as in satyam2022; krestinskaya2020 is analog)
    logit_scale: voltage of 1 at the discriminator's output over v_unit; 0.001 to 1 (assumed: logits up to 10 fit into the swing: beyond it no error would come back)
    normalise: layers with batch norm pass a normaliser instead, whose mean and gain are set digitally from running statistics (assumed: off: batch norm stays digital)
    offset_sigma: spread of the output offset between readout circuits, standard deviation; a text with its unit, V; 0 to 1 (assumed: off)
    opamp_area: area of one amplifier; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    opamp_bandwidth: gain-bandwidth product; a text with its unit, Hz; 1 to 1e+12 (assumed: 10 MHz at about a microampere)
    opamp_current: supply current of one amplifier; a text with its unit, A; 1e-12 to 1 (assumed: the paper's circuits are not known to us)
    opamp_gain: open-loop gain; 1 to 1e+09 (assumed: 60 dB, one two-stage amplifier in 0.18 um)
    opamp_offset: input offset of every amplifier; a text with its unit, V; -1 to 1 (assumed: none: trimmed)
    r_feedback: resistor of the rectifiers, normalisers and summing amplifiers; a text with its unit, ohm; 1 to 1e+12 (assumed: R_OFF of the paper's cells: the same array can make it)
    r_leak: leakage resistance of the hold capacitor; a text with its unit, ohm; 1 to 1e+18 (assumed: picoamperes at a volt)
    r_readout: feedback resistor of the readout of a column; a text with its unit, ohm; 1 to 1e+12 (assumed: brings the current of a weight of 0.4 at 0.1 V to its voltage: v_unit 0.4/(21 uS 0.1 V))
    r_switch: resistance of a closed switch; a text with its unit, ohm; 0.001 to 1e+09 (assumed: a minimum transmission gate in 0.18 um)
    r_switch_off: resistance of an open switch; a text with its unit, ohm; 1 to 1e+18 (assumed: leakage of ten picoamperes at a volt)
    resistor_area: area of one resistor; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    slope_factor: subthreshold slope factor n of the pairs; 1 to 3 (assumed: 1.5, usual in 0.18 um)
    switch_area: area of one switch; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    t_hold: time a sample is held; a text with its unit, s; 0 to 1 (assumed: one pass over a hundred columns)
    t_slot: time for the read of one column; a text with its unit, s; 1e-12 to 1 (assumed: 12 time constants of the readout)
    tail_current: current of the differential pairs that make tanh and sigmoid; a text with its unit, A; 1e-12 to 1 (assumed: weak inversion, for low power)
    temperature: of the pairs; a text with its unit, K; 1 to 1000 (assumed: 27 degC)
    transistor_area: area of one transistor of a pair or mirror; a text with its unit, m2; 0 to 1e-06 (assumed: the paper's circuits are not known to us)
    v_supply: supply voltage; a text with its unit, V; 0.1 to 10 (derived: krestinskaya2020: 0.18 um CMOS, whose core supply is 1.8 V)
    v_swing: amplifiers reach this far above and below the middle of the supply; a text with its unit, V; 0.01 to 10 (assumed: 0.1 V of headroom at both rails)
    v_unit: voltage that stands for 1 in the networks; a text with its unit, V; 0.001 to 10 (assumed: as much as fits three units into the swing)
    """

    c_hold: str | None
    capacitor_area: str | None
    columns_per_amplifier: int | None
    diode_drop: str | None
    dropout: float | None
    dropout_at_inference: bool | None
    gain_max: float | None
    gated_power: float | None
    kind: Literal["digital", "analog"] | None
    logit_scale: float | None
    normalise: bool | None
    offset_sigma: str | None
    opamp_area: str | None
    opamp_bandwidth: str | None
    opamp_current: str | None
    opamp_gain: float | None
    opamp_offset: str | None
    r_feedback: str | None
    r_leak: str | None
    r_readout: str | None
    r_switch: str | None
    r_switch_off: str | None
    resistor_area: str | None
    slope_factor: float | None
    switch_area: str | None
    t_hold: str | None
    t_slot: str | None
    tail_current: str | None
    temperature: str | None
    transistor_area: str | None
    v_supply: str | None
    v_swing: str | None
    v_unit: str | None


_TileWords = TypedDict("_TileWords", {"yield": "float | None"}, total=False)


class Tile(_TileWords, total=False):
    """[tile]

    adc: kind of the output converters (ganbar list converters); ideal = none (published: ISAAC, ISCA 2016: successive approximation)
    adc_area: area of one output converter, whatever its bits; 0 = by kind, bits, rate and node (8 bits: 1200 um2); a text with its unit, m2; 0 to 1e-06 (derived: ISAAC, ISCA 2016, table I: 0.0096 mm2 for 8, rescaled by bits as for accelerators)
    adc_bits: output converter resolution, sign included; 0 = ideal; 0 to 16 (assumed: 8 bits as usual in the field; satyam2022 models no converters)
    adc_energy: energy of one output conversion, whatever its bits; 0 = by kind, bits and node (8 bits: 1.67 pJ); a text with its unit, J; 0 to 1e-06 (derived: ISAAC, ISCA 2016, table I: 8 bits at 1.28 GS/s, 32 nm: 2 mW, rescaled by bits as for accelerators)
    adc_headroom: converter range over the largest current seen by each array; 0.1 to 10 (assumed: 20% against clipping)
    adc_noise_lsb: converter noise, rms, in steps of the converter; 0 to 16 (assumed: off)
    adc_range: fixed range of every converter; 0 = follow the largest current; a text with its unit, A; 0 to 1 (assumed: ranged by the programmable gain of each array)
    adc_time: time of one output conversion; one converter serves a crossbar, a faster one than published is several interleaved; 0 = by kind and bits (8 bits: 0.8 ns); a text with its unit, s; 0 to 0.001 (derived: ISAAC, ISCA 2016: 1.28 GS/s, one comparison per bit)
    cell: the memristor alone, or with a transistor on a gate line of its row: closed gates keep the other rows from half-selection (needs wires.mode = exact); passive, 1t1r (assumed: passive, as satyam2022's arrays)
    cell_active_area: 1t1r: footprint of a cell with its transistor; a text with its unit, m2; 0 to 1e-06 (assumed: 3 (W/L + 1) F2, the layout rule of NVSim (Dong, Xu, Xie, Jouppi, IEEE TCAD 31, 994, 2012; not looked up) with W/L = 10, F = 0.25 um)
    cell_area: footprint of one cell; a text with its unit, m2; 1e-18 to 1e-06 (published: satyam2022, sec. III.C: 0.6 um x 0.6 um)
    cell_c_gate: 1t1r: capacitance of one cell's gate with its part of the line; a text with its unit, F; 0 to 1e-09 (assumed: 4 fF: 3.75 of 2.5 um x 0.25 um under 5.8 nm of oxide, and the line)
    cell_g_off: leakage beside the element, whatever its state; a text with its unit, S; 0 to 1 (assumed: 0.1 nA at 1 V)
    cell_r_on: 1t1r, switch: resistance while the gate line is above vt; a text with its unit, ohm; 0 to 1e+09 (derived: 420 ohm: k and vt as here with a gate at 2.5 V, 1/(k (2.5 V - vt)))
    cell_v_gate: 1t1r: gate lines of the rows in use; the others lie at 0 V; a text with its unit, V; 0 to 10 (assumed: 2.5 V: usual supply of the 0.25 um process of vt)
    cols: bit lines of one crossbar; 1 to 4096 (published: satyam2022, sec. II: 64 x 64 arrays)
    dac: kind of the input converters (ganbar list converters); ideal = none (published: as used by MNSIM 2.0)
    dac_area: area of one input converter, whatever its bits; 0 = by kind, bits and node (8 bits: 438 um2); a text with its unit, m2; 0 to 1e-06 (derived: 8-bit DAC, 40 nm, as used by MNSIM 2.0; twice per bit as ISAAC's drivers)
    dac_bits: input converter resolution, sign included; 0 = ideal; 0 to 16 (assumed: 8 bits as usual in the field; satyam2022 models no converters)
    dac_energy: energy of one input conversion, whatever its bits; 0 = by kind, bits and node (8 bits: 0.291 pJ); a text with its unit, J; 0 to 1e-06 (derived: 8-bit DAC at 1 GS/s, 40 nm, as used by MNSIM 2.0; twice per bit as ISAAC's drivers)
    energy: energy of a pulse: V^2 G t, or V I(V) t with the static I-V; ohmic, nonlinear (published: satyam2022, sec. III.B: V^2 G t)
    errors: errors go back through the same cells, or through digital copies of the weights; arrays, digital (assumed: arrays; krestinskaya2020 is digital here (satyam2022, sec. I))
    mac_energy: energy of one digital multiplication and addition of an error; a text with its unit, J; 0 to 1e-06 (published: Horowitz, ISSCC 2014: 8 bits at 45 nm, 0.2 pJ and 0.03 pJ; memory traffic not in it)
    mapping: how cells encode signed weights; signed, differential, offset (published: satyam2022, eq. 3: signed single cell)
    node_nm: technology node of the converters, 32, 45 or 65 nm; 0 = each as published (ADC 32 nm, DAC 40 nm); 0 to 65 (assumed: as published)
    placement: how partial blocks share crossbars; blockwise, per_layer, per_layer_slack, dense (derived: per_layer_slack is the policy that gives the 54 arrays of satyam2022, sec. II)
    read_noise: add the device model's read noise to every column current (published: satyam2022, sec. II: static characteristics including noise)
    rows: word lines of one crossbar; 1 to 4096 (published: satyam2022, sec. II: 64 x 64 arrays)
    sign_energy: energy of writing one sign bit; a text with its unit, J; 0 to 1e-06 (assumed: a small static memory cell)
    sign_flips: signed mapping: the sign of a weight is a bit that flips when the weight passes through zero; otherwise it is frozen (assumed: frozen, as in satyam2022; krestinskaya2020 has an array of signs)
    start: initial conductances: the mapped initial weights, or uniform over the window; weights, uniform (assumed: not given in satyam2022)
    stuck_high: fraction of stuck cells that sit at the upper end of the window; 0 to 1 (assumed: half)
    t_read: integration time of one read; a text with its unit, s; 1e-12 to 0.001 (assumed: as long as a programming pulse)
    v_read: largest read voltage; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V: facts on this stack read at 0.1 V (Prezioso 2015); satyam2022 gives none)
    yield: fraction of cells that switch; the others are stuck; 0 to 1 (assumed: 1; this stack reports about 0.99 (Kim 2021))
    """

    adc: str | None
    adc_area: str | None
    adc_bits: int | None
    adc_energy: str | None
    adc_headroom: float | None
    adc_noise_lsb: float | None
    adc_range: str | None
    adc_time: str | None
    cell: Literal["passive", "1t1r"] | None
    cell_active_area: str | None
    cell_area: str | None
    cell_c_gate: str | None
    cell_g_off: str | None
    cell_r_on: str | None
    cell_v_gate: str | None
    cols: int | None
    dac: str | None
    dac_area: str | None
    dac_bits: int | None
    dac_energy: str | None
    energy: Literal["ohmic", "nonlinear"] | None
    errors: Literal["arrays", "digital"] | None
    mac_energy: str | None
    mapping: Literal["signed", "differential", "offset"] | None
    node_nm: int | None
    placement: Literal["blockwise", "per_layer", "per_layer_slack", "dense"] | None
    read_noise: bool | None
    rows: int | None
    sign_energy: str | None
    sign_flips: bool | None
    start: Literal["weights", "uniform"] | None
    stuck_high: float | None
    t_read: str | None
    v_read: str | None


class Wires(TypedDict, total=False):
    """[wires]

    backward: transposed reads in training; ideal, exact (assumed: all reads through the wires)
    compensation: calibrated drivers: one amplitude for each row, or a bit-line amplitude for each cell; none, rows, cells (assumed: none, as in satyam2022)
    ends: lines meet their terminals at one end or at both; single, both (assumed: single: word lines from the first column, bit lines at the last row)
    forward: forward reads in training; ideal, exact (assumed: all reads through the wires)
    gap: pause between phases; a text with its unit, s; 0 to 1 (assumed: 0: satyam2022 gives none)
    mode: ideal: cells see the voltages meant for them; exact: IR drop, sneak paths and half-selected cells, as the keys below say; ideal, exact (published: satyam2022 models no wires)
    most_gain: limit of a compensated driver as a multiple of the nominal amplitude; 1 to 100 (assumed: 1.5)
    noise: reads of the array that makes random bits; ideal, exact (assumed: all reads through the wires)
    order: what one phase writes: one cell, one polarity of a row, or a quarter of a rank-one sign matrix; cells, rows, rank_one (published: rank_one: Zamanidoost et al. 2015, fully parallel stochastic Manhattan; rows: what a batch's sign matrix, not of rank one, needs)
    program: pulses: each cell, half-selected ones included, gets the voltage computed for it; ideal, exact (assumed: all pulses through the wires)
    programming: sequential: voltages of each phase on cells as the phases before left them; batched: of all phases of an update on cells at its start, rows that are written or moved by 1% renewed; sequential, batched (assumed: sequential is what a chip does; batched differs by a few 1e-4 of V and costs a fifth)
    rb: resistance of one bit-line segment; a text with its unit, ohm; 0 to 1e+09 (assumed: as rw)
    rdrv: resistance of a word-line driver with its lead; a text with its unit, ohm; 0 to 1e+09 (assumed: 10 ohm, the value of the public model of the Al2O3/TiO2-x arrays after Chen, IEEE TED 2013)
    read_gain: gain of each line's amplifier: none, or calibrated with all inputs on whenever transfer matrices are computed anew; none, lines (assumed: none, as in satyam2022)
    reference: current that stands for weight zero: of a replica array behind the same wires, or of a cell without wires; replica, constant (assumed: replica: reference cells lie in the array they serve)
    refresh: weight updates after which transfer matrices are computed anew; in between reads see the cells as they were; 1 to 1e+06 (assumed: 1: reads always see the cells as they are)
    rsense: resistance of a bit-line sense amplifier with its lead; a text with its unit, ohm; 0 to 1e+09 (assumed: as rdrv)
    rw: resistance of one word-line segment; a text with its unit, ohm; 0 to 1e+09 (assumed: 1 to 2 ohm for good metal at sub-micrometre pitch; 200 nm x 60 nm platinum at 600 nm pitch gives 8 ohm)
    sampling: forward reads outside of training: pictures, evaluation, ganbar sample; ideal, exact (assumed: all reads through the wires)
    scheme: voltages of the lines that are not selected: V/2, V/3, grounded, floating; inhibit: bit lines at the row's voltage, for 1t1r; half, third, grounded, floating, inhibit (assumed: V/2: the fewest cells under stress while one row is written)
    voltage_tolerance: accuracy of cell voltages relative to the amplitude; 1e-12 to 0.01 (assumed: 1e-5 changes a step of the founding device by 1e-4 of itself)
    """

    backward: Literal["ideal", "exact"] | None
    compensation: Literal["none", "rows", "cells"] | None
    ends: Literal["single", "both"] | None
    forward: Literal["ideal", "exact"] | None
    gap: str | None
    mode: Literal["ideal", "exact"] | None
    most_gain: float | None
    noise: Literal["ideal", "exact"] | None
    order: Literal["cells", "rows", "rank_one"] | None
    program: Literal["ideal", "exact"] | None
    programming: Literal["sequential", "batched"] | None
    rb: str | None
    rdrv: str | None
    read_gain: Literal["none", "lines"] | None
    reference: Literal["replica", "constant"] | None
    refresh: int | None
    rsense: str | None
    rw: str | None
    sampling: Literal["ideal", "exact"] | None
    scheme: Literal["half", "third", "grounded", "floating", "inhibit"] | None
    voltage_tolerance: float | None
