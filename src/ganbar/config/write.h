// A resolved configuration as text: what run.toml holds. Reads back to the same values and writes to the same bytes again.
#pragma once
#include <string>
#include <vector>

#include "ganbar/config/node.h"

namespace ganbar::config {

/// The parameters of one table, in the order they are declared, with the values used.
struct Section {
    std::string path;  ///< "" for the top level, "train", "a.b"
    std::vector<ParamRow> rows;
    bool is_item = false;  ///< one more [[path]] instead of the only [path]
};

struct WriteOptions {
    bool docs = false;              ///< ends each line with the parameter's prose
    const Node* origins = nullptr;  ///< the tree the values came from: ends each line with who said it ("default", "file x.toml:14:1")
};

/// One [path] per section in the order given, top level first; sections of the same path are joined.
/// Without options the text depends on the values only.
std::string to_toml(const std::vector<Section>& sections, const WriteOptions& options = {});

/// The tree itself, keys in alphabetical order, values as they were given (used or not).
std::string to_toml(const Node& root);

}  // namespace ganbar::config
