// Which ganbar this is.
#pragma once
#include <string>

namespace ganbar {

std::string version();        ///< "0.1.0"
std::string commit();         ///< of the tree that was built, short; "unknown" outside a repository
std::string compiler();       ///< "g++ 12.2.0"
std::string vector_target();  ///< what the kernels run on here: "AVX3", "AVX2", ...

}  // namespace ganbar
