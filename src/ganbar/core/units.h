// Physical quantities: typed at the door, SI doubles in the kernels. `.si` is the only way out.
#pragma once
#include <compare>
#include <concepts>
#include <string>
#include <type_traits>

namespace ganbar {

/// A number with dimension kg^Kg m^M s^S A^A K^K, stored in coherent SI.
template <int Kg, int M, int S, int A, int K = 0>
struct Quantity {
    double si = 0;
    friend constexpr auto operator<=>(Quantity, Quantity) = default;
    friend constexpr Quantity operator+(Quantity a, Quantity b) { return {a.si + b.si}; }
    friend constexpr Quantity operator-(Quantity a, Quantity b) { return {a.si - b.si}; }
    friend constexpr Quantity operator-(Quantity a) { return {-a.si}; }
    friend constexpr Quantity operator*(double k, Quantity a) { return {k * a.si}; }
    friend constexpr Quantity operator*(Quantity a, double k) { return {k * a.si}; }
    friend constexpr Quantity operator/(Quantity a, double k) { return {a.si / k}; }
    friend constexpr double operator/(Quantity a, Quantity b) { return a.si / b.si; }
    constexpr Quantity& operator+=(Quantity b) {
        si += b.si;
        return *this;
    }
};
template <int... X, int... Y>
constexpr auto operator*(Quantity<X...> a, Quantity<Y...> b) {
    return Quantity<(X + Y)...>{a.si * b.si};
}

using Ampere = Quantity<0, 0, 0, 1>;
using Second = Quantity<0, 0, 1, 0>;
using Hertz = Quantity<0, 0, -1, 0>;
using Metre = Quantity<0, 1, 0, 0>;
using SquareMetre = Quantity<0, 2, 0, 0>;
using Volt = Quantity<1, 2, -3, -1>;
using Siemens = Quantity<-1, -2, 3, 2>;
using Ohm = Quantity<1, 2, -3, -2>;
using Farad = Quantity<-1, -2, 4, 2>;
using Joule = Quantity<1, 2, -2, 0>;
using Watt = Quantity<1, 2, -3, 0>;
using Kelvin = Quantity<0, 0, 0, 0, 1>;
static_assert(std::same_as<decltype(Volt{} * Volt{} * Siemens{} * Second{}), Joule>);
static_assert(std::same_as<decltype(Volt{} * Ampere{}), Watt>);

/// Symbol of the coherent SI unit of a quantity type, as used in files ("V", "ohm", "m2").
template <class Q>
constexpr const char* unit_symbol() {
    if constexpr (std::same_as<Q, Ampere>) return "A";
    else if constexpr (std::same_as<Q, Second>) return "s";
    else if constexpr (std::same_as<Q, Hertz>) return "Hz";
    else if constexpr (std::same_as<Q, Metre>) return "m";
    else if constexpr (std::same_as<Q, SquareMetre>) return "m2";
    else if constexpr (std::same_as<Q, Volt>) return "V";
    else if constexpr (std::same_as<Q, Siemens>) return "S";
    else if constexpr (std::same_as<Q, Ohm>) return "ohm";
    else if constexpr (std::same_as<Q, Farad>) return "F";
    else if constexpr (std::same_as<Q, Joule>) return "J";
    else if constexpr (std::same_as<Q, Watt>) return "W";
    else if constexpr (std::same_as<Q, Kelvin>) return "K";
    else static_assert(sizeof(Q) == 0, "give this quantity a symbol in units.h");
}

namespace literals {
// Divided by a power of ten in long double, so that 100_ns is the double nearest to 1e-7, as the text "100 ns" is.
#define GANBAR_UNIT(suffix, Type, scale)                                                         \
    constexpr Type operator""_##suffix(long double v) { return {static_cast<double>(v scale)}; } \
    constexpr Type operator""_##suffix(unsigned long long v) { return {static_cast<double>(static_cast<long double>(v) scale)}; }
GANBAR_UNIT(V, Volt, *1.0L)
GANBAR_UNIT(mV, Volt, / 1e3L)
GANBAR_UNIT(S, Siemens, *1.0L)
GANBAR_UNIT(uS, Siemens, / 1e6L)
GANBAR_UNIT(nS, Siemens, / 1e9L)
GANBAR_UNIT(s, Second, *1.0L)
GANBAR_UNIT(ms, Second, / 1e3L)
GANBAR_UNIT(us, Second, / 1e6L)
GANBAR_UNIT(ns, Second, / 1e9L)
GANBAR_UNIT(Hz, Hertz, *1.0L)
GANBAR_UNIT(MHz, Hertz, *1e6L)
GANBAR_UNIT(A, Ampere, *1.0L)
GANBAR_UNIT(uA, Ampere, / 1e6L)
GANBAR_UNIT(nA, Ampere, / 1e9L)
GANBAR_UNIT(ohm, Ohm, *1.0L)
GANBAR_UNIT(kohm, Ohm, *1e3L)
GANBAR_UNIT(K, Kelvin, *1.0L)
GANBAR_UNIT(pJ, Joule, / 1e12L)
GANBAR_UNIT(fJ, Joule, / 1e15L)
GANBAR_UNIT(um2, SquareMetre, / 1e12L)
GANBAR_UNIT(m, Metre, *1.0L)
GANBAR_UNIT(nm, Metre, / 1e9L)
GANBAR_UNIT(F, Farad, *1.0L)
GANBAR_UNIT(fF, Farad, / 1e15L)
GANBAR_UNIT(W, Watt, *1.0L)
GANBAR_UNIT(mW, Watt, / 1e3L)
#undef GANBAR_UNIT
}  // namespace literals

namespace constants {
inline constexpr double boltzmann_J_per_K = 1.380649e-23;  // SI 2019, exact
inline constexpr double elementary_charge_C = 1.602176634e-19;
inline constexpr double zero_celsius_K = 273.15;
}  // namespace constants
}  // namespace ganbar
