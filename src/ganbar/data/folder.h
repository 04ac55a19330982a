// Image folders: PNG and JPEG files, one sub-folder per class. All images must have one size, or be brought to one.
#pragma once
#include <filesystem>
#include <string>
#include <vector>

#include "ganbar/data/dataset.h"

namespace ganbar {

/// Sub-folders in byte order of their names are the classes, files in byte order of theirs the images; without sub-folders
/// the images have no labels. Grey pictures among coloured ones become RGB. Hidden files and other file types are passed over.
/// DataError: no picture at all, a class without one, damaged files, sizes that differ (after what the options do to them), more than 256
/// classes or 4 GiB of pixels.
Dataset read_image_folder(const std::filesystem::path& folder, const ReadOptions& options = {});
/// The same with classes numbered by `class_names`, whose places without a sub-folder stay empty: the parts of a divided data set
/// must agree on what class 1 is. DataError where a sub-folder is no class, or where only one of the two has classes.
Dataset read_image_folder(const std::filesystem::path& folder, const ReadOptions& options, const std::vector<std::string>& class_names);

/// Names of the sub-folders that are classes, in byte order.
std::vector<std::string> class_folders(const std::filesystem::path& folder);

}  // namespace ganbar
