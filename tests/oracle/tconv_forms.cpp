// Reads transposed convolutions as text and prints what each form in arch/tconv_ops.h makes of them; tconv_check.py compares.
// One case: dims c_small c_large, then per axis in kernel stride pad_lo pad_hi output_pad, then small map, kernel, large map.
// Output per case: one line for each form.
#include <cstdio>
#include <iostream>

#include "ganbar/arch/tconv_ops.h"

namespace {

using namespace ganbar::arch;

std::vector<double> read_values(Int n) {
    std::vector<double> out(static_cast<std::size_t>(n));
    for (double& v : out) std::cin >> v;
    return out;
}

void print(const Counted& result) {
    for (const double v : result.values) std::printf("%.17g ", v);
    std::printf("\n");
}

}  // namespace

int main() {
    Int dims = 0;
    while (std::cin >> dims) {
        TconvShape t;
        std::cin >> t.c_small >> t.c_large;
        for (Int d = 0; d < dims; ++d) {
            Int in = 0, kernel = 0, stride = 0, lo = 0, hi = 0, output_pad = 0;
            std::cin >> in >> kernel >> stride >> lo >> hi >> output_pad;
            t.axes[static_cast<std::size_t>(d)] = transposed_axis(in, kernel, stride, lo, hi, output_pad);
        }
        const auto small = read_values(t.small_size()), kernel = read_values(t.kernel_size()), large = read_values(t.large_size());
        if (!std::cin) return 1;
        print(up_direct(t, small, kernel));
        print(up_zero_inserted(t, small, kernel));
        print(up_deformed(t, small, kernel));
        print(down_dense(t, large, kernel));
        print(gradient_zero_free(t, small, large));
        print(gradient_dilated(t, small, large));
    }
    return 0;
}
