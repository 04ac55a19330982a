// Discrete Fourier transform (spectral) test (section 2.6).
// The number of moduli below the 95% line has variance n 0.95 0.05 / 4 in the document; the moduli are not independent, and
// n 0.95 0.05 / 3.8 fits (Pareschi, Rovatti, Setti, IEEE Trans. Inf. Forensics Secur. 7 (2012) 491).
#define EIGEN_MPL2_ONLY
#include <Eigen/Core>
#include <cmath>
#include <complex>
#include <numbers>
#include <unsupported/Eigen/FFT>

#include "ganbar/noise/sp800_22/suite.h"

namespace ganbar::noise::sp800_22 {

namespace {

using Complex = std::complex<double>;

bool smooth(std::size_t n) {
    for (const std::size_t p : {2u, 3u, 5u, 7u, 11u, 13u})
        while (n % p == 0) n /= p;
    return n == 1;
}

// Bluestein: a transform of any length as a cyclic convolution of a power of two.
std::vector<Complex> chirp_transform(const std::vector<double>& x) {
    const std::size_t n = x.size();
    std::size_t size = 1;
    while (size < 2 * n) size *= 2;
    std::vector<Complex> a(size), b(size), fa, fb, c;
    const auto chirp = [n](std::size_t k) {
        const std::size_t square = k * k % (2 * n);  // exact: the angle has period 2n in k^2
        return std::polar(1.0, std::numbers::pi * static_cast<double>(square) / static_cast<double>(n));
    };
    for (std::size_t k = 0; k < n; ++k) {
        const Complex w = chirp(k);
        a[k] = x[k] * std::conj(w);
        b[k] = w;
        if (k > 0) b[size - k] = w;
    }
    Eigen::FFT<double> fft;
    fft.fwd(fa, a);
    fft.fwd(fb, b);
    for (std::size_t k = 0; k < size; ++k) fa[k] *= fb[k];
    fft.inv(c, fa);
    c.resize(n);
    for (std::size_t k = 0; k < n; ++k) c[k] *= std::conj(chirp(k));
    return c;
}

}  // namespace

std::vector<double> spectrum(const BitString& bits) {
    std::vector<double> x(bits.size());
    for (std::size_t i = 0; i < x.size(); ++i) x[i] = bits[i] ? 1 : -1;
    std::vector<Complex> f;
    if (smooth(x.size())) {
        Eigen::FFT<double> fft;
        fft.SetFlag(Eigen::FFT<double>::HalfSpectrum);
        fft.fwd(f, x);
    } else {
        f = chirp_transform(x);
    }
    std::vector<double> magnitude(x.size() / 2);
    for (std::size_t i = 0; i < magnitude.size(); ++i) magnitude[i] = std::abs(f[i]);
    return magnitude;
}

TestResult dft(const BitString& bits, Constants constants) {
    const auto n = static_cast<double>(bits.size());
    const double line = std::sqrt(n * std::log(1 / 0.05));
    double below = 0;
    for (const double m : spectrum(bits)) below += m < line;
    const double variance = n * 0.95 * 0.05 / (constants == Constants::as_printed ? 4 : 3.8);
    const double d = (below - 0.95 * n / 2) / std::sqrt(variance);
    return {"dft", {std::erfc(std::abs(d) / std::sqrt(2.0))}, {d}};
}

}  // namespace ganbar::noise::sp800_22
