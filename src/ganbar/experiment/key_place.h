// Where a fault of several settings is told.
#pragma once
#include <initializer_list>
#include <string>

#include "ganbar/config/node.h"

namespace ganbar {

/// Those of `keys` that the command line set (all that it set in the table, where none of them is named), else the first of them that
/// something set, else where the table begins.
Location place_of(const config::Node& root, const std::string& table, std::initializer_list<const char*> keys = {});

}  // namespace ganbar
