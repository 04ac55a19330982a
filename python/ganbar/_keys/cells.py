"""Keys of sections of an experiment: cells. Made by tools/python_keys.py from the parameter declarations: do not edit."""
from __future__ import annotations

from collections.abc import Sequence
from typing import Literal, TypedDict


class Device(TypedDict, total=False):
    """[device]

    a: scale of the weight in the exponent; -100 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    a1: A1: constant (S), per G (1), per T (S/degC) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    a2: current scale for V < 0, A; 1e-12 to 1000 (published: Yakopcic's model, the value of the chosen set; default set boise)
    a3: A3: per G (1/V2), per G^2 (1/(S V2)), per T^-1.33 (degC^1.33 S/V2) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    a_off: exponent of resetting; 0 to 100 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    a_on: exponent of setting; 0 to 100 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    alpha_n: decay of downward motion beyond 1 - x_n; 0 to 1000 (published: Yakopcic's model, the value of the chosen set; default set boise)
    alpha_p: decay of upward motion beyond x_p; 0 to 1000 (published: Yakopcic's model, the value of the chosen set; default set boise)
    amplitude_down: A of down steps; -10000 to 10000 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    amplitude_up: A of up steps; -10000 to 10000 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    b: offset in the exponent; -100 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    bandwidth: noise bandwidth f of a read; a text with its unit, Hz; 0 to 1e+12 (published: transcription, README: 1-1000 MHz, 100 MHz used)
    bins: step and spread by conductance bin, or linear in log10 G between bin centres; stepwise, interpolated (published: stepwise as fitted)
    boundary: f(x): 1 within 0..1; 1-(2x-1)^2p; 1-x^2p towards OFF and 1-(1-x)^2p towards ON; hard, joglekar, biolek (assumed: hard: the simplest window the paper admits)
    boundary_p: p of the window function; 1 to 20 (assumed: a common choice)
    c0_reset: amplitude of a reset step; a text with its unit, S; -1 to 0 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c0_set: amplitude of a set step; a text with its unit, S; 0 to 1 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_reset: time slope of a reset step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_set: time slope of a set step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_reset: time midpoint of a reset step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_set: time midpoint of a set step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2c: cycle-to-cycle standard deviation of a step, relative to |D|; 0 to 10 (assumed: off: the source has none)
    c2c_add: constant part of the cycle-to-cycle noise, in units of c2c; 0 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    c2c_slope: part of the cycle-to-cycle noise that grows with |w|, in units of c2c; 0 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    c3_reset: voltage slope of a reset step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c3_set: voltage slope of a set step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_reset: voltage offset of a reset step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_set: voltage offset of a set step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    clamp_nonneg: a cell's spread may stop a step but not reverse it (1 + z_d r >= 0) (assumed: off: as written in the source)
    d0_reset: relative spread of a reset step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d0_set: relative spread of a set step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_reset: relative spread of a reset step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_set: relative spread of a set step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_reset: relative spread of a reset step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_set: relative spread of a set step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2d: device-to-device variation: off (neither pulses nor I-V vary); L' = log10(t/s) (A), -log10(t/s) (B), log10(t/ns) (B_ns); threshold: V -> V - z_d threshold_sigma; off, A, B, B_ns, threshold (assumed: the time convention of the spread polynomial is open; A matches the threshold spread of measured arrays, B gives 0.5-1.5%)
    d2d_sigma: its standard deviation in ln(step); 0 to 3 (assumed: 30%, a usual figure for resistive arrays)
    d3_reset: relative spread of a reset step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d3_set: relative spread of a set step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_reset: relative spread of a reset step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_set: relative spread of a set step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    dg_reset: mean step of a reset pulse (S, negative), ordered as dg_set (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    dg_set: mean step of a set pulse (S): for each width and each amplitude one value a conductance, in that order (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    dw_min: mean step of one pulse at w = 0; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    dw_min_dtod: spread of the step between devices, relative; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    dw_min_log_normal: the step's spread is log-normal (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    g: conductances of the table (S), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    g_max: upper edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    g_min: lower edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    gamma_down: relative fall of down steps from w = 0 to the lower bound; 0 to 1 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    gamma_dtod: spread of both gammas between devices; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    gamma_up: relative fall of up steps from w = 0 to the upper bound; 0 to 1 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    iv: static current: G V; G sinh(b V)/b; G V (1 + (|V|/scale)^power); linear, sinh, power (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    iv_b: b of iv = sinh (1/V); 1e-06 to 100 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    iv_power: power of iv = power; 0.1 to 20 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    iv_scale: voltage at which iv = power doubles the ohmic current; a text with its unit, V; 0.001 to 1e+06 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    k_off: speed scale of resetting, m/s; 0 to 1e+12 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    k_on: speed scale of setting, m/s; -1e+12 to 0 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    length: length d over which the state moves; a text with its unit, m; 1e-12 to 1 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    max_step: longest integration step, in units of x at f = 1; 0.0001 to 0.25 (assumed: error below 1e-6 of the range for p <= 4)
    mean_bound_reference: slopes refer to the nominal bounds; otherwise to the cell's own (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    model: device model of every cell that holds a weight (published: satyam2022, sec. II: the model of Nili et al. 2020)
    mult_noise: c2c scales with the step at w; otherwise with the step at w = 0 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    n_levels: write pulses from g_min to g_max; 1 to 1e+06 (assumed: 6 bits)
    noise_reset: standard deviation of a reset pulse's step from cycle to cycle (S), ordered as dg_reset (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    noise_set: standard deviation of a set pulse's step from cycle to cycle (S), ordered as dg_set (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    preset: GokmenVlasov: the requirements of Gokmen and Vlasov 2016 (1200 states); Idealized: 10,000 symmetric states (Rasch et al. 2020); GokmenVlasov, Idealized (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    r_off: resistance at x = 1; a text with its unit, ohm; 0.001 to 1e+12 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    r_on: resistance at x = 0; a text with its unit, ohm; 0.001 to 1e+12 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    rate_n: speed scale A_n of negative pulses, 1/s; 0 to 1e+15 (published: Yakopcic's model, the value of the chosen set; default set boise)
    rate_p: speed scale A_p of positive pulses, 1/s; 0 to 1e+15 (published: Yakopcic's model, the value of the chosen set; default set boise)
    read_noise: standard deviation of a read relative to the current; 0 to 1 (assumed: off)
    reference_std: error of the reference, in weight; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    reset_fraction: part of the remaining way down that one reset pulse goes; 0 to 1 (assumed: as set_fraction)
    resistance: R(x): linear, or exponential as in the paper's second form; linear, exponential (published: Kvatinsky et al. 2015: form of the model)
    s1: s1: constant (S), per G (1), per T (S/degC), per G^2 (1/S) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    s3: s3: constant (S/V2), per G (1/V2), per T (S/(V2 degC)), per G^2 (1/(S V2)), per G T (1/(V2 degC)) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    set: parameter set: boise (Oblea's chalcogenide device; Xyce reference guide), aguirre (circuit decks of Aguirre et al., memristive_ANN_sim), michigan (Jo's Ag/Si device) and hp_sine (HP's TiO2 device), both as recalled from the TCAD 2013 paper; boise, aguirre, michigan, hp_sine (published: Yakopcic's model, the value of the chosen set; default set boise)
    set_fraction: part of the remaining way up that one set pulse goes; 0 to 1 (assumed: about 100 pulses across the window)
    spread: a device's factor on its steps: 1 + z r, or exp(z r); normal, log_normal (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    spread_correlation: correlation of z between set and reset; -1 to 1 (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    spread_floor: smallest relative spread of the I-V under static_spread = floored; 0 to 1 (assumed: 2%)
    spread_reset: r of reset pulses, one a conductance of the table (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    spread_set: r of set pulses, one a conductance of the table (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    static_spread: spread of the I-V: floored: max(|s1|, spread_floor A1), likewise s3, and the current keeps its sign; as_fitted: the parabolas, which change sign near 195 uS; off, floored, as_fitted (assumed: the parabolas were fitted at low G; their zero crossing is an artefact)
    step_reset: fall of one reset pulse; a text with its unit, S; 0 to 0.1 (assumed: as step_set)
    step_set: rise of one set pulse; a text with its unit, S; 0 to 0.1 (assumed: 1% of the window: the middle of the band in which this GAN learns)
    subtract_symmetry_point: the reference follows each cell's symmetry point (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    t_reset: widths of reset pulses (s), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    t_set: widths of set pulses (s), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    temperature: ambient temperature (the fit takes degC); a text with its unit, K; 298.15 to 373.15 (published: nili2020: 25 to 100 degC; default room temperature)
    threshold: smallest magnitude of a pulse that moves a cell; below the fit's 0.8 V its tail is extrapolated, with 0 V all of it; a text with its unit, V; 0 to 5 (published: lower end of the fitted voltages, 0.8 V (transcription, README; its crossbar writes, devices.py: |V| > 0.8 V); here >=, for satyam2022 writes with 0.8 V itself)
    threshold_sigma: spread of the voltage shift under d2d = threshold; a text with its unit, V; 0 to 1 (assumed: 0.1-0.25 V from the switching-voltage spreads of such arrays; 0.12 V equals mode A at the working point)
    time_unit: how the pulse width enters the step: log10 of seconds (s), log10 of nanoseconds (ns_log10), natural logarithm of nanoseconds (ns_ln); the spread has its own under d2d; s, ns_log10, ns_ln (assumed: log10 of seconds: only it puts c2 inside the measured widths and agrees with measured steps of 0.5 ms pulses; with nanoseconds a pulse moves a cell several times as far, which satyam2022's energies would fit)
    up_down: asymmetry: weakens down steps when positive, up steps when negative; -1 to 1 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    up_down_dtod: spread of the asymmetry between devices; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    v_n: threshold of negative pulses, as a magnitude; a text with its unit, V; 0 to 100 (published: Yakopcic's model, the value of the chosen set; default set boise)
    v_off: threshold of resetting in the paper's orientation; here pulses below -v_off reset; a text with its unit, V; 1e-06 to 100 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    v_on: threshold of setting in the paper's orientation; here pulses above -v_on set; a text with its unit, V; -100 to -1e-06 (published: default set of MemTorch's VTEAM (coreylammie/MemTorch))
    v_p: threshold of positive pulses; a text with its unit, V; 0 to 100 (published: Yakopcic's model, the value of the chosen set; default set boise)
    v_reset: amplitudes of reset pulses as magnitudes (V), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    v_set: amplitudes of set pulses (V), ascending (assumed: an example without a device behind it; `ganbar device fit` writes measured ones)
    w_max: nominal upper bound; 0 to 100 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    w_max_dtod: spread of the upper bound between devices, relative; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    w_min: nominal lower bound; -100 to 0 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    w_min_dtod: spread of the lower bound between devices, relative; 0 to 10 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    window: on: no pulse carries a cell out of (or further away from) g_min..g_max; off: only G >= 0 holds; off, on (published: satyam2022, sec. III.B: clipped at Gmin and Gmax)
    write_noise: noise of the weight seen after a pulse, in dw_min; it does not accumulate; 0 to 10000 (published: aihwkit (MIT licence), presets/devices.py: the value of the chosen preset)
    write_voltage: magnitude at which a pulse of write_width moves one level; a text with its unit, V; 0 to 10 (published: krestinskaya2020: 1.0 V)
    write_width: pulse width that moves one level; a text with its unit, s; 1e-12 to 1 (assumed: the paper's width is not known to us; as satyam2022)
    x_max: highest state in use; 0 to 1 (assumed: upward motion stops at 1)
    x_min: lowest state in use; 0 to 1 (assumed: keeps a finite on/off ratio)
    x_n: 1 minus the state below which downward motion slows; 0 to 0.999 (published: Yakopcic's model, the value of the chosen set; default set boise)
    x_p: state above which upward motion slows; 0 to 0.999 (published: Yakopcic's model, the value of the chosen set; default set boise)
    """

    a: float | None
    a1: Sequence[float] | float | None
    a2: float | None
    a3: Sequence[float] | float | None
    a_off: float | None
    a_on: float | None
    alpha_n: float | None
    alpha_p: float | None
    amplitude_down: float | None
    amplitude_up: float | None
    b: float | None
    bandwidth: str | None
    bins: Literal["stepwise", "interpolated"] | None
    boundary: Literal["hard", "joglekar", "biolek"] | None
    boundary_p: int | None
    c0_reset: str | None
    c0_set: str | None
    c1_reset: Sequence[float] | float | None
    c1_set: Sequence[float] | float | None
    c2_reset: Sequence[float] | float | None
    c2_set: Sequence[float] | float | None
    c2c: float | None
    c2c_add: float | None
    c2c_slope: float | None
    c3_reset: Sequence[float] | float | None
    c3_set: Sequence[float] | float | None
    c4_reset: Sequence[float] | float | None
    c4_set: Sequence[float] | float | None
    clamp_nonneg: bool | None
    d0_reset: Sequence[float] | float | None
    d0_set: Sequence[float] | float | None
    d1_reset: Sequence[float] | float | None
    d1_set: Sequence[float] | float | None
    d2_reset: Sequence[float] | float | None
    d2_set: Sequence[float] | float | None
    d2d: Literal["off", "A", "B", "B_ns", "threshold"] | bool | Literal["off", "on"] | None
    d2d_sigma: float | None
    d3_reset: Sequence[float] | float | None
    d3_set: Sequence[float] | float | None
    d4_reset: Sequence[float] | float | None
    d4_set: Sequence[float] | float | None
    dg_reset: Sequence[float] | float | None
    dg_set: Sequence[float] | float | None
    dw_min: float | None
    dw_min_dtod: float | None
    dw_min_log_normal: bool | None
    g: Sequence[float] | float | None
    g_max: str | None
    g_min: str | None
    gamma_down: float | None
    gamma_dtod: float | None
    gamma_up: float | None
    iv: Literal["linear", "sinh", "power"] | None
    iv_b: float | None
    iv_power: float | None
    iv_scale: str | None
    k_off: float | None
    k_on: float | None
    length: str | None
    max_step: float | None
    mean_bound_reference: bool | None
    model: str | None
    mult_noise: bool | None
    n_levels: int | None
    noise_reset: Sequence[float] | float | None
    noise_set: Sequence[float] | float | None
    preset: Literal["GokmenVlasov", "Idealized"] | Literal["EcRam", "EcRamMO", "Capacitor"] | Literal["ReRamES", "PCM"] | Literal["ReRamSB", "ReRamArrayOM", "ReRamArrayHfO2"] | None
    r_off: str | None
    r_on: str | None
    rate_n: float | None
    rate_p: float | None
    read_noise: float | None
    reference_std: float | None
    reset_fraction: float | None
    resistance: Literal["linear", "exponential"] | None
    s1: Sequence[float] | float | None
    s3: Sequence[float] | float | None
    set: Literal["boise", "aguirre", "michigan", "hp_sine"] | None
    set_fraction: float | None
    spread: Literal["normal", "log_normal"] | None
    spread_correlation: float | None
    spread_floor: float | None
    spread_reset: Sequence[float] | float | None
    spread_set: Sequence[float] | float | None
    static_spread: Literal["off", "floored", "as_fitted"] | bool | None
    step_reset: str | None
    step_set: str | None
    subtract_symmetry_point: bool | None
    t_reset: Sequence[float] | float | None
    t_set: Sequence[float] | float | None
    temperature: str | None
    threshold: str | None
    threshold_sigma: str | None
    time_unit: Literal["s", "ns_log10", "ns_ln"] | None
    up_down: float | None
    up_down_dtod: float | None
    v_n: str | None
    v_off: str | None
    v_on: str | None
    v_p: str | None
    v_reset: Sequence[float] | float | None
    v_set: Sequence[float] | float | None
    w_max: float | None
    w_max_dtod: float | None
    w_min: float | None
    w_min_dtod: float | None
    window: Literal["off", "on"] | bool | None
    write_noise: float | None
    write_voltage: str | None
    write_width: str | None
    x_max: float | None
    x_min: float | None
    x_n: float | None
    x_p: float | None


