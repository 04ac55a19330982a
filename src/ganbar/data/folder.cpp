#include "ganbar/data/folder.h"

#include <algorithm>

#include <fmt/format.h>

#include "ganbar/data/jpeg.h"
#include "ganbar/data/png.h"

namespace ganbar {

namespace fs = std::filesystem;

namespace {

bool is_picture(const fs::path& path) {
    std::string extension = path.extension().string();
    std::transform(extension.begin(), extension.end(), extension.begin(),
                   [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
    return extension == ".png" || extension == ".jpg" || extension == ".jpeg";
}

/// Visible entries of a folder that `wanted` accepts, in byte order, so that the order never depends on the file system.
template <class Wanted>
std::vector<fs::path> entries(const fs::path& folder, const Wanted& wanted) {
    std::error_code code;
    std::vector<fs::path> out;
    for (fs::directory_iterator it(folder, code), end; !code && it != end; it.increment(code))
        if (it->path().filename().string().front() != '.' && wanted(*it)) out.push_back(it->path());
    if (code) throw DataError(fmt::format("cannot be read as an image folder: {}", code.message()), {folder.string()});
    std::sort(out.begin(), out.end(), [](const auto& a, const auto& b) { return a.native() < b.native(); });
    return out;
}

std::vector<fs::path> pictures_in(const fs::path& folder) {
    return entries(folder, [](const fs::directory_entry& e) {
        std::error_code ignored;
        return e.is_regular_file(ignored) && is_picture(e.path());
    });
}

/// Interleaved pixels appended planar, to `channels` channels.
void append_planar(const Image& image, std::size_t channels, Bytes& out) {
    const std::size_t area = image.width * image.height;
    for (std::size_t c = 0; c < channels; ++c)
        for (std::size_t p = 0; p < area; ++p) out.push_back(image.pixels[p * image.channels + std::min(c, image.channels - 1)]);
}

Bytes grey_to_rgb(const Bytes& grey, std::size_t area) {
    Bytes out;
    out.reserve(3 * grey.size());
    for (std::size_t at = 0; at < grey.size(); at += area)
        for (int c = 0; c < 3; ++c)
            out.insert(out.end(), grey.begin() + static_cast<std::ptrdiff_t>(at), grey.begin() + static_cast<std::ptrdiff_t>(at + area));
    return out;
}

/// By what is in the file, for extensions are often wrong.
Image read_picture(const fs::path& path, const ReadOptions& options) {
    const Bytes bytes = read_file(path);
    return is_jpeg(bytes) ? parse_jpeg(bytes, path.string()) : parse_png(bytes, path.string(), std::size_t{1} << 26, options.background);
}

/// One picture as the options want it.
Image fitted(Image image, const ReadOptions& options) {
    Dataset one;
    one.n = 1, one.width = image.width, one.height = image.height, one.channels = image.channels;
    append_planar(image, image.channels, one.pixels);
    one = fit_images(std::move(one), options);
    Image out(one.width, one.height, one.channels);
    out.alpha = image.alpha;
    const std::size_t area = one.width * one.height;
    for (std::size_t p = 0; p < area; ++p)
        for (std::size_t c = 0; c < one.channels; ++c) out.pixels[p * one.channels + c] = one.pixels[c * area + p];
    return out;
}

class Collector {
public:
    Collector(const fs::path& folder, const ReadOptions& options, std::vector<std::string> class_names) : options_(options) {
        data_.name = folder.filename().string(), data_.origin = folder.string(), data_.class_names = std::move(class_names);
    }
    void enter_class(const std::string& name) {
        class_ = static_cast<std::uint8_t>(std::find(data_.class_names.begin(), data_.class_names.end(), name) - data_.class_names.begin());
    }
    void add(const fs::path& file) {
        Image image = read_picture(file, options_);
        if (options_.changes_shape()) image = fitted(std::move(image), options_);
        if (image.alpha) data_.laid_over = name_of(options_.background);
        if (data_.n == 0) data_.width = image.width, data_.height = image.height, data_.channels = image.channels, first_ = file;
        if (image.width != data_.width || image.height != data_.height) {
            throw DataError(fmt::format("has {} x {} pixels, but {} has {} x {}; expected one size in the whole folder (data.side = N "
                                        "brings all to N x N, data.fit = \"crop\" or \"pad\" keeps their proportions)",
                                        image.width, image.height, first_.string(), data_.width, data_.height),
                            {file.string()});
        }
        if (image.channels > data_.channels) data_.pixels = grey_to_rgb(data_.pixels, image.width * image.height), data_.channels = 3;
        if (data_.image_size() > max_file_bytes - data_.pixels.size())
            throw DataError(fmt::format("holds more than {} bytes of pixels", max_file_bytes), {data_.origin});
        append_planar(image, data_.channels, data_.pixels);
        if (!data_.class_names.empty()) data_.labels.push_back(class_);
        ++data_.n;
    }
    Dataset take() {
        finish(data_);
        return std::move(data_);
    }

private:
    ReadOptions options_;
    Dataset data_;
    fs::path first_;
    std::uint8_t class_ = 0;
};

std::vector<fs::path> folders_in(const fs::path& folder) {
    return entries(folder, [](const fs::directory_entry& e) {
        std::error_code ignored;
        return e.is_directory(ignored);
    });
}

}  // namespace

std::vector<std::string> class_folders(const fs::path& folder) {
    std::vector<std::string> out;
    for (const auto& sub : folders_in(folder)) out.push_back(sub.filename().string());
    return out;
}

Dataset read_image_folder(const fs::path& folder, const ReadOptions& options) {
    return read_image_folder(folder, options, class_folders(folder));
}

Dataset read_image_folder(const fs::path& folder, const ReadOptions& options, const std::vector<std::string>& class_names) {
    const auto classes = folders_in(folder);
    const auto loose = pictures_in(folder);
    if (classes.empty() && loose.empty())
        throw DataError("holds no PNG or JPEG files; expected some, or one sub-folder of them per class", {folder.string()});
    if (!classes.empty() && !loose.empty())
        throw DataError(
            fmt::format("holds both sub-folders and pictures (such as {}); expected one or the other", loose.front().filename().string()),
            {folder.string()});
    if (class_names.size() > 256)
        throw DataError(fmt::format("has {} sub-folders; expected at most 256 classes", class_names.size()), {folder.string()});
    const auto known = [&](const fs::path& sub) {
        return std::find(class_names.begin(), class_names.end(), sub.filename().string()) != class_names.end();
    };
    if (classes.empty() != class_names.empty() || !std::all_of(classes.begin(), classes.end(), known)) {
        const auto list = [](const std::vector<std::string>& names) { return names.empty() ? std::string("none") : join(names); };
        throw DataError(fmt::format("has the classes {}, but the training images have {}; expected sub-folders of the same names",
                                    list(class_folders(folder)), list(class_names)),
                        {folder.string()});
    }
    Collector collector(folder, options, class_names);
    for (const auto& file : loose) collector.add(file);
    for (const auto& sub : classes) {
        const auto files = pictures_in(sub);
        if (files.empty()) throw DataError("holds no PNG or JPEG files; expected at least one in the folder of each class", {sub.string()});
        collector.enter_class(sub.filename().string());
        for (const auto& file : files) collector.add(file);
    }
    return collector.take();
}

}  // namespace ganbar
