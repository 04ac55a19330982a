// Thousands of points in a plane and, before them, the few that matter.
#pragma once
#include <string>
#include <utility>
#include <vector>

namespace ganbar::report {

class Page;

struct CloudPoint {
    double x = 0, y = 0;
    std::string text;  ///< under the pointer
    int slot = 0;      ///< colour
};
struct Cloud {
    std::string title, caption, x_label, x_unit, y_label, y_unit;
    std::vector<std::pair<double, double>> all;  ///< drawn small and grey, once where they fall on each other
    std::vector<CloudPoint> front;
    std::vector<CloudPoint> marked;                   ///< drawn as rings
    std::vector<std::pair<std::string, int>> legend;  ///< name and colour
};
/// Both axes logarithmic, less is better; points of the front that no other of it beats in this plane are joined.
void cloud_figure(Page& page, const Cloud& cloud);

}  // namespace ganbar::report
