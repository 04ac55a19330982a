// What the tests of this folder share: a folder that vanishes, expected faults, where real data may lie.
#pragma once
#include <gtest/gtest.h>
#include <zlib.h>

#include <cstdlib>
#include <filesystem>
#include <string>

#include "ganbar/core/error.h"
#include "ganbar/data/atomic_file.h"
#include "ganbar/data/bytes.h"

namespace ganbar::test {

/// A fresh folder, removed at the end of the test.
class Folder {
public:
    Folder() {
        std::string name = (std::filesystem::temp_directory_path() / "ganbar-test-XXXXXX").string();
        if (::mkdtemp(name.data()) == nullptr) throw std::runtime_error("no temporary folder");
        path_ = name;
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;
    std::filesystem::path operator/(const std::string& name) const { return path_ / name; }
    const std::filesystem::path& path() const { return path_; }
    std::size_t n_entries() const {
        return static_cast<std::size_t>(std::distance(std::filesystem::directory_iterator(path_), std::filesystem::directory_iterator{}));
    }

private:
    std::filesystem::path path_;
};

/// Runs `body`, which must throw `Fault`, and returns its message.
template <class Fault, class Body>
std::string message_of(const Body& body) {
    try {
        body();
    } catch (const Fault& e) {
        return e.what();
    }
    ADD_FAILURE() << "no fault was reported";
    return "";
}
#define EXPECT_HAS(text, part) EXPECT_NE((text).find(part), std::string::npos) << (text)

inline Bytes gzipped(const Bytes& in) {
    z_stream z{};
    EXPECT_EQ(deflateInit2(&z, 6, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
    Bytes out(deflateBound(&z, in.size()) + 32);
    z.next_in = const_cast<Bytef*>(in.data()), z.avail_in = static_cast<uInt>(in.size());
    z.next_out = out.data(), z.avail_out = static_cast<uInt>(out.size());
    EXPECT_EQ(deflate(&z, Z_FINISH), Z_STREAM_END);
    out.resize(z.total_out);
    deflateEnd(&z);
    return out;
}

inline Bytes text_bytes(std::string_view text) { return {text.begin(), text.end()}; }

/// $GANBAR_DATA, else the nearest shared/data beside a folder above the test program; it may not exist.
inline std::filesystem::path data_root() {
    if (const char* root = std::getenv("GANBAR_DATA")) return root;
    std::error_code ignored;
    auto folder = std::filesystem::read_symlink("/proc/self/exe", ignored).parent_path();
    while (folder.has_relative_path() && !std::filesystem::exists(folder / "shared" / "data")) folder = folder.parent_path();
    return folder / "shared" / "data";
}

}  // namespace ganbar::test