class NoiseDevice(TypedDict, total=False):
    """[noise_device]

    a1: A1: constant (S), per G (1), per T (S/degC) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    a3: A3: per G (1/V2), per G^2 (1/(S V2)), per T^-1.33 (degC^1.33 S/V2) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    bandwidth: noise bandwidth f of a read; a text with its unit, Hz; 0 to 1e+12 (published: transcription, README: 1-1000 MHz, 100 MHz used)
    bins: step and spread by conductance bin, or linear in log10 G between bin centres; stepwise, interpolated (published: stepwise as fitted)
    c0_reset: amplitude of a reset step; a text with its unit, S; -1 to 0 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c0_set: amplitude of a set step; a text with its unit, S; 0 to 1 (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_reset: time slope of a reset step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c1_set: time slope of a set step (1/decade, with ns_ln 1/e-fold), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_reset: time midpoint of a reset step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2_set: time midpoint of a set step (logarithm as time_unit says), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c2c: cycle-to-cycle standard deviation of a step, relative to |D|; 0 to 10 (assumed: off: the source has none)
    c3_reset: voltage slope of a reset step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c3_set: voltage slope of a set step (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_reset: voltage offset of a reset step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    c4_set: voltage offset of a set step, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    clamp_nonneg: a cell's spread may stop a step but not reverse it (1 + z_d r >= 0) (assumed: off: as written in the source)
    d0_reset: relative spread of a reset step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d0_set: relative spread of a set step: constant, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_reset: relative spread of a reset step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d1_set: relative spread of a set step: per L'^2, one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_reset: relative spread of a reset step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2_set: relative spread of a set step: per V L' (1/V), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d2d: device-to-device variation: off (neither pulses nor I-V vary); L' = log10(t/s) (A), -log10(t/s) (B), log10(t/ns) (B_ns); threshold: V -> V - z_d threshold_sigma; off, A, B, B_ns, threshold (assumed: the time convention of the spread polynomial is open; A matches the threshold spread of measured arrays, B gives 0.5-1.5%)
    d3_reset: relative spread of a reset step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d3_set: relative spread of a set step: per V^2 L' (1/V2), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_reset: relative spread of a reset step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    d4_set: relative spread of a set step: per V^3 (1/V3), one for each of the 8 bins (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    g_max: upper edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    g_min: lower edge of the clipping window and of the weight mapping; a text with its unit, S; 1e-09 to 0.1 (published: satyam2022, sec. II: 150-300 uS)
    model: device model of the array that makes random bits (published: satyam2022, sec. II: the model of Nili et al. 2020)
    s1: s1: constant (S), per G (1), per T (S/degC), per G^2 (1/S) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    s3: s3: constant (S/V2), per G (1/V2), per T (S/(V2 degC)), per G^2 (1/(S V2)), per G T (1/(V2 degC)) (published: nili2020, fitted value as transcribed in caixunshiren/pytorch-metal-oxide-memristor-crossbar (memristor/params.yaml, dynamic_params.txt))
    spread_floor: smallest relative spread of the I-V under static_spread = floored; 0 to 1 (assumed: 2%)
    static_spread: spread of the I-V: floored: max(|s1|, spread_floor A1), likewise s3, and the current keeps its sign; as_fitted: the parabolas, which change sign near 195 uS; off, floored, as_fitted (assumed: the parabolas were fitted at low G; their zero crossing is an artefact)
    temperature: ambient temperature (the fit takes degC); a text with its unit, K; 298.15 to 373.15 (published: nili2020: 25 to 100 degC; default room temperature)
    threshold: smallest magnitude of a pulse that moves a cell; below the fit's 0.8 V its tail is extrapolated, with 0 V all of it; a text with its unit, V; 0 to 5 (published: lower end of the fitted voltages, 0.8 V (transcription, README; its crossbar writes, devices.py: |V| > 0.8 V); here >=, for satyam2022 writes with 0.8 V itself)
    threshold_sigma: spread of the voltage shift under d2d = threshold; a text with its unit, V; 0 to 1 (assumed: 0.1-0.25 V from the switching-voltage spreads of such arrays; 0.12 V equals mode A at the working point)
    time_unit: how the pulse width enters the step: log10 of seconds (s), log10 of nanoseconds (ns_log10), natural logarithm of nanoseconds (ns_ln); the spread has its own under d2d; s, ns_log10, ns_ln (assumed: log10 of seconds: only it puts c2 inside the measured widths and agrees with measured steps of 0.5 ms pulses; with nanoseconds a pulse moves a cell several times as far, which satyam2022's energies would fit)
    window: on: no pulse carries a cell out of (or further away from) g_min..g_max; off: only G >= 0 holds; off, on (published: satyam2022, sec. III.B: clipped at Gmin and Gmax)
    """

    a1: Sequence[float] | float | None
    a3: Sequence[float] | float | None
    bandwidth: str | None
    bins: Literal["stepwise", "interpolated"] | None
    c0_reset: str | None
    c0_set: str | None
    c1_reset: Sequence[float] | float | None
    c1_set: Sequence[float] | float | None
    c2_reset: Sequence[float] | float | None
    c2_set: Sequence[float] | float | None
    c2c: float | None
    c3_reset: Sequence[float] | float | None
    c3_set: Sequence[float] | float | None
    c4_reset: Sequence[float] | float | None
    c4_set: Sequence[float] | float | None
    clamp_nonneg: bool | None
    d0_reset: Sequence[float] | float | None
    d0_set: Sequence[float] | float | None
    d1_reset: Sequence[float] | float | None
    d1_set: Sequence[float] | float | None
    d2_reset: Sequence[float] | float | None
    d2_set: Sequence[float] | float | None
    d2d: Literal["off", "A", "B", "B_ns", "threshold"] | bool | None
    d3_reset: Sequence[float] | float | None
    d3_set: Sequence[float] | float | None
    d4_reset: Sequence[float] | float | None
    d4_set: Sequence[float] | float | None
    g_max: str | None
    g_min: str | None
    model: str | None
    s1: Sequence[float] | float | None
    s3: Sequence[float] | float | None
    spread_floor: float | None
    static_spread: Literal["off", "floored", "as_fitted"] | bool | None
    temperature: str | None
    threshold: str | None
    threshold_sigma: str | None
    time_unit: Literal["s", "ns_log10", "ns_ln"] | None
    window: Literal["off", "on"] | bool | None
