#include <fmt/format.h>
#include <gif_lib.h>

#include <algorithm>
#include <array>
#include <utility>

#include "ganbar/core/error.h"
#include "ganbar/exports/film.h"

namespace ganbar::exports {
namespace {

constexpr int n_colours = 256;
struct Coloured {
    std::array<GifColorType, n_colours> table{};
    std::vector<GifPixelType> pixels;  ///< of all frames, one after the other
};

Coloured greys(const std::vector<Frame>& frames) {
    Coloured out;
    for (std::size_t i = 0; i < out.table.size(); ++i)
        out.table[i] = {static_cast<GifByteType>(i), static_cast<GifByteType>(i), static_cast<GifByteType>(i)};
    for (const auto& f : frames) out.pixels.insert(out.pixels.end(), f.picture.pixels.begin(), f.picture.pixels.end());
    return out;
}

/// The frames as one tall picture, so that all have the same colours.
Coloured quantised(const std::vector<Frame>& frames) {
    Bytes plane[3];
    for (const auto& f : frames)
        for (std::size_t i = 0; i < f.picture.pixels.size(); ++i) plane[i % 3].push_back(f.picture.pixels[i]);
    const auto height = static_cast<unsigned>(frames.size() * frames[0].picture.height);
    Coloured out;
    out.pixels.resize(plane[0].size());
    int n = n_colours;
    if (GifQuantizeBuffer(static_cast<unsigned>(frames[0].picture.width), height, &n, plane[0].data(), plane[1].data(), plane[2].data(),
                          out.pixels.data(), out.table.data()) != GIF_OK)
        throw DataError("giflib cannot choose the colours of the film: no memory");
    return out;
}

int append(GifFileType* gif, const GifByteType* data, int n) {
    auto& out = *static_cast<Bytes*>(gif->UserData);
    out.insert(out.end(), data, data + n);
    return n;
}

/// An encoder that closes itself; a fault of giflib's is a DataError.
class Encoder {
public:
    explicit Encoder(Bytes& out) : gif_(EGifOpen(&out, append, &fault_)) {
        if (gif_ == nullptr) fail();
        EGifSetGifVersion(gif_, true);
    }
    ~Encoder() {
        if (gif_ != nullptr) EGifCloseFile(gif_, nullptr);
    }
    Encoder(const Encoder&) = delete;
    Encoder& operator=(const Encoder&) = delete;

    void screen(const Image& first, const Coloured& film) {
        ColorMapObject* map = GifMakeMapObject(n_colours, film.table.data());
        const int done =
            map == nullptr ? GIF_ERROR : EGifPutScreenDesc(gif_, static_cast<int>(first.width), static_cast<int>(first.height), 8, 0, map);
        GifFreeMapObject(map);
        check(done);
        const GifByteType for_ever[3] = {1, 0, 0};
        check(EGifPutExtensionLeader(gif_, APPLICATION_EXT_FUNC_CODE));
        check(EGifPutExtensionBlock(gif_, 11, "NETSCAPE2.0"));
        check(EGifPutExtensionBlock(gif_, 3, for_ever));
        check(EGifPutExtensionTrailer(gif_));
    }
    void frame(GifPixelType* pixels, const Image& picture, int hold_cs) {
        GraphicsControlBlock control{DISPOSE_DO_NOT, false, hold_cs, NO_TRANSPARENT_COLOR};
        GifByteType block[4];
        const auto n = EGifGCBToExtension(&control, block);
        check(EGifPutExtension(gif_, GRAPHICS_EXT_FUNC_CODE, static_cast<int>(n), block));
        check(EGifPutImageDesc(gif_, 0, 0, static_cast<int>(picture.width), static_cast<int>(picture.height), false, nullptr));
        for (std::size_t y = 0; y < picture.height; ++y)
            check(EGifPutLine(gif_, pixels + y * picture.width, static_cast<int>(picture.width)));
    }
    void close() {
        const int done = EGifCloseFile(std::exchange(gif_, nullptr), &fault_);
        if (done != GIF_OK) fail();
    }

private:
    void check(int done) {
        if (done == GIF_OK) return;
        fault_ = gif_->Error;
        fail();
    }
    [[noreturn]] void fail() const {
        const char* text = GifErrorString(fault_);
        throw DataError(fmt::format("giflib cannot write the film: {}", text == nullptr ? "no reason given" : text));
    }
    int fault_ = 0;
    GifFileType* gif_;
};

}  // namespace

Bytes gif_bytes(const std::vector<Frame>& frames) {
    GANBAR_ASSERT(!frames.empty());
    constexpr std::size_t longest = 65535;  // a side, of the format
    const Image& first = frames[0].picture;
    if (first.width > longest || first.height > longest)
        throw ConfigError(
            fmt::format("the pictures are {} x {} pixels; expected at most {} a side in a GIF", first.width, first.height, longest));
    Coloured film = first.channels == 3 ? quantised(frames) : greys(frames);
    Bytes out;
    Encoder encoder(out);
    encoder.screen(first, film);
    for (std::size_t i = 0; i < frames.size(); ++i)
        encoder.frame(&film.pixels[i * first.width * first.height], frames[i].picture, frames[i].hold_cs);
    encoder.close();
    return out;
}

}  // namespace ganbar::exports
