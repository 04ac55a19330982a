#include "ganbar/experiment/sampling.h"

namespace ganbar {

namespace {

/// Puts the source of latents back: an array's bits that go into pictures are not missing from the training to come.
class UntouchedLatents {
public:
    explicit UntouchedLatents(NoiseSource& source) : source_(source), state_(source.state()) {}
    ~UntouchedLatents() { source_.restore(state_); }
    UntouchedLatents(const UntouchedLatents&) = delete;
    UntouchedLatents& operator=(const UntouchedLatents&) = delete;

private:
    NoiseSource& source_;
    State state_;
};

}  // namespace

Matrix sample_images(Model& model, std::size_t n, std::uint64_t seed) {
    const UntouchedLatents untouched(*model.latents);
    gan::Gan gan = model.gan();
    Ledger unbooked;
    return gan::sample(gan, n, Rng(seed).stream("sample"), unbooked, "sampling");
}

Sampled sample_with_latents(Model& model, std::size_t n, std::uint64_t seed) {
    const UntouchedLatents untouched(*model.latents);
    gan::Gan gan = model.gan();
    Ledger unbooked;
    const Rng rng = Rng(seed).stream("sample");  // as gan::sample draws
    Step step{rng, unbooked, "sampling", false};
    Sampled out{gan::draw_latents(gan, n, step), {}};
    out.images = gan::generate(*model.generator, out.latents, rng, unbooked, "sampling");
    return out;
}

Matrix interpolate_images(Model& model, std::size_t n_rows, std::size_t n_steps, std::uint64_t seed) {
    const UntouchedLatents untouched(*model.latents);
    const Rng rng = Rng(seed).stream("interpolate");
    Ledger unbooked;
    Step step{rng, unbooked, "sampling", false};
    gan::Gan gan = model.gan();
    Matrix ends = gan::draw_latents(gan, 2 * n_rows, step), between(n_rows * n_steps, ends.cols());
    for (std::size_t r = 0; r < n_rows; ++r)  // both ends of a row ask for the same class
        std::copy_n(ends.row(2 * r) + ends.cols() - gan.n_classes, gan.n_classes, ends.row(2 * r + 1) + ends.cols() - gan.n_classes);
    for (std::size_t r = 0; r < n_rows; ++r)
        for (std::size_t s = 0; s < n_steps; ++s) {
            const float share = static_cast<float>(s) / static_cast<float>(n_steps - 1);
            for (std::size_t c = 0; c < ends.cols(); ++c)
                between(r * n_steps + s, c) = (1 - share) * ends(2 * r, c) + share * ends(2 * r + 1, c);
        }
    return gan::generate(*model.generator, between, rng, unbooked, "sampling");
}

}  // namespace ganbar
