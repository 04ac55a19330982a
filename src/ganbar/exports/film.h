// The evolution of a run's samples over training, as moving pictures.
#pragma once
#include "ganbar/data/png.h"
#include "ganbar/report/run_folder.h"

namespace ganbar::exports {

struct Frame {
    Image picture;
    int hold_cs = 0;  ///< shown for so long, in hundredths of a second
};

/// The grids of samples/, oldest first, the round below each; at most `most`, evenly chosen, first and last among them. About 8 seconds in
/// all, the last frame for two more. DataError: there is none, or their sizes differ.
std::vector<Frame> sample_frames(const report::RunData& run, std::size_t most = 120);

/// An animated GIF that repeats for ever, through giflib. Grey frames have 256 greys, others the same 256 colours in all frames.
Bytes gif_bytes(const std::vector<Frame>& frames);

/// H.264 in MP4 by ffmpeg, where that program is on the PATH; DataError where it is not, or when it fails (with what it says).
Bytes mp4_bytes(const std::vector<Frame>& frames);

}  // namespace ganbar::exports
