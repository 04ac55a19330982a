"""Keys of sections of an experiment: bits. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from typing import Literal, TypedDict


class Noise(TypedDict, total=False):
    """[noise]

    generator: what makes random bits: groups of columns compared ([trng]), telegraph noise sampled, cells switched with probability 1/2, amplified thermal noise; columns, telegraph, switching, thermal (published: satyam2022, sec. II: groups of columns)
    post: post-processing of the bits; none, von_neumann, xor, sha256 (published: satyam2022 uses none)
    sha256_bits: raw bits of one SHA-256 block of 256 bits, a multiple of 8; 8 to 65536 (assumed: two raw bits for one)
    xor_bits: raw bits of one xor; 1 to 64 (assumed: pairs, the mildest)
    """

    generator: Literal["columns", "telegraph", "switching", "thermal"] | None
    post: Literal["none", "von_neumann", "xor", "sha256"] | None
    sha256_bits: int | None
    xor_bits: int | None


class SwitchingTrng(TypedDict, total=False):
    """[switching_trng]

    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_area: area of integrator and comparator; a text with its unit, m2; 0 to 1e-06 (assumed: 500 um2: a 0.5 pF capacitor and a small comparator)
    comparator_energy: energy of a decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator with small integrators)
    cycle_spread: standard deviation over cycles of ln tau; 0 to 10 (assumed: 0.1)
    g_off: conductance of a cell that is off; a text with its unit, S; 1e-12 to 1 (assumed: 100 kohm)
    g_on: conductance of a cell that is on; a text with its unit, S; 1e-12 to 1 (assumed: 5 kohm)
    memory: cycles over which ln tau forgets its shape; 0 = none; 0 to 1e+06 (assumed: 10 cycles)
    n_cells: cells that are pulsed at once and read in turn; 1 to 65536 (assumed: a row of a 64 x 64 array)
    spread: standard deviation over cells of ln tau_0; 0 to 10 (assumed: 0.5: 25 mV of switching voltage)
    t_int: time of a read; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, as for the columns)
    t_reset: width of the reset pulse; a text with its unit, s; 1e-09 to 1 (assumed: as the set pulse)
    t_set: width of the set pulse; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, the training pulse of satyam2022 sec. II)
    tau_0: waiting time extrapolated to 0 V, median over cells; a text with its unit, s; 1e-09 to 1e+12 (assumed: 1 s: half of the cells switch within 100 ns at 0.79 V)
    trim: one amplitude for all cells, at which the median cell switches in half of the pulses; or one for each; common, per_cell (assumed: per cell: the spread of tau_0 is far larger than a bias of 1% allows)
    trim_step: resolution of the trimmed amplitude; 0 = exact; a text with its unit, V; 0 to 1 (assumed: 1 mV, a 10-bit converter over 1 V)
    v_0: voltage by which tau falls to 1/e; a text with its unit, V; 0.001 to 10 (assumed: 50 mV; the exponential form is that of Jo, Kim, Lu 2009)
    v_read: read voltage; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V, far below the switching voltage)
    v_reset: reset pulse of a cell that switched; a text with its unit, V; -10 to 0 (assumed: 1.2 V resets completely)
    """

    cell_area: str | None
    comparator_area: str | None
    comparator_energy: str | None
    cycle_spread: float | None
    g_off: str | None
    g_on: str | None
    memory: float | None
    n_cells: int | None
    spread: float | None
    t_int: str | None
    t_reset: str | None
    t_set: str | None
    tau_0: str | None
    trim: Literal["common", "per_cell"] | None
    trim_step: str | None
    v_0: str | None
    v_read: str | None
    v_reset: str | None


class TelegraphTrng(TypedDict, total=False):
    """[telegraph_trng]

    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_area: area of integrator and comparator; a text with its unit, m2; 0 to 1e-06 (assumed: 500 um2: a 0.5 pF capacitor and a small comparator)
    comparator_energy: energy of a decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator with small integrators)
    comparator_noise: rms of a decision, referred to the current; a text with its unit, A; 0 to 1 (assumed: a tenth of the mean step's half)
    conductance: conductance of the cells while the trap is empty; a text with its unit, S; 1e-09 to 1 (assumed: middle of the window of satyam2022)
    depth_hi: largest relative loss of current of a filled trap; 1e-06 to 1 (assumed: as depth_lo)
    depth_lo: smallest relative loss of current of a filled trap; 1e-06 to 1 (assumed: 0.5-1% at 3-7 kohm, from the trend that dR/R grows with R)
    fano: Fano factor of shot noise; 0 to 10 (assumed: 1: uncorrelated carriers)
    n_cells: cells that are sampled in turn; 1 to 65536 (assumed: a row of a 64 x 64 array)
    reference_error: spread over cells of the reference about the middle, relative to the step; 0 to 1 (assumed: 5% of the step, a calibrated reference)
    screening: cells are used whose trap is filled for a share of the time within this of 1/2; 0.5 = every cell; 0.001 to 0.5 (assumed: cells are screened when the chip is tested)
    shot: shot noise of the cell (assumed: on: the upper limit)
    t_int: time over which a read averages; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, as for the columns)
    t_sample: time between two samples of the same cell; a text with its unit, s; 1e-09 to 1 (assumed: the longest tau_c, so that the slowest trap's samples correlate by less than exp(-2))
    tau_hi: longest mean time to capture or emission; a text with its unit, s; 1e-09 to 1e+06 (assumed: 100 us: slower cells are not used)
    tau_lo: shortest mean time to capture or emission (log-uniform); a text with its unit, s; 1e-09 to 1e+06 (assumed: 1 us)
    temperature: temperature of the cells; a text with its unit, K; 1 to 1000 (assumed: room temperature)
    thermal: thermal noise of the cell (assumed: on: no cell is without it)
    v_read: read voltage; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V as in tests of this technology)
    """

    cell_area: str | None
    comparator_area: str | None
    comparator_energy: str | None
    comparator_noise: str | None
    conductance: str | None
    depth_hi: float | None
    depth_lo: float | None
    fano: float | None
    n_cells: int | None
    reference_error: float | None
    screening: float | None
    shot: bool | None
    t_int: str | None
    t_sample: str | None
    tau_hi: str | None
    tau_lo: str | None
    temperature: str | None
    thermal: bool | None
    v_read: str | None


class ThermalTrng(TypedDict, total=False):
    """[thermal_trng]

    amplifier_area: area of an amplifier with its auto-zero; a text with its unit, m2; 0 to 1e-06 (assumed: 2000 um2)
    amplifier_noise_factor: noise power at the amplifier's input over that of the cell alone; 1 to 1e+06 (assumed: 2: the amplifier adds as much as the cell)
    amplifier_power: power of a channel's amplifier; a text with its unit, W; 0 to 1 (assumed: 20 uW, a 10 MHz transimpedance stage)
    bandwidth: corner frequency of the amplifier (one pole); a text with its unit, Hz; 1 to 1e+12 (assumed: 10 MHz, a small amplifier)
    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_area: area of a comparator; a text with its unit, m2; 0 to 1e-06 (assumed: 100 um2)
    comparator_energy: energy of a decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator)
    comparator_noise: rms of a decision, referred to the current; a text with its unit, A; 0 to 1 (assumed: 1 nA)
    conductance: conductance of the cell; a text with its unit, S; 1e-12 to 1 (assumed: middle of the window of satyam2022)
    interference: amplitude of a sine from the supply, referred to the current; a text with its unit, A; 0 to 1 (assumed: none)
    interference_frequency: its frequency; a text with its unit, Hz; 0.001 to 1e+12 (assumed: mains)
    n_channels: cells with an amplifier and a comparator of their own, sampled in turn; 1 to 65536 (assumed: 1)
    offset: spread over channels of the offset that the auto-zero leaves, referred to the current; a text with its unit, A; 0 to 1 (assumed: 0.05 nA, about half a percent of the noise)
    t_sample: time between two samples of a channel; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns: neighbours correlate by exp(-6.3) at 10 MHz)
    temperature: temperature of the cell; a text with its unit, K; 1 to 1000 (assumed: room temperature)
    """

    amplifier_area: str | None
    amplifier_noise_factor: float | None
    amplifier_power: str | None
    bandwidth: str | None
    cell_area: str | None
    comparator_area: str | None
    comparator_energy: str | None
    comparator_noise: str | None
    conductance: str | None
    interference: str | None
    interference_frequency: str | None
    n_channels: int | None
    offset: str | None
    t_sample: str | None
    temperature: str | None


class Trng(TypedDict, total=False):
    """[trng]

    bandwidth: noise bandwidth of a read, for shot noise; a text with its unit, Hz; 1 to 1e+12 (assumed: 100 MHz, the bandwidth of the public nili2020 transcription)
    cell_area: area of a cell; a text with its unit, m2; 0 to 1e-06 (published: satyam2022, sec. III.C: 0.36 um2)
    comparator_energy: energy of integrators and comparator per decision; a text with its unit, J; 0 to 1e-06 (assumed: order of a dynamic comparator with small integrators)
    comparator_noise: rms noise of a decision; a text with its unit, V; 0 to 1 (assumed: input noise of a small dynamic comparator)
    comparator_offset: standard deviation over chips of the comparator's offset; a text with its unit, V; 0 to 1 (assumed: offset-cancelled comparator)
    energy: energy rule of write pulses; ohmic, nonlinear (published: satyam2022, sec. III.B: V^2 G t)
    fano: Fano factor of shot noise; 0 to 10 (assumed: 1: uncorrelated carriers, an upper limit for long filaments)
    fixed_selection: the same columns and rows for every bit, to see what the array alone contributes (assumed: off: the paper selects anew)
    flicker: 1/f noise of the cells, with memory from bit to bit (assumed: off: not published for this stack)
    flicker_hi: highest frequency of 1/f noise; a text with its unit, Hz; 1e-06 to 1e+12 (assumed: 10 MHz)
    flicker_lo: lowest frequency of 1/f noise; a text with its unit, Hz; 1e-06 to 1e+12 (assumed: 1 Hz)
    flicker_rms: rms of 1/f noise relative to the current, from flicker_lo to flicker_hi; 0 to 1 (assumed: 0.3%; aihwkit advises about 1% short-term read noise for ReRAM)
    full_scale: integrator output when a half reads at the top of the window; a text with its unit, V; 0.001 to 10 (assumed: refers the comparator's volts to amperes)
    n_columns: columns picked for a bit (n), two halves; 2 to 256 (assumed: n is not printed; half of N gives the most choices)
    n_reset: reset pulses of a write, before the set pulses; 0 to 10000 (assumed: 40 pulses bring most nili2020 cells back to 150 uS from anywhere in the window)
    n_rows: rows picked for a bit (m); 1 to 256 (assumed: m is not printed; half of N gives the most choices)
    n_set: set pulses of a write; 0 to 10000 (assumed: 8 pulses take a mean nili2020 cell from 150 uS to about 225 uS, mid-window)
    observer: what the observer of the conditional min-entropy knows besides chip and selection: the states of traps and 1/f noise, or only their statistics; states, chip (assumed: states: the cautious one)
    periphery_area: area of two integrators and a comparator; what selects lines is not in it; a text with its unit, m2; 0 to 1e-06 (assumed: 1100 um2: two 0.5 pF capacitors and a small comparator)
    read_noise_scale: factor on the device's read-noise variance; 0 = off; 0 to 1e+06 (assumed: 1: noise at the bandwidth the device model declares; ideal integration of white noise over t_int would give 1/(2 t_int bandwidth))
    rewrite: when cells are written again: selected columns before each bit, all columns before each vector, once; every_bit, every_vector, never (assumed: sec. II says "in each iteration" without saying what an iteration is)
    shot: shot noise of the cells, variance 2 q fano I bandwidth (assumed: off: nili2020's noise term is thermal only)
    size: rows and columns of the array (N); 2 to 256 (assumed: N is not printed; 64x64 is the array size of satyam2022 sec. II)
    t_int: integration time of a read; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns; not printed)
    t_pulse: width of a write pulse; a text with its unit, s; 1e-09 to 1 (assumed: 100 ns, the training pulse of satyam2022 sec. II)
    telegraph: random telegraph noise of traps (assumed: off: satyam2022 names it (sec. II) but gives no number)
    trap_depth_hi: largest relative loss of current of a filled trap; 0 to 1 (assumed: as trap_depth_lo)
    trap_depth_lo: smallest relative loss of current of a filled trap; 0 to 1 (assumed: 0.5-1% at 3-7 kohm, from the trend that dR/R grows with R)
    trap_tau_hi: longest mean time to capture or emission; a text with its unit, s; 1e-09 to 1e+06 (assumed: as trap_tau_lo)
    trap_tau_lo: shortest mean time to capture or emission (log-uniform); a text with its unit, s; 1e-09 to 1e+06 (assumed: 1 us to 1 s)
    traps_per_cell: mean number of traps of a cell; 0 to 10 (assumed: one trap in ten cells at 150-300 uS)
    v_read: read voltage on the picked rows; a text with its unit, V; 0.001 to 1 (assumed: 0.1 V as in tests of this technology; not printed)
    v_reset: reset pulses of a write; a text with its unit, V; -5 to 0 (assumed: bottom of the fitted range of nili2020)
    v_set: set pulses of a write; a text with its unit, V; 0 to 5 (assumed: top of the fitted range of nili2020; the paper prints no write pulse for the generator)
    vector_bits: bits of a noise vector, between writes when rewrite = every_vector; 1 to 1e+06 (published: satyam2022, sec. II: noise input of 100 bits)
    write_model: simulation of writes that draw: mean and variance of each cell's written state, or every pulse; moments, pulses (assumed: a choice of simulation, not of hardware)
    """

    bandwidth: str | None
    cell_area: str | None
    comparator_energy: str | None
    comparator_noise: str | None
    comparator_offset: str | None
    energy: Literal["ohmic", "nonlinear"] | None
    fano: float | None
    fixed_selection: bool | None
    flicker: bool | None
    flicker_hi: str | None
    flicker_lo: str | None
    flicker_rms: float | None
    full_scale: str | None
    n_columns: int | None
    n_reset: int | None
    n_rows: int | None
    n_set: int | None
    observer: Literal["states", "chip"] | None
    periphery_area: str | None
    read_noise_scale: float | None
    rewrite: Literal["every_bit", "every_vector", "never"] | None
    shot: bool | None
    size: int | None
    t_int: str | None
    t_pulse: str | None
    telegraph: bool | None
    trap_depth_hi: float | None
    trap_depth_lo: float | None
    trap_tau_hi: str | None
    trap_tau_lo: str | None
    traps_per_cell: float | None
    v_read: str | None
    v_reset: str | None
    v_set: str | None
    vector_bits: int | None
    write_model: Literal["moments", "pulses"] | None
