#include <fmt/format.h>
#include <stdlib.h>

#include "ganbar/core/error.h"
#include "ganbar/exports/film.h"
#include "ganbar/study/child_process.h"

namespace ganbar::exports {
namespace fs = std::filesystem;
namespace {

constexpr int rate = 25;  // pictures a second

/// A folder of its own that goes with its owner.
class ScratchFolder {
public:
    ScratchFolder() {
        std::string name = (fs::temp_directory_path() / "ganbar-film-XXXXXX").string();
        if (mkdtemp(name.data()) == nullptr)
            throw DataError("cannot make a folder for the pictures of the film in " + fs::temp_directory_path().string());
        path = name;
    }
    ~ScratchFolder() {
        std::error_code ignored;
        fs::remove_all(path, ignored);
    }
    ScratchFolder(const ScratchFolder&) = delete;
    ScratchFolder& operator=(const ScratchFolder&) = delete;
    fs::path path;
};

/// H.264 with half the colour resolution wants even sides.
Image even(const Image& in) {
    Image out(in.width + in.width % 2, in.height + in.height % 2, in.channels, 16);
    for (std::size_t y = 0; y < in.height; ++y) std::copy_n(in.at(0, y), in.width * in.channels, out.at(0, y));
    return out;
}

}  // namespace

Bytes mp4_bytes(const std::vector<Frame>& frames) {
    const ScratchFolder scratch;
    std::string list = "ffconcat version 1.0\n";
    for (std::size_t i = 0; i < frames.size(); ++i) {
        const std::string name = fmt::format("{:06d}.png", i);
        write_png(scratch.path / name, even(frames[i].picture));
        list += fmt::format("file {}\nduration {:.2f}\n", name, frames[i].hold_cs / 100.0);
    }
    list += fmt::format("file {:06d}.png\n", frames.size() - 1);  // the concat demuxer holds the last picture only when another follows
    write_file(scratch.path / "list", std::string_view(list));
    study::ChildResult done;
    try {
        done = study::run_program({"ffmpeg", "-nostdin", "-loglevel", "error", "-f", "concat", "-i", "list", "-vf", "format=yuv420p", "-r",
                                   std::to_string(rate), "-c:v", "libx264", "-movflags", "+faststart", "film.mp4"},
                                  scratch.path);
    } catch (const DataError&) {
        throw DataError(
            "an .mp4 is made by the program ffmpeg, which is not on the PATH; expected it there (Debian: apt install ffmpeg), or a name "
            "ending in .gif");
    }
    if (done.exit_code != 0) throw DataError("ffmpeg could not make the film: " + study::one_line(done.errors));
    return read_file(scratch.path / "film.mp4");
}

}  // namespace ganbar::exports
