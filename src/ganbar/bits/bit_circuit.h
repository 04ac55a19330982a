// Parameters that generators of random bits share: their cells, and a comparator that integrates first.
#pragma once
#include "ganbar/core/param.h"

namespace ganbar {

template <class P>
Param<P> cell_area_param() {
    return param("cell_area", &P::cell_area, SquareMetre{0}, SquareMetre{1e-6}, "area of a cell",
                 published("satyam2022, sec. III.C: 0.36 um2"));
}
template <class P>
Param<P> comparator_energy_param(const char* text = "energy of a decision") {
    return param("comparator_energy", &P::comparator_energy, Joule{0}, Joule{1e-6}, text,
                 assumed("order of a dynamic comparator with small integrators"));
}
template <class P>
Param<P> comparator_area_param() {
    return param("comparator_area", &P::comparator_area, SquareMetre{0}, SquareMetre{1e-6}, "area of integrator and comparator",
                 assumed("500 um2: a 0.5 pF capacitor and a small comparator"));
}

}  // namespace ganbar
