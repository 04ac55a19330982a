// Cost of a workload on CMOS and FPGA accelerators with an array of multiply-accumulate units and a buffer hierarchy.
// Time of a pass = max(multiplications / (units x use), off-chip bytes / bandwidth); energy = sum of accesses x energy per access.
#pragma once
#include "ganbar/arch/accelerator.h"

namespace ganbar::arch {

/// Which multiplications the machine executes in passes with inserted zeros.
enum class Execution : std::uint8_t {
    zero_inserted,  ///< all of them
    phases,         ///< output rows of equal zero pattern together (GANAX)
    scatter,        ///< every input times every tap, partial outputs added (FCN-engine)
    useful,         ///< loops that visit valid taps only (Zhang 2017)
};

struct DigitalDesign {
    std::int64_t units = 256, word_bits = 16;
    Hertz clock{500e6};
    double use_conv = 0.9;       ///< share of the units that work in dense convolutions
    double use_skipping = 0.85;  ///< in passes where zeros are skipped
    double use_fc = 0.25;        ///< in fully connected layers
    Execution execution = Execution::zero_inserted;
    double zero_energy = 1;  ///< energy of a multiplication by an inserted zero, relative to a real one
    Joule mac{}, register_file{}, inter_pe{}, buffer_access{}, dram_word{};  ///< per 16-bit operation or word
    double register_accesses = 4, inter_pe_accesses = 1;                     ///< per multiplication
    double buffer_reuse = 64;                                                ///< multiplications per word fetched from the on-chip buffer
    double bandwidth_B_per_s = 25.6e9, bandwidth_share = 1;
    std::int64_t buffer_bytes = 524288;
    Joule alu{};
    std::int64_t node_nm = 45;
    Watt static_power{};
    SquareMetre area{};
};

void run_digital(const DigitalDesign& d, const Workload& w, Estimate& out);

}  // namespace ganbar::arch
