// Data sets of the user's own: NPY files, IDX files, folders of pictures.
#pragma once
#include <string>

#include "ganbar/data/dataset.h"

namespace ganbar {

/// A name that is a path: it holds a '/' or ends in .npy.
bool is_dataset_path(const std::string& name);
/// Whether the path exists and has this split ("train" or "test"). Without a division it has only "train".
bool has_path_split(const std::string& path, const std::string& split);

/// - X.npy, class numbers beside it as X.labels.npy
/// - an IDX file of images (plain or gzip), class numbers beside it under the same name with "labels" for "images" and idx1 for idx3
/// - a folder with train-images-idx3-ubyte and the other three files of MNIST's kind, or with raw/ that holds them (as torchvision keeps
/// them)
/// - a folder of pictures, or of sub-folders of pictures, or divided into train/ and test/ with those in them
/// Classes of train/ and test/ are the sub-folders of train/: test/ may lack some, and their numbers stay; another one is a DataError.
/// DataError: not there, no such split, no such format, damaged.
Dataset load_path_dataset(const std::string& path, const std::string& split, const ReadOptions& options = {});

}  // namespace ganbar
