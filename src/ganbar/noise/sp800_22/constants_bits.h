// For tests: binary expansions of e and pi, the sample data of SP 800-22 appendix B, computed with GMP.
#pragma once
#include <gmp.h>

#include "ganbar/noise/bit_string.h"

namespace ganbar::noise::test {

/// Integer with destructor.
struct Big {
    mpz_t v;
    Big() { mpz_init(v); }
    ~Big() { mpz_clear(v); }
    Big(const Big&) = delete;
    Big& operator=(const Big&) = delete;
};

/// The leading n bits of a positive integer.
inline BitString leading_bits(const mpz_t value, std::size_t n) {
    BitString out;
    const std::size_t length = mpz_sizeinbase(value, 2);
    for (std::size_t i = 0; i < n; ++i) out.push_back(mpz_tstbit(value, length - 1 - i) != 0);
    return out;
}

// sum over k in (a, b] of (a! / k!) = p / q with q = b! / a!
inline void e_split(unsigned long a, unsigned long b, mpz_t p, mpz_t q) {
    if (b - a == 1) {
        mpz_set_ui(p, 1);
        mpz_set_ui(q, b);
        return;
    }
    Big p2, q2;
    const unsigned long mid = (a + b) / 2;
    e_split(a, mid, p, q);
    e_split(mid, b, p2.v, q2.v);
    mpz_mul(p, p, q2.v);
    mpz_add(p, p, p2.v);
    mpz_mul(q, q, q2.v);
}

/// First n bits of e = 10.1011..., integer part included.
inline BitString e_bits(std::size_t n) {
    Big p, q;
    e_split(0, 90000, p.v, q.v);  // 90000! exceeds 2^1,300,000
    mpz_add(p.v, p.v, q.v);
    mpz_mul_2exp(p.v, p.v, n + 64);
    mpz_tdiv_q(p.v, p.v, q.v);
    return leading_bits(p.v, n);
}

// Chudnovsky's series by binary splitting.
inline void pi_split(unsigned long a, unsigned long b, mpz_t p, mpz_t q, mpz_t t) {
    if (b - a == 1) {
        if (a == 0) {
            mpz_set_ui(p, 1);
            mpz_set_ui(q, 1);
        } else {
            mpz_set_ui(p, 6 * a - 5);
            mpz_mul_ui(p, p, 2 * a - 1);
            mpz_mul_ui(p, p, 6 * a - 1);
            mpz_set_ui(q, a);
            mpz_mul_ui(q, q, a);
            mpz_mul_ui(q, q, a);
            mpz_mul_ui(q, q, 10939058860032000ul);  // 640320^3 / 24
        }
        mpz_set_ui(t, 545140134ul);
        mpz_mul_ui(t, t, a);
        mpz_add_ui(t, t, 13591409ul);
        mpz_mul(t, t, p);
        if (a % 2 == 1) mpz_neg(t, t);
        return;
    }
    Big p2, q2, t2;
    const unsigned long mid = (a + b) / 2;
    pi_split(a, mid, p, q, t);
    pi_split(mid, b, p2.v, q2.v, t2.v);
    mpz_mul(t, t, q2.v);
    mpz_mul(t2.v, t2.v, p);
    mpz_add(t, t, t2.v);
    mpz_mul(p, p, p2.v);
    mpz_mul(q, q, q2.v);
}

/// First n bits of pi = 11.0010..., integer part included.
inline BitString pi_bits(std::size_t n) {
    Big p, q, t, root;
    pi_split(0, n / 47 + 4, p.v, q.v, t.v);  // 47.1 bits a term
    mpz_set_ui(root.v, 10005);
    mpz_mul_2exp(root.v, root.v, 2 * (n + 64));
    mpz_sqrt(root.v, root.v);
    mpz_mul(q.v, q.v, root.v);
    mpz_mul_ui(q.v, q.v, 426880);
    mpz_tdiv_q(q.v, q.v, t.v);
    return leading_bits(q.v, n);
}

/// First n bits of the square root of a small number.
inline BitString sqrt_bits(unsigned long of, std::size_t n) {
    Big root;
    mpz_set_ui(root.v, of);
    mpz_mul_2exp(root.v, root.v, 2 * (n + 64));
    mpz_sqrt(root.v, root.v);
    return leading_bits(root.v, n);
}

}  // namespace ganbar::noise::test
