// Image folders: PNG files, one sub-folder per class. All images must have one size.
#pragma once
#include <filesystem>

#include "ganbar/data/dataset.h"

namespace ganbar {

/// Sub-folders in byte order of their names are the classes, files in byte order of theirs the images; without sub-folders
/// the images have no labels. Grey pictures among coloured ones become RGB. Hidden files and other file types are passed over.
/// DataError: no PNG at all, a class without one, damaged files, sizes that differ, more than 256 classes or 4 GiB of pixels.
Dataset read_png_folder(const std::filesystem::path& folder);

}  // namespace ganbar
